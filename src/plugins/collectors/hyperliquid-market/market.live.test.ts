import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type CollectorAtWork,
  candlePairs,
  startCollector,
  until,
  type WatchedExchange,
  watchedExchange,
} from './live-market.fixture.ts';

vi.setConfig({ testTimeout: 60_000 });

const minute = 60_000;
/** Noon comes a minute and a half after the start. */
const beforeNoon = Date.UTC(2026, 5, 1, 11, 58, 30);
const quick = { repairAfterMs: 500, candleGraceMs: 500 };

let exchange: WatchedExchange;
let collector: CollectorAtWork;

afterEach(async () => {
  await collector?.stop();
  await exchange?.stop();
});

async function begin(
  options: Parameters<typeof watchedExchange>[0] = {},
  config: Record<string, unknown> = {},
): Promise<void> {
  exchange = await watchedExchange({ start: beforeNoon, ...options });
  collector = startCollector(exchange, { ...quick, ...config });
  await until('subscriptions to all markets', () => {
    const { subscriptions } = exchange.describe();
    return (subscriptions.trades ?? 0) >= exchange.state.coins.length;
  });
  // What comes again is noticed within a second.
  await sleep(2_500);
}

const idOf = (trade: { coin: string; time: number; tid: number }) =>
  `${trade.coin}:${trade.time}:${trade.tid}`;
const madeAfter = (time: number) => exchange.trades.filter(trade => trade.time > time).map(idOf);
const receivedAfter = (time: number) =>
  collector
    .of('trade')
    .filter(({ tsEvent }) => tsEvent > time)
    .map(({ dedupe }) => dedupe);
const opened = (stream: string) => collector.gaps.filter(gap => gap.stream === stream && gap.healed !== true);
const healed = (stream: string) => collector.gaps.filter(gap => gap.stream === stream && gap.healed === true);
const nameOf = ({ key, from, to }: { key?: string; from: number; to: number }) => `${key} ${from} ${to}`;
const unhealed = (stream: string) => {
  const closed = new Set(healed(stream).map(nameOf));
  return opened(stream).filter(gap => !closed.has(nameOf(gap)));
};

/** Each of these trades has been received once. */
async function allReceived(from: number, made: readonly string[]): Promise<void> {
  const wanted = new Set(made);
  const received = () => receivedAfter(from).filter(id => wanted.has(id));
  await until('all trades', () => received().length >= made.length);
  expect(received().toSorted()).toEqual(made.toSorted());
}

async function candlesEqual(from: number, to: number, intervals: ('1m' | '5m' | '15m' | '1h' | '4h')[]) {
  await until('every candle', () => {
    const { told, exchanges } = candlePairs(exchange, collector, { from, to, intervals });
    return told.join() === exchanges.join();
  }).catch(() => undefined);
  const { told, exchanges } = candlePairs(exchange, collector, { from, to, intervals });
  expect(exchanges.length).toBeGreaterThan(0);
  expect(told).toEqual(exchanges);
}

describe('the tape', () => {
  test('brings every trade of every market once', async () => {
    await begin();
    const from = exchange.state.now;
    await exchange.advance(30_000);
    const made = madeAfter(from);
    expect(made.length).toBeGreaterThan(500);
    await allReceived(from, made);
    expect(collector.gaps).toEqual([]);
    expect(collector.rejections).toEqual([]);
  });

  test('takes each trade once when messages come twice, late and in another order', async () => {
    await begin();
    const from = exchange.state.now;
    for (const kind of ['duplicate-frames', 'reorder-frames', 'late-frames'] as const) {
      exchange.faults.inject({ kind, durationMs: 1_500, share: 0.5, channels: ['trades'] });
    }
    await sleep(3_500);
    const made = madeAfter(from);
    await allReceived(from, made);
  });

  test('goes on without a hole where the exchange replaces a connection', async () => {
    await begin({ tradesPerSecond: 10 });
    await exchange.passTo(minute);
    const from = exchange.state.now;
    exchange.faults.inject({ kind: 'rotate' });
    await until('gaps of all markets', () => opened('trade').length >= exchange.state.coins.length);
    // A market without trades in between is proved whole by the exchange's count of the minute, when that is over.
    await exchange.passTo(minute);
    await until(
      'all of them closed',
      () => unhealed('trade').length === 0 && unhealed('candle').length === 0,
    );
    await exchange.advance(5_000);
    const made = madeAfter(from);
    await allReceived(from, made);
  });
});

describe('a hole', () => {
  test('that is longer than what the exchange repeats stays flagged, and its candles are the exchange’s', async () => {
    await begin();
    const from = exchange.state.now;
    await exchange.passTo(minute);
    const back = exchange.restart(6_000);
    await sleep(200);
    await exchange.advance(100_000);
    expect(exchange.describe().subscriptions).toEqual({});
    await back;
    await until('gaps', () => opened('trade').length >= exchange.state.coins.length);
    await exchange.passTo(5 * minute);
    await candlesEqual(from, exchange.state.now - 2_000, ['1m', '5m', '15m', '1h', '4h']);
    await until('candles healed', () => unhealed('candle').length === 0);
    const received = new Set(receivedAfter(from));
    const lost = exchange.trades.filter(trade => trade.time > from && !received.has(idOf(trade)));
    expect(lost.length).toBeGreaterThan(0);
    const flagged = unhealed('trade');
    for (const trade of lost) {
      expect(
        flagged.some(gap => gap.key === trade.coin && gap.from <= trade.time && trade.time <= gap.to),
      ).toBe(true);
    }
    // Coins that lost nothing are not flagged any more.
    const losers = new Set(lost.map(({ coin }) => coin));
    expect(new Set(flagged.map(({ key }) => key))).toEqual(losers);
  });

  test('on connections that only seem to live is found, and nothing in it goes unsaid', async () => {
    await begin({ tradesPerSecond: 10 });
    const from = exchange.state.now;
    exchange.faults.inject({ kind: 'half-open' });
    await until('gaps', () => opened('trade').length >= exchange.state.coins.length, 50_000);
    await exchange.passTo(minute);
    await candlesEqual(from, exchange.state.now - 2_000, ['1m']);
    const received = new Set(receivedAfter(from));
    const flagged = unhealed('trade');
    const unsaid = exchange.trades.filter(
      trade =>
        trade.time > from &&
        trade.time < exchange.state.now - 1_000 &&
        !received.has(idOf(trade)) &&
        !flagged.some(gap => gap.key === trade.coin && gap.from <= trade.time && trade.time <= gap.to),
    );
    expect(unsaid).toEqual([]);
  });
});

describe('silent loss', () => {
  test('is found by comparing counts, flagged to the minute, and the candles are corrected', async () => {
    await begin({}, { auditEveryMs: 1_000 });
    const from = exchange.state.now;
    await exchange.passTo(minute);
    exchange.faults.inject({
      kind: 'drop-frames',
      durationMs: 400,
      share: 1,
      channels: ['trades'],
      coins: ['BTC'],
    });
    await exchange.advance(20_000);
    await sleep(500);
    exchange.faults.clear();
    const lastLost = exchange.state.now;
    const made = exchange.trades.filter(({ time }) => time > from && time <= lastLost);
    await allReceived(from, made.filter(({ coin }) => coin !== 'BTC').map(idOf));
    const received = new Set(receivedAfter(from));
    const lost = made.filter(trade => !received.has(idOf(trade)));
    expect(lost.length).toBeGreaterThan(3);
    await exchange.passTo(5 * minute, 90);
    await until('a gap', () => opened('trade').length > 0, 20_000);
    const minutes = new Set(lost.map(({ time }) => Math.floor(time / minute) * minute));
    const [gap] = opened('trade');
    expect(gap).toMatchObject({ key: 'BTC', from: Math.min(...minutes) });
    expect(gap?.reason).toBe(`the exchange counts ${lost.length} trades more than were received`);
    expect(unhealed('candle')).toEqual([]);
    await candlesEqual(from, exchange.state.now - 91_000, ['1m', '5m', '15m', '1h', '4h']);
  });
});

describe('candles', () => {
  test('of all lengths equal the exchange’s own, though the collector began in the middle of all of them', async () => {
    await begin();
    const from = exchange.state.now;
    for (let passed = 0; passed < 6; passed++) {
      await exchange.passTo(minute, 2);
      await sleep(700);
    }
    await candlesEqual(from, exchange.state.now - 3_000, ['1m', '5m', '15m', '1h', '4h']);
    const keys = collector.of('candle').map(({ dedupe }) => dedupe);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('a restart', () => {
  test('fetches the candles and funding rates of the time between, beside the live tape', async () => {
    const minutes = 7;
    exchange = await watchedExchange({ start: Date.now() - minutes * minute });
    const since = exchange.state.now;
    await exchange.advance(minutes * minute);
    collector = startCollector(exchange, quick, String(since));
    await until('candles healed', () => healed('candle').length > 0);
    expect(healed('funding')).toHaveLength(1);
    expect(healed('candle')[0]).toMatchObject({ from: since });
    expect(healed('trade')).toEqual([]);
    await candlesEqual(since, exchange.state.now - 2_000, ['1m', '5m', '15m', '1h', '4h']);
    await until('live trades', () => collector.of('trade').length > 50);
    // What comes next goes on from the present, once all markets are followed again; until then an end would lose what is missing.
    const told = () => new Set(opened('trade').flatMap(({ key }) => key ?? [])).size;
    const last = () => Number(collector.drafts.flatMap(({ cursor }) => cursor ?? []).at(-1));
    await until('a later cursor', () => last() > since + (minutes - 1) * minute);
    expect(told()).toBe(exchange.state.coins.length);
    expect(opened('trade').every(({ from }) => from <= since && from > since - minute)).toBe(true);
  });
});

describe('the universe', () => {
  test('lets a market go that is delisted, and tells its last candle', async () => {
    await begin({}, { universeEveryMs: 1_000 });
    await exchange.passTo(minute);
    exchange.state.provoke({ kind: 'settlement', coin: 'ATOM' });
    await until('the market to be let go', () => (exchange.describe().subscriptions.trades ?? 0) === 15);
    expect(collector.notes.map(({ values }) => values)).toContainEqual({
      coin: 'ATOM',
      reason: 'it is no longer traded',
    });
    const last = exchange.trades.findLast(({ coin }) => coin === 'ATOM')!;
    await exchange.passTo(minute);
    await until('its last candle', () =>
      collector
        .of('candle', 'ATOM')
        .some(({ payload }) => payload.openTime === Math.floor(last.time / minute) * minute),
    );
    expect(opened('trade')).toEqual([]);
  });
});

describe('requests', () => {
  test('stand in for prices and candles while the sockets are down, and end when these are back', async () => {
    await begin({ start: Date.UTC(2026, 5, 1, 11, 59, 46) }, { pollEveryMs: 1_000 });
    const { requestsByType } = exchange.describe().counts;
    expect(requestsByType).not.toHaveProperty('metaAndAssetCtxs');
    exchange.faults.inject({ kind: 'reject-upgrade', durationMs: 18_000 });
    exchange.faults.inject({ kind: 'drop' });
    await sleep(6_000);
    const marks = collector.of('mark').length;
    await until('prices', () => collector.of('mark').length > marks);
    await until('candles of the minute', () => collector.of('candle').length > 0);
    const types = ['allMids', 'metaAndAssetCtxs', 'spotMetaAndAssetCtxs', 'l2Book'];
    expect(Object.keys(exchange.describe().counts.requestsByType)).toEqual(expect.arrayContaining(types));
    await until('all sockets', () => (exchange.describe().subscriptions.trades ?? 0) === 16, 40_000);
    await sleep(2_000);
    const asked = () => types.map(type => exchange.describe().counts.requestsByType[type] ?? 0);
    const before = asked();
    await sleep(3_000);
    expect(asked()).toEqual(before);
  });
});
