/*
 * Names of markets. They are those of real ones, so that names of every form occur; all else about them is made up.
 */

/** Main perps in the order in which they were listed, as far as names go; the demo's coins are among the first. */
export const mainNames: readonly string[] = (
  'BTC ETH ATOM MATIC DYDX SOL AVAX BNB APE OP LTC ARB DOGE INJ SUI kPEPE CRV LDO LINK STX RNDR CFX FTM GMX SNX XRP ' +
  'BCH APT AAVE COMP MKR WLD FXS HPOS RLB UNIBOT YGG TRX kSHIB UNI SEI RUNE OX FRIEND SHIA CYBER ZRO BLZ DOT BANANA ' +
  'TRB FTT LOOM OGN RDNT ARK BNT CANTO REQ BIGTIME KAS ORBS BLUR TIA BSV ADA TON MINA POLYX GAS PENDLE STG FET STRAX ' +
  'NEAR MEME ORDI BADGER NEO ZEN FIL PYTH SUSHI ILV IMX kBONK GMT SUPER USTC NFTI JUP kLUNC RSR GALA JTO NTRN ACE ' +
  'MAV WIF CAKE PEOPLE ENS ETC XAI MANTA UMA ONDO ALT ZETA DYM MAVIA W PANDORA STRK PIXEL AI TAO AR MYRO kFLOKI BOME ' +
  'ETHFI ENA MNT TNSR SAGA MERL HBAR POPCAT OMNI EIGEN REZ NOT TURBO BRETT IO ZK BLAST LISTA MEW RENDER kDOGS POL ' +
  'CATI CELO HMSTR SCR NEIROETH kNEIRO GOAT MOODENG GRASS PURR PNUT XLM CHILLGUY SAND IOTA ALGO HYPE ME MOVE VIRTUAL ' +
  'PENGU USUAL FARTCOIN AI16Z AIXBT ZEREBRO BIO GRIFFAIN SPX S MORPHO TRUMP MELANIA ANIME VINE VVV JELLY BERA TST ' +
  'LAYER IP OM KAITO NIL PAXG PROMPT BABY WCT HYPER ZORA INIT DOOD LAUNCHCOIN NXPC SOPH RESOLV SYRUP PUMP PROVE YZY ' +
  'XPL WLFI LINEA SKY ASTER AVNT STBL 0G HEMI APEX 2Z ZEC MON MET MEGA CC ICP AERO STABLE FOGO LIT XMR AXS DASH SKR'
).split(' ');

/** Main perps that no longer trade; their entries stay in place. */
export const delistedNames: ReadonlySet<string> = new Set(
  (
    'MATIC RNDR FTM MKR FXS HPOS RLB UNIBOT OX FRIEND SHIA CYBER BLZ FTT LOOM OGN RDNT ARK BNT CANTO REQ BIGTIME ORBS ' +
    'STRAX BADGER NEO ILV NFTI NTRN PANDORA AI MYRO MAVIA PIXEL OMNI LISTA CATI HMSTR SCR NEIROETH CHILLGUY AI16Z ' +
    'ZEREBRO GRIFFAIN VINE JELLY TST LAUNCHCOIN'
  ).split(' '),
);

/** Builder dexes in their order, with the share of the builder markets that each has. */
export const builderDexes: readonly {
  readonly name: string;
  readonly fullName: string;
  readonly share: number;
}[] = [
  { name: 'xyz', fullName: 'XYZ', share: 62 },
  { name: 'flx', fullName: 'Felix Exchange', share: 34 },
  { name: 'vntl', fullName: 'Ventuals', share: 26 },
  { name: 'hyna', fullName: 'HyENA', share: 34 },
  { name: 'km', fullName: 'Markets by Kinetiq', share: 36 },
  { name: 'abcd', fullName: 'ABCDEx', share: 8 },
  { name: 'cash', fullName: 'dreamcash', share: 26 },
  { name: 'para', fullName: 'Paragon', share: 18 },
  { name: 'mkts', fullName: 'Markets', share: 20 },
  { name: 'io', fullName: 'IO', share: 16 },
];

/** What builder markets are about; a dex takes as many as it has markets, and numbers them when these are used up. */
export const builderNames: readonly string[] = (
  'XYZ100 TSLA NVDA GOLD HOOD INTC PLTR COIN META AAPL MSFT ORCL GOOGL AMZN AMD MU SNDK MSTR CRCL NFLX COST LLY SKHX ' +
  'TSM JPY EUR SILVER RIVN BABA CL COPPER NATGAS URANIUM ALUMINIUM SMSN PLATINUM HYUNDAI SP500 USAR DXY KR200 JP225 ' +
  'CRWV GME XLE PALLADIUM BRENTOIL RTX SOFTBANK KIOXIA EWY VIX URNM EWJ DKNG ZM EBAY LITE BX WHEAT CORN HIMS'
).split(' ');

/** Tokens of spot pairs other than USDC, as far as names go. */
export const tokenNames: readonly string[] = (
  'PURR HFUN LICK MANLET JEFF SIX WAGMI CAPPY POINTS TRUMPT GMEOW PEPE XULIAN RUG ILIENS FUCKY CZ BAGS ANSEM TATE FUN ' +
  'SUCKY BIGBEN KOBE VEGAS PUMPT SCHIZO CATNIP HAPPY SELL HBOOST FARMED PURRPS GUESS HYPE UBTC UETH USOL UFART UPUMP ' +
  'FEUSD USDXL USDE USDT0 USDH STHYPE KNTQ'
).split(' ');
