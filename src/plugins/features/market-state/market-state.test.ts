import { describe, expect, it } from 'vitest';
import { alice, fillOf, runFeatures, tradeOf } from '../../../../test/support/feature-run.ts';
import {
  book,
  candle,
  fill,
  funding,
  mark,
  marketState,
  type RowOf,
  trade,
} from '../../../plugin-api/index.ts';
import { seededDraw } from '../../../testing/sample-rows.ts';
import { type TapeBuilder, tapeBuilder } from '../../../testing/tape-builder.ts';
import { marketStateFeature } from './index.ts';

const start = Date.UTC(2026, 0, 5);
const minute = 60_000;
const hour = 60 * minute;

async function stateOf(tape: TapeBuilder, config: Record<string, unknown> = {}, until?: number) {
  const options = { config: { 'market-state': config }, ...(until === undefined ? {} : { until }) };
  return (await runFeatures([marketStateFeature], tape.events, options)).row(marketState, 'BTC')!;
}

const marked = (at: number, parts: Partial<RowOf<typeof mark>>) => ({
  key: 'BTC',
  at,
  payload: {
    coin: 'BTC',
    mid: null,
    mark: null,
    oracle: null,
    openInterest: null,
    dayVolumeUsd: null,
    ...parts,
  },
});

const candled = (
  openTime: number,
  [open, high, low, close]: readonly [number, number, number, number],
  { interval = '1m' as RowOf<typeof candle>['interval'], length = minute, volume = 10 } = {},
) => ({
  key: 'BTC',
  at: openTime + length,
  delayMs: 2_000,
  payload: {
    coin: 'BTC',
    interval,
    openTime,
    closeTime: openTime + length,
    open: String(open),
    high: String(high),
    low: String(low),
    close: String(close),
    volume: String(volume),
    trades: null,
  },
});

const level = (price: string) => ({ price, size: '1', orders: null });

describe('market state: prices', () => {
  it('takes the mid from marks and from books, and ignores a book with an empty side', async () => {
    const tape = tapeBuilder()
      .add(mark, marked(start, { mid: '100' }))
      .add(book, {
        key: 'BTC',
        at: start + 1,
        payload: { coin: 'BTC', bids: [level('101')], asks: [level('103')] },
      })
      .add(book, { key: 'BTC', at: start + 2, payload: { coin: 'BTC', bids: [], asks: [level('999')] } });
    expect(await stateOf(tape)).toMatchObject({ mid: 102, midTime: start + 1, price: 102 });
  });

  it('prefers mid to mark to candle to trade, but a fresh price to a stale one', async () => {
    const tape = tapeBuilder()
      .add(trade, { key: 'BTC', at: start, payload: tradeOf({ price: '10' }) })
      .add(candle, candled(start, [20, 20, 20, 20]));
    expect((await stateOf(tape)).price).toBe(20);
    tape.add(mark, marked(start + 2 * minute, { mark: '30' }));
    expect((await stateOf(tape)).price).toBe(30);
    tape.add(mark, marked(start + 3 * minute, { mid: '40' }));
    expect((await stateOf(tape)).price).toBe(40);
    tape.add(fill, { key: alice, at: start + hour, payload: fillOf({ price: '50' }) });
    expect((await stateOf(tape)).price).toBe(50);
  });

  it('tells nothing that it does not know', async () => {
    const tape = tapeBuilder().add(mark, marked(start, {}));
    const row = await stateOf(tape, { candleInterval: 'finest' });
    expect(Object.values(row).every(value => value === null)).toBe(true);
  });

  it('tells the length of the configured candles before the first has completed', async () => {
    const tape = tapeBuilder().add(mark, marked(start, {}));
    expect((await stateOf(tape)).candleIntervalMs).toBe(minute);
    expect((await stateOf(tape, { candleInterval: '5m' })).candleIntervalMs).toBe(5 * minute);
  });

  it('measures the return since midnight, and of the day before', async () => {
    const day = 24 * hour;
    const tape = tapeBuilder()
      .add(mark, marked(start - hour, { mid: '100' }))
      .add(mark, marked(start + hour, { mid: '110' }));
    expect((await stateOf(tape)).dayReturn).toBeCloseTo(0.1, 12);
    tape
      .add(mark, marked(start + day - 1, { mid: '120' }))
      .add(mark, marked(start + day + hour, { mid: '60' }));
    const row = await stateOf(tape);
    expect(row.dayReturn).toBeCloseTo(-0.5, 12);
    expect(row.previousDayReturn).toBeCloseTo(0.2, 12);
  });

  it('takes the close of a candle that ends at midnight for the price at midnight, though it comes later', async () => {
    const tape = tapeBuilder()
      .add(candle, candled(start - 4 * hour, [90, 90, 90, 90], { interval: '4h', length: 4 * hour }))
      .add(candle, candled(start, [100, 100, 100, 105], { interval: '4h', length: 4 * hour }));
    expect((await stateOf(tape, { candleInterval: '4h' })).dayReturn).toBeCloseTo(105 / 90 - 1, 12);
  });
});

describe('market state: candles', () => {
  it('reports the last completed candle of the configured interval only', async () => {
    const tape = tapeBuilder()
      .add(candle, candled(start, [100, 104, 99, 102], { volume: 30 }))
      .add(candle, candled(start, [1, 1, 1, 1], { interval: '5m', length: 5 * minute }));
    expect(await stateOf(tape)).toMatchObject({
      lastCandleOpenTime: start,
      candleIntervalMs: minute,
      candleOpen: 100,
      candleHigh: 104,
      candleLow: 99,
      candleClose: 102,
    });
    expect((await stateOf(tape)).candleVolumeUsd).toBeCloseTo(30 * ((104 + 99 + 102) / 3), 9);
  });

  it('takes the finest that a coin has when asked to, and a coarser one when the finest has ended', async () => {
    const four = { interval: '4h' as const, length: 4 * hour };
    const one = { interval: '1h' as const, length: hour };
    const tape = tapeBuilder().add(candle, candled(start, [1, 1, 1, 1], four));
    expect((await stateOf(tape, { candleInterval: 'finest' })).candleIntervalMs).toBe(4 * hour);
    tape.add(candle, candled(start + 4 * hour, [2, 2, 2, 2], one));
    tape.add(candle, candled(start + 4 * hour, [3, 3, 3, 3], four));
    tape.add(candle, candled(start + 8 * hour, [4, 4, 4, 4], four));
    const row = await stateOf(tape, { candleInterval: 'finest' });
    expect(row).toMatchObject({ candleIntervalMs: 4 * hour, candleClose: 4 });
  });

  it('builds candles from trades, with late trades in theirs, and tells them two seconds after their end', async () => {
    const at = (offset: number, price: string, size = '1', delayMs = 0) => ({
      key: 'BTC',
      at: start + offset,
      delayMs,
      payload: tradeOf({ price, size }),
    });
    const tape = tapeBuilder()
      .add(trade, at(0, '100', '2'))
      .add(trade, at(20_000, '105'))
      .add(trade, at(40_000, '95'))
      .add(trade, at(minute + 1, '500'))
      .add(trade, at(minute - 1, '101', '3', 1_500));
    const config = { candlesFromTrades: true };
    expect((await stateOf(tape, config, start + minute + 1_999)).lastCandleOpenTime).toBeNull();
    expect(await stateOf(tape, config, start + minute + 4_000)).toMatchObject({
      lastCandleOpenTime: start,
      candleOpen: 100,
      candleHigh: 105,
      candleLow: 95,
      candleClose: 101,
      candleVolumeUsd: 200 + 105 + 95 + 303,
    });
  });
});

describe('market state: volatility', () => {
  const deviation = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  };

  it('agrees with a calculation from all prices, over more than one window, with minutes that have none', async () => {
    const draw = seededDraw(3);
    const tape = tapeBuilder();
    const closes: number[] = [];
    let price = 100;
    const total = 2 * 1_440 + 137;
    for (let step = 0; step < total; step++) {
      if (step === 0 || draw() < 0.8) {
        price *= Math.exp((draw() - 0.5) / 50);
        tape.add(mark, marked(start + step * minute + 1_000, { mid: String(price) }));
      }
      closes.push(Math.log(price));
    }
    tape.add(mark, marked(start + total * minute + 30_000, { mid: String(price * 1.002) }));
    const row = await stateOf(tape);
    const returns = (lag: number) => closes.map((value, index) => value - closes[index - lag]!).slice(lag);
    expect(row.sigma24h).toBeCloseTo(deviation(returns(1).slice(-1_440)), 12);
    expect(row.sigma5m).toBeCloseTo(deviation(returns(1).slice(-5)), 12);
    const move = Math.log(price * 1.002) - closes.at(-6)!;
    const z = move / deviation(returns(5).slice(-1_440));
    expect(row.z5).toBeCloseTo(Math.max(-3, Math.min(3, z)) / 3, 10);
  });

  it('uses closes of five-minute candles where no source tells mids, scaled to one minute', async () => {
    const five = { interval: '5m' as const, length: 5 * minute };
    const tape = tapeBuilder();
    const closes = Array.from({ length: 30 }, (_, index) => 100 * Math.exp((index % 3) / 100));
    for (const [index, close] of closes.entries())
      tape.add(candle, candled(start + index * 5 * minute, [close, close, close, close], five));
    const row = await stateOf(tape, { candleInterval: '5m' });
    const moves = closes.map((close, index) => Math.log(close / closes[index - 1]!)).slice(1);
    expect(row.sigma24h).toBeCloseTo(deviation(moves) / Math.sqrt(5), 12);
    expect(row.sigma5m).toBeCloseTo(Math.abs(moves.at(-1)!) / Math.sqrt(5), 12);
    expect(row.z5).toBeCloseTo(moves.at(-1)! / deviation(moves) / 3, 12);
  });

  it('tells no volatility before an hour of prices', async () => {
    const tape = tapeBuilder();
    for (let step = 0; step < 59; step++)
      tape.add(mark, marked(start + step * minute, { mid: `${100 + (step % 7)}` }));
    expect(await stateOf(tape)).toMatchObject({ z5: null, sigma24h: null });
  });
});

describe('market state: funding', () => {
  it('adds rate times price once an hour to the index, at the oracle price where it is fresh', async () => {
    const rate = (at: number, value: number) => ({
      key: 'BTC',
      at,
      payload: { coin: 'BTC', rate: value, premium: null },
    });
    const tape = tapeBuilder()
      .add(mark, marked(start + hour - 1, { mid: '100', oracle: '101' }))
      .add(funding, rate(start + hour, 0.001))
      .add(funding, rate(start + hour + 5 * minute, 0.5))
      .add(mark, marked(start + 2 * hour, { mid: '120' }))
      .add(funding, rate(start + 2 * hour + 100, -0.002));
    const row = await stateOf(tape);
    expect(row.funding).toBe(-0.002);
    expect(row.fundingIndex).toBeCloseTo(0.001 * 101 - 0.002 * 120, 12);
  });
});
