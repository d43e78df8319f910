import { describe, expect, it } from 'vitest';
import { createAccountBook, equityOf } from './accounts.ts';
import { clearinghouseOf, spotStateOf } from './clearinghouse.ts';
import { createUniverse } from './universe.ts';

const universe = createUniverse(1, { perps: 10, builder: 10, spot: 2 });
const btc = universe.byCoin('BTC')!;
const eth = universe.byCoin('ETH')!;
const fees = { taker: 0.00045, maker: 0.00015 };
const marks = Float64Array.from(universe.markets, ({ startTick }) => startTick);

function openAccount(isUnified = false) {
  const book = createAccountBook(universe);
  const account = book.open({ address: `0x${'a'.repeat(40)}`, name: 'a', kind: 'user', fees, isUnified });
  book.pay(account, 0, 1_000_000e6);
  return { book, account };
}

describe('an account', () => {
  // BTC has whole dollars and sizes of 0.00001: one tick of one lot is 10 micro-dollars.
  it('realises the closed part of a position at its mean price, and pays fees on what is traded', () => {
    const { book, account } = openAccount();
    expect(btc.unit).toBe(10);
    // 1 BTC at 100,000 and 3 BTC at 104,000: 4 BTC at 103,000. Fees 45 and 140.40 dollars.
    expect({ ...book.book(account, btc, 100_000, 100_000, 0.00045) }).toEqual({
      before: 0,
      closedPnl: 0,
      fee: 45e6,
      isFeeInBase: false,
    });
    expect(book.book(account, btc, 300_000, 104_000, 0.00045).fee).toBe(140.4e6);
    // 1 BTC sold at 105,000 wins 2,000; then 5 sold at 102,000 close 3 with a loss of 3,000, and open 2 short.
    expect(book.book(account, btc, -100_000, 105_000, 0)).toMatchObject({
      before: 400_000,
      closedPnl: 2_000e6,
    });
    expect(book.book(account, btc, -500_000, 102_000, 0)).toMatchObject({
      before: 300_000,
      closedPnl: -3_000e6,
    });
    expect(book.position(account, btc)).toMatchObject({ lots: -200_000, cost: -204_000e6 });
    // 1,000,000 - 185.40 - 1,000
    expect(account.collateral[0]).toBe(998_814.6e6);
    // At a mark of 100,000 the 2 BTC short win 4,000.
    const at = Float64Array.from(marks);
    at[btc.index] = 100_000;
    expect(equityOf(account, universe, at)).toBe(1_002_814.6e6);
  });

  it('pays for bought tokens in tokens, and for sold ones in dollars', () => {
    const { book, account } = openAccount(true);
    const pair = universe.spot[1]!;
    const base = pair.base!;
    const weiPerLot = 10 ** (base.weiDecimals - pair.sizeDecimals);
    // 1,000 lots for 2,000 ticks, at a fee of a thousandth.
    const bought = { ...book.book(account, pair, 1_000, 2_000, 0.001) };
    expect(bought).toEqual({ before: 0, closedPnl: 0, fee: weiPerLot, isFeeInBase: true });
    const held = book.tokens(account, base.index);
    expect(held.wei).toBe(999 * weiPerLot);
    expect(account.usdc).toBe(1_000_000e6 - 2_000_000 * pair.unit);
    // All 999 sold at 2,010: for 2,007,990 units; they cost 2,000,000.
    const sold = { ...book.book(account, pair, -999, 2_010, 0.001) };
    expect(sold).toEqual({
      before: 999 * weiPerLot,
      closedPnl: 7_990 * pair.unit,
      fee: Math.round(2_007.99 * pair.unit),
      isFeeInBase: false,
    });
    expect(spotStateOf(account, universe, marks).balances.map(({ coin }) => coin)).toEqual(['USDC']);
  });

  it('shows the margins of its dexes as the exchange defines them', () => {
    const { book, account } = openAccount();
    book.book(account, btc, -100_000, 100_000, 0);
    book.book(account, eth, 100_000, 34_000, 0);
    const at = Float64Array.from(marks);
    at[btc.index] = 110_000;
    at[eth.index] = 30_000;
    const state = clearinghouseOf(account, universe.dexes[0]!, at, 7);
    // A short of 110,000 dollars with 10,000 lost, 10 ETH of 30,000 dollars with 4,000 lost.
    expect(state.marginSummary).toEqual({
      accountValue: '986000.0',
      totalNtlPos: '140000.0',
      // The account's value less the signed notional of -80,000.
      totalRawUsd: '1066000.0',
      // 110,000 / 40 + 30,000 / 25
      totalMarginUsed: '3950.0',
    });
    // Half of the margins at the greatest leverage.
    expect(state.crossMaintenanceMarginUsed).toBe('1975.0');
    expect(state.withdrawable).toBe('982050.0');
    expect(state.time).toBe(7);
    const [short, long] = state.assetPositions.map(({ position }) => position);
    expect(short).toMatchObject({
      coin: 'BTC',
      szi: '-1.0',
      leverage: { type: 'cross', value: 40 },
      entryPx: '100000.0',
      positionValue: '110000.0',
      unrealizedPnl: '-10000.0',
      // Of a margin of 2,500 when it was opened.
      returnOnEquity: '-4.0',
      marginUsed: '2750.0',
      cumFunding: { allTime: '0.0', sinceOpen: '0.0', sinceChange: '0.0' },
    });
    // 986,000 - (p - 110,000) = 600 + p / 80, so p = 1,095,400 x 80 / 81
    expect(Number(short!.liquidationPx)).toBeCloseTo(1_081_876.5432, 3);
    // 10 ETH cannot lose what the account has.
    expect(long!.liquidationPx).toBeNull();
  });

  it('has its collateral in the spot account when it is unified', () => {
    const { book, account } = openAccount(true);
    book.book(account, btc, 100_000, 100_000, 0.001);
    const at = Float64Array.from(marks);
    at[btc.index] = 101_000;
    expect(account.usdc).toBe(999_900e6);
    const { marginSummary } = clearinghouseOf(account, universe.dexes[0]!, at, 0);
    // The margin of 101,000 / 40 and the profit, nothing else.
    expect(marginSummary.accountValue).toBe('3525.0');
    const [usdc] = spotStateOf(account, universe, at).balances;
    expect(usdc).toMatchObject({ coin: 'USDC', total: '999900.0', hold: '2525.0' });
    expect(equityOf(account, universe, at)).toBe(1_000_900e6);
  });
});
