import { describe, expect, test } from 'vitest';
import type { CandleDraft } from '../../hyperliquid-messages/candles.ts';
import { minutesOf } from './candle-row.ts';
import { type CandleSeries, candleSeries } from './candle-series.ts';

const day = Date.UTC(2026, 2, 3);
const minute = 60_000;
const nine = day + 9 * 60 * minute;
const nineMinute = nine / minute;

function seriesFrom(begin = nine, intervals = ['1m', '5m'] as ('1m' | '5m' | '15m')[]): CandleSeries {
  return candleSeries({ coin: 'BTC', decimals: 2, intervals, begin, tellAfter: begin, keepMinutes: 60 });
}

const trade = (at: number, price: string, size: string) => ({ time: nine + at, price, size });
const row = (at: number, [o, h, l, c]: readonly [string, string, string, string], v: string, n: number) => ({
  t: nine + at * minute,
  T: nine + (at + 1) * minute - 1,
  s: 'BTC',
  i: '1m',
  o,
  h,
  l,
  c,
  v,
  n,
});
const shown = (candles: readonly CandleDraft[]) =>
  candles.map(({ payload: p }) => {
    const at = (p.openTime - nine) / minute;
    return `${p.interval} ${at} ${p.open} ${p.high} ${p.low} ${p.close} v${p.volume} n${p.trades}`;
  });

describe('candles of trades', () => {
  test('hold the first, highest, lowest and last price, the exact volume and the number of trades', () => {
    const series = seriesFrom();
    series.add(trade(1_000, '100', '0.1'));
    series.add(trade(2_000, '103', '0.2'));
    series.add(trade(3_000, '98.5', '0.7'));
    series.add(trade(4_000, '99', '1.05'));
    expect(shown(series.settle(nine + minute))).toEqual(['1m 0 100 103 98.5 99 v2.05 n4']);
  });

  test('are told once, after their end, and not for minutes without trades', () => {
    const series = seriesFrom();
    series.add(trade(1_000, '100', '1'));
    expect(series.settle(nine + minute - 1)).toEqual([]);
    expect(series.settle(nine + minute)).toHaveLength(1);
    expect(series.settle(nine + 3 * minute)).toEqual([]);
  });

  test('take a trade that arrives before they are told into the right minute, in the order of the exchange', () => {
    const series = seriesFrom();
    series.add(trade(30_000, '100', '1'));
    series.add(trade(61_000, '200', '1'));
    series.add(trade(59_999, '101', '1'));
    series.add(trade(10, '99', '1'));
    expect(shown(series.settle(nine + 2 * minute))).toEqual([
      '1m 0 99 101 99 101 v3 n3',
      '1m 1 200 200 200 200 v1 n1',
    ]);
  });

  test('of a longer time are made of the minutes', () => {
    const series = seriesFrom();
    series.add(trade(1_000, '100', '1'));
    series.add(trade(2 * minute, '90', '1.5'));
    series.add(trade(4 * minute + 59_999, '120', '0.25'));
    series.settle(nine + 2 * minute);
    series.settle(nine + 4 * minute);
    expect(shown(series.settle(nine + 5 * minute))).toEqual([
      '1m 4 120 120 120 120 v0.25 n1',
      '5m 0 100 120 90 120 v2.75 n3',
    ]);
  });

  test('keep a size with more decimals than the market was said to have', () => {
    const series = seriesFrom();
    series.add(trade(1_000, '100', '0.25'));
    series.add(trade(2_000, '100', '0.00001'));
    expect(shown(series.settle(nine + minute))).toEqual(['1m 0 100 100 100 100 v0.25001 n2']);
    expect(series.decimals).toBe(5);
  });
});

describe('minutes in which trades may be missing', () => {
  test('are not told from the trades that came, nor is the longer candle that holds them', () => {
    const series = seriesFrom();
    series.add(trade(1_000, '100', '1'));
    series.suspect(nine + 70_000, nine + 80_000);
    series.add(trade(65_000, '100', '1'));
    series.add(trade(4 * minute, '100', '1'));
    expect(shown(series.settle(nine + 5 * minute))).toEqual([
      '1m 0 100 100 100 100 v1 n1',
      '1m 4 100 100 100 100 v1 n1',
    ]);
    expect(series.suspects).toEqual([{ from: nineMinute + 1, to: nineMinute + 2 }]);
  });

  test('are told as the exchange has them, and complete the longer candle', () => {
    const series = seriesFrom();
    series.add(trade(1_000, '100', '1'));
    series.suspect(nine + 70_000, nine + 80_000);
    series.add(trade(65_000, '101', '1'));
    series.add(trade(4 * minute, '102', '1'));
    series.settle(nine + 5 * minute);
    const range = { from: nineMinute + 1, to: nineMinute + 2 };
    const repair = series.repair(range, minutesOf([row(1, ['101', '130', '70', '110'], '4.5', 3)], 2));
    expect(repair).toMatchObject({ missing: [{ minute: nineMinute + 1, missing: 2 }], behind: false });
    expect(shown(repair.candles)).toEqual(['1m 1 101 130 70 110 v4.5 n3', '5m 0 100 130 70 102 v6.5 n5']);
    expect(series.suspects).toEqual([]);
  });

  test('stay suspect while the exchange counts less than was received', () => {
    const series = seriesFrom();
    series.suspect(nine, nine + 10_000);
    series.add(trade(1_000, '100', '1'));
    series.add(trade(2_000, '100', '1'));
    series.settle(nine + minute);
    const range = { from: nineMinute, to: nineMinute + 1 };
    const behind = series.repair(range, minutesOf([row(0, ['100', '100', '100', '100'], '1', 1)], 2));
    expect(behind).toEqual({ candles: [], missing: [], behind: true });
    expect(series.suspects).toEqual([range]);
  });

  test('are told from the trades when these turn out to be all of them', () => {
    const series = seriesFrom();
    series.suspect(nine + 10_000, nine + 20_000);
    series.add(trade(1_000, '100', '1'));
    series.add(trade(15_000, '101', '1'));
    expect(series.settle(nine + minute)).toEqual([]);
    series.trust(nine + 10_000, nine + 20_000);
    expect(shown(series.settle(nine + minute))).toEqual(['1m 0 100 101 100 101 v2 n2']);
  });

  test('that are given up take the longer candle with them', () => {
    const series = seriesFrom();
    series.suspect(nine + 70_000, nine + 80_000);
    series.add(trade(1_000, '100', '1'));
    series.settle(nine + 4 * minute);
    series.giveUp({ from: nineMinute + 1, to: nineMinute + 2 });
    expect(series.settle(nine + 5 * minute)).toEqual([]);
    series.add(trade(6 * minute, '100', '1'));
    expect(shown(series.settle(nine + 10 * minute))).toEqual([
      '1m 6 100 100 100 100 v1 n1',
      '5m 5 100 100 100 100 v1 n1',
    ]);
  });
});

describe('comparison with the exchange', () => {
  const counted = () => {
    const series = seriesFrom();
    series.add(trade(1_000, '100', '1'));
    series.add(trade(61_000, '100', '0.5'));
    series.settle(nine + 2 * minute);
    return series;
  };
  const range = { from: nineMinute, to: nineMinute + 2 };

  test('finds nothing where it counts the same, whatever its arithmetic does to the last digits', () => {
    const rows = [
      row(0, ['100', '100', '100', '100'], '1.0', 1),
      row(1, ['100', '100', '100', '100'], '0.4999999999', 1),
    ];
    expect(counted().compare(range, minutesOf(rows, 2))).toEqual({ candles: [], wrong: [], differences: [] });
  });

  test('corrects the minute and the longer candle that is not told yet, and says how many trades are missing', () => {
    const series = counted();
    const rows = [row(0, ['100', '100', '100', '100'], '1', 1), row(1, ['95', '105', '95', '104'], '3', 4)];
    const found = series.compare(range, minutesOf(rows, 2));
    expect(found.differences).toEqual([{ minute: nineMinute + 1, missing: 3 }]);
    expect(shown(found.candles)).toEqual(['1m 1 95 105 95 104 v3 n4']);
    expect(found.candles[0]?.dedupe).toBe(`BTC:1m:${nine + minute}:4:3`);
    expect(shown(series.settle(nine + 5 * minute))).toEqual(['5m 0 100 105 95 104 v4 n5']);
    expect(series.compare(range, minutesOf(rows, 2)).differences).toEqual([]);
  });

  test('makes a longer candle that was told anew, or says that it is wrong when not all of it was read', () => {
    const rows = [row(1, ['95', '105', '95', '104'], '3', 4)];
    const whole = counted();
    whole.settle(nine + 5 * minute);
    const all = [row(0, ['100', '100', '100', '100'], '1', 1), ...rows];
    const found = whole.compare({ from: nineMinute, to: nineMinute + 5 }, minutesOf(all, 2));
    expect(shown(found.candles)).toEqual(['1m 1 95 105 95 104 v3 n4', '5m 0 100 105 95 104 v4 n5']);
    const part = counted();
    part.settle(nine + 5 * minute);
    const rest = part.compare({ from: nineMinute + 1, to: nineMinute + 5 }, minutesOf(rows, 2));
    expect(rest.wrong).toEqual([{ interval: '5m', openTime: nine }]);
  });

  test('of a minute with a late trade corrects it and finds nothing missing', () => {
    const series = counted();
    expect(series.add(trade(59_000, '107', '0.5'))).toBe('late');
    expect(series.doubts).toEqual([nineMinute]);
    const rows = [
      row(0, ['100', '107', '100', '107'], '1.5', 2),
      row(1, ['100', '100', '100', '100'], '0.5', 1),
    ];
    const found = series.compare(range, minutesOf(rows, 2));
    expect(found.differences).toEqual([]);
    expect(shown(found.candles)).toEqual(['1m 0 100 107 100 107 v1.5 n2']);
    expect(series.doubts).toEqual([]);
  });

  test('asks twice before it believes that there were fewer trades than came', () => {
    const series = counted();
    const rows = [row(0, ['100', '100', '100', '100'], '1', 1)];
    expect(series.compare(range, minutesOf(rows, 2)).differences).toEqual([]);
    expect(series.doubts).toEqual([nineMinute + 1]);
    expect(series.compare(range, minutesOf(rows, 2)).differences).toEqual([
      { minute: nineMinute + 1, missing: -1 },
    ]);
  });

  test('is open for a minute that was told before its connection was known to be lost', () => {
    const series = counted();
    series.suspect(nine + 30_000, nine + 100_000);
    expect(series.doubts).toEqual([nineMinute, nineMinute + 1]);
    expect(series.isWhole(nine + 30_000, nine + 100_000)).toBe(false);
    series.trust(nine + 30_000, nine + 100_000);
    expect(series.isWhole(nine + 30_000, nine + 100_000)).toBe(true);
  });
});
