import { describe, expect, it } from 'vitest';
import { createIdentifiers } from '../../../simulation/identifiers.ts';
import { createAccountBook } from './accounts.ts';
import { createCandleLog } from './candle-log.ts';
import { aggregate } from './depth.ts';
import { createFillLog, emptyRow } from './fill-log.ts';
import { createOrderLog } from './order-log.ts';
import { createTurnover } from './turnover.ts';
import { createUniverse } from './universe.ts';

const universe = createUniverse(1, { perps: 10, builder: 0, spot: 0 });
const btc = universe.byCoin('BTC')!;
const hour = 3_600_000;

describe('the log of fills', () => {
  it('keeps the newest of everyone, and leads from each to the one before it of the same account', () => {
    const log = createFillLog(32_768);
    for (let number = 0; number < 40_000; number++) {
      log.append({ ...emptyRow(), account: number % 3, lots: number, isBuy: number % 2 === 0 });
    }
    expect([log.length, log.oldest]).toEqual([40_000, 40_000 - 32_768]);
    expect(log.rowsOf(1, 3)).toEqual([39_997, 39_994, 39_991]);
    expect(log.read(39_994)).toMatchObject({ account: 1, lots: 39_994, isBuy: true });
    const all = log.rowsOf(1, 1_000_000);
    expect(all.length).toBe(10_922);
    expect(all.at(-1)).toBeGreaterThanOrEqual(log.oldest);
    expect(log.countOf(1)).toBe(13_333);
  });
});

describe('the log of orders', () => {
  it('forgets an order after 2,000 later ones of its account, unless it is open', () => {
    const identifiers = createIdentifiers(1);
    const log = createOrderLog(identifiers, 1_000_000);
    const book = createAccountBook(universe);
    const account = book.open({
      address: `0x${'a'.repeat(40)}`,
      name: 'a',
      kind: 'user',
      fees: { taker: 0, maker: 0 },
      namesOrders: true,
    });
    const draft = (oid: number) => ({
      ...{ oid, account, market: btc, isBuy: true, tick: 1, lots: 1, time: oid, tif: 'Gtc' as const },
    });
    const resting = log.place(draft(1));
    const done = log.record(draft(2), 0, 'filled');
    for (let oid = 3; oid <= 2_002; oid++) log.record(draft(oid), 0, 'canceled');
    expect(log.find(account, 2)).toBeUndefined();
    expect(done.isForgotten).toBe(true);
    expect(log.find(account, 1)).toBe(resting);
    expect(log.find(account, identifiers.client(1))).toBe(resting);
    expect(log.find(account, 3)?.status).toBe('canceled');
    expect(log.historyOf(account, 2).map(({ oid }) => oid)).toEqual([2_002, 2_001]);
    expect(log.historyOf(account, 9_999).length).toBe(2_000);
    log.close(resting, 'canceled', 5);
    expect(log.find(account, 1)).toBeUndefined();
    expect(log.openOf(account)).toEqual([]);
  });
});

describe('the log of candles', () => {
  it('keeps 5,000 bars, from the one that holds the start of the range', () => {
    const log = createCandleLog();
    for (let minute = 0; minute < 5_100; minute++) log.add(btc, minute * 60_000 + 5, 100 + minute, 2);
    const all = log.between(btc, '1m', 0, Number.MAX_SAFE_INTEGER);
    expect(all.length).toBe(5_000);
    expect([all[0]!.t, all.at(-1)!.t]).toEqual([100 * 60_000, 5_099 * 60_000]);
    const some = log.between(btc, '1m', 4_000 * 60_000 + 59_999, 4_002 * 60_000);
    expect(some.map(({ o }) => o)).toEqual(['4100.0', '4101.0', '4102.0']);
    expect(log.between(btc, '1h', 0, 0).map(({ n, v }) => [n, v])).toEqual([[60, '0.0012']]);
  });

  it('begins weeks on Mondays and months on their first day', () => {
    const log = createCandleLog();
    const friday = Date.UTC(2026, 10, 20, 11, 58);
    log.add(btc, friday, 100, 1);
    expect(log.latest(btc, '1w')).toMatchObject({
      t: Date.UTC(2026, 10, 16),
      T: Date.UTC(2026, 10, 23) - 1,
    });
    expect(log.latest(btc, '1M')).toMatchObject({ t: Date.UTC(2026, 10, 1), T: Date.UTC(2026, 11, 1) - 1 });
    expect(log.latest(btc, '8h')).toMatchObject({ t: Date.UTC(2026, 10, 20, 8) });
    log.add(btc, Date.UTC(2026, 11, 1), 90, 1);
    expect(log.between(btc, '1M', 0, Date.UTC(2027, 0, 1)).map(({ o }) => o)).toEqual(['100.0', '90.0']);
    expect(log.between(btc, '1w', 0, Date.UTC(2027, 0, 1)).length).toBe(2);
  });
});

describe('the turnover of a day', () => {
  it('drops an hour after 24 of them', () => {
    const turnover = createTurnover(1);
    turnover.add(0, 5, 10, 1_000);
    for (let passed = 1; passed <= 23; passed++) turnover.endHour(passed * hour, [passed]);
    turnover.add(0, 23 * hour + 5, 1, 100);
    expect([turnover.dayLots(0), turnover.dayMicro(0)]).toEqual([11, 1_100]);
    turnover.endHour(24 * hour, [24]);
    expect([turnover.dayLots(0), turnover.dayMicro(0)]).toEqual([1, 100]);
    expect(turnover.previousTick(0)).toBe(1);
  });
});

describe('an aggregated book', () => {
  it('rounds bids down and asks up, and adds what meets', () => {
    const level = (px: string, sz: string) => ({ px, sz, n: 1 });
    const depth = {
      bids: [level('104125.0', '1.5'), level('104119.0', '2.0'), level('103990.0', '0.25')],
      asks: [level('104131.0', '1.0'), level('104202.0', '3.0')],
    };
    expect(aggregate(depth, 4, 1)).toEqual({
      bids: [
        { px: '104100.0', sz: '3.5', n: 2 },
        { px: '103900.0', sz: '0.25', n: 1 },
      ],
      asks: [
        { px: '104200.0', sz: '1.0', n: 1 },
        { px: '104300.0', sz: '3.0', n: 1 },
      ],
    });
    // The last of five figures of a price of six is tens: by five of them, so fifties.
    expect(aggregate(depth, 5, 5).bids.map(({ px }) => px)).toEqual(['104100.0', '103950.0']);
    expect(aggregate({ bids: [level('0.31234', '10.0')], asks: [] }, 3, 1).bids).toEqual([
      { px: '0.312', sz: '10.0', n: 1 },
    ]);
  });
});
