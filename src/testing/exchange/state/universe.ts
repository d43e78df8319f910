import { coins as simulatedCoins } from '../../../simulation/coins.ts';
import { createRandom, type Random } from '../../../simulation/random.ts';
import { builderDexes, builderNames, delistedNames, mainNames, tokenNames } from './coin-names.ts';

/** A token of the spot exchange. */
export interface Token {
  readonly index: number;
  readonly name: string;
  readonly sizeDecimals: number;
  /** A balance counts units of 10^-weiDecimals. */
  readonly weiDecimals: number;
  readonly tokenId: string;
  readonly isCanonical: boolean;
  readonly supply: number;
}

/** A market: a perp of the main dex or of a builder's, or a spot pair. */
export interface Market {
  /** Place among all markets. */
  readonly index: number;
  /** As the wire names it: `BTC`, `xyz:TSLA`, `PURR/USDC`, `@107`. */
  readonly coin: string;
  readonly kind: 'perp' | 'spot';
  /** Place of the dex in `perpDexs`; 0 for the main one and for spot. */
  readonly dex: number;
  /** Place in its own universe. */
  readonly place: number;
  /** A tick is 10^-priceDecimals USD. */
  readonly priceDecimals: number;
  /** A lot is 10^-sizeDecimals coins. */
  readonly sizeDecimals: number;
  /** Micro-dollars in one tick times one lot; an integer, so that money is exact. */
  readonly unit: number;
  readonly startTick: number;
  /** Of one year, as a fraction. */
  readonly volatility: number;
  /** How often it trades, relative to the others. */
  readonly weight: number;
  readonly maxLeverage: number;
  readonly marginTableId: number;
  readonly onlyIsolated: boolean;
  /** The first token of a spot pair. */
  readonly base: Token | undefined;
  isDelisted: boolean;
}

export interface Dex {
  readonly index: number;
  /** Empty for the main one. */
  readonly name: string;
  readonly fullName: string;
  readonly deployer: string;
  readonly markets: readonly Market[];
}

export interface Universe {
  readonly markets: readonly Market[];
  readonly dexes: readonly Dex[];
  readonly spot: readonly Market[];
  /** USDC comes first. */
  readonly tokens: readonly Token[];
  byCoin(coin: string): Market | undefined;
  dexNamed(name: string): Dex | undefined;
}

export interface UniverseSizes {
  /** Main perps that trade; delisted ones come on top. */
  readonly perps: number;
  readonly builder: number;
  readonly spot: number;
  /** Main perps that there are in any case: where there are too few for that, they come first. */
  readonly first?: readonly string[];
}

/** Margin tables with tiers, by their id; any other id is a plain table of that leverage. */
export const marginTiers: ReadonlyMap<
  number,
  readonly { readonly from: number; readonly leverage: number }[]
> = new Map([
  [50, [{ from: 0, leverage: 50 }]],
  [
    51,
    [
      { from: 0, leverage: 10 },
      { from: 3_000_000, leverage: 5 },
    ],
  ],
  [
    52,
    [
      { from: 0, leverage: 10 },
      { from: 20_000_000, leverage: 5 },
    ],
  ],
  [
    54,
    [
      { from: 0, leverage: 20 },
      { from: 70_000_000, leverage: 10 },
    ],
  ],
  [
    55,
    [
      { from: 0, leverage: 25 },
      { from: 100_000_000, leverage: 15 },
    ],
  ],
  [
    56,
    [
      { from: 0, leverage: 40 },
      { from: 150_000_000, leverage: 20 },
    ],
  ],
]);

const tieredIds: ReadonlyMap<number, number> = new Map([
  [40, 56],
  [25, 55],
  [20, 54],
]);

/** Lays out the markets. The same seed and sizes give the same ones. */
export function createUniverse(seed: number, sizes: UniverseSizes): Universe {
  const random = createRandom(seed, 'universe');
  const markets: Market[] = [];
  const dexes: Dex[] = [];
  const add = (market: Omit<Market, 'index' | 'unit'>): Market => {
    const unit = 10 ** (6 - market.priceDecimals - market.sizeDecimals);
    const added = { ...market, index: markets.length, unit };
    markets.push(added);
    return added;
  };

  dexes.push({ index: 0, name: '', fullName: '', deployer: '', markets: listMain(random, sizes, add) });
  const shares = builderDexes.reduce((sum, { share }) => sum + share, 0);
  let listed = 0;
  let given = 0;
  for (const [at, { name, fullName, share }] of builderDexes.entries()) {
    given += share;
    const until = Math.round((sizes.builder * given) / shares);
    const count = until - listed;
    listed = until;
    const index = at + 1;
    const own = Array.from({ length: count }, (_, place) =>
      add({
        ...invent(random, 0.35),
        coin: `${name}:${nameOf(builderNames, place)}`,
        kind: 'perp',
        dex: index,
        place,
      }),
    );
    dexes.push({ index, name, fullName, deployer: `0x${random.hex(40)}`, markets: own });
  }
  const tokens: Token[] = [
    {
      index: 0,
      name: 'USDC',
      sizeDecimals: 8,
      weiDecimals: 8,
      tokenId: '0x6d1e7cde53ba9467b783cb7c530ce054',
      isCanonical: true,
      supply: 5_000_000_000,
    },
  ];
  const spot = Array.from({ length: sizes.spot }, (_, place) => listPair(random, place, tokens, add));
  const byCoin = new Map(markets.map(market => [market.coin, market]));
  const byName = new Map(dexes.map(dex => [dex.name, dex]));
  return {
    markets,
    dexes,
    spot,
    tokens,
    byCoin: coin => byCoin.get(coin),
    dexNamed: name => byName.get(name),
  };
}

function listMain(
  random: Random,
  { perps: wanted, first = [] }: UniverseSizes,
  add: (market: Omit<Market, 'index' | 'unit'>) => Market,
): Market[] {
  const listed: Market[] = [];
  const names = namesWith(first, wanted);
  let live = 0;
  for (let place = 0; live < wanted; place++) {
    const coin = names[place] ?? `X${place}`;
    const isDelisted = delistedNames.has(coin);
    if (!isDelisted) live++;
    const simulated = simulatedCoins.find(({ name }) => name === coin);
    const invented = invent(random, 1 / (1 + live / 6));
    const own =
      simulated === undefined
        ? invented
        : {
            ...invented,
            priceDecimals: simulated.priceDecimals,
            sizeDecimals: simulated.sizeDecimals,
            startTick: Math.round(simulated.startPrice * 10 ** simulated.priceDecimals),
            volatility: simulated.volatility,
            maxLeverage: simulated.maxLeverage,
            marginTableId: tieredIds.get(simulated.maxLeverage) ?? simulated.maxLeverage,
            weight: simulated.popularity,
            onlyIsolated: false,
          };
    listed.push(add({ ...own, coin, kind: 'perp', dex: 0, place, isDelisted }));
  }
  return listed;
}

/** The names in their order, unless `wanted` of them would leave out some that must be there. */
function namesWith(first: readonly string[], wanted: number): readonly string[] {
  const listed = mainNames.filter(name => !delistedNames.has(name)).slice(0, wanted);
  if (first.every(name => listed.includes(name))) return mainNames;
  return [...first, ...mainNames.filter(name => !first.includes(name))];
}

function listPair(
  random: Random,
  place: number,
  tokens: Token[],
  add: (market: Omit<Market, 'index' | 'unit'>) => Market,
): Market {
  const drawn = invent(random, place === 107 ? 3 : 0.2);
  // HYPE is pair 107 on the real exchange, and here where there are so many.
  const hype = tokenNames.indexOf('HYPE');
  const at = place === 107 ? hype : place === hype ? 107 : place;
  const sizeDecimals = place === 107 ? 2 : drawn.sizeDecimals;
  const base: Token = {
    index: tokens.length,
    name: nameOf(tokenNames, at),
    sizeDecimals,
    weiDecimals: sizeDecimals === 0 ? 5 : 8,
    tokenId: `0x${random.hex(32)}`,
    isCanonical: place === 0,
    supply: 10 ** (9 - sizeDecimals),
  };
  tokens.push(base);
  return add({
    ...drawn,
    ...(place === 107 ? { priceDecimals: 3, startTick: 39_000 } : {}),
    sizeDecimals,
    coin: place === 0 ? 'PURR/USDC' : `@${place}`,
    kind: 'spot',
    dex: 0,
    place,
    base,
    maxLeverage: 1,
    onlyIsolated: false,
  });
}

/** A name from the list, and when it is used up, one made of it and a number. */
function nameOf(names: readonly string[], at: number): string {
  const name = names[at % names.length]!;
  return at < names.length ? name : `${name}${Math.floor(at / names.length) + 1}`;
}

/** Draws what a market is like. Its price has five significant digits at most, and with the size six decimals. */
function invent(random: Random, weight: number) {
  const magnitude = random.pick([-3, -2, -1, -1, 0, 0, 1, 1, 2, 3]);
  const price = random.between(1.8, 5.5) * 10 ** magnitude;
  const priceDecimals = Math.min(6, Math.max(0, 4 - magnitude));
  const maxLeverage = random.pick([3, 3, 5, 5, 10, 10, 20]);
  return {
    priceDecimals,
    sizeDecimals: Math.max(0, Math.min(6 - priceDecimals, magnitude + 1)),
    startTick: Math.round(price * 10 ** priceDecimals),
    volatility: random.between(0.5, 1.4),
    weight: weight * random.between(0.6, 1.4),
    maxLeverage,
    marginTableId: tieredIds.get(maxLeverage) ?? maxLeverage,
    onlyIsolated: random.chance(0.06),
    base: undefined,
    isDelisted: false,
  };
}
