import { wireDecimal } from './decimals.ts';
import type { Market } from './universe.ts';
import type { WireCandle } from './wire.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The exchange's candle intervals. A month is a calendar month, a week begins on Monday. */
export const intervals = [
  '1m',
  '3m',
  '5m',
  '15m',
  '30m',
  '1h',
  '2h',
  '4h',
  '8h',
  '12h',
  '1d',
  '3d',
  '1w',
  '1M',
] as const;

export type Interval = (typeof intervals)[number];

const lengths: readonly number[] = [
  minute,
  3 * minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  12 * hour,
  day,
  3 * day,
  7 * day,
];
// 1970 began on a Thursday.
const weekOffset = 4 * day;
const mostBars = 5_000;
const fields = 7;

function openOf(interval: number, time: number): number {
  if (interval === 13) {
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  }
  if (interval === 12) return time - ((time - weekOffset) % lengths[12]!);
  return time - (time % lengths[interval]!);
}

function endOf(interval: number, open: number): number {
  if (interval === 13) {
    const date = new Date(open);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  }
  return open + lengths[interval]!;
}

/** Bars of one coin and interval: t, o, h, l, c in ticks, v in lots, n. The newest 5,000 are kept. */
interface Bars {
  values: Float64Array;
  count: number;
  /** Where the present bar begins and ends. */
  open: number;
  end: number;
}

/** Candles of all markets, built from trades. Minutes without a trade have no bar. */
export interface CandleLog {
  add(market: Market, time: number, tick: number, lots: number): void;
  /** Bars from the one that holds `from` to `to`, oldest first. */
  between(market: Market, interval: Interval, from: number, to: number): WireCandle[];
  latest(market: Market, interval: Interval): WireCandle | undefined;
}

export function createCandleLog(): CandleLog {
  const all: (Bars[] | undefined)[] = [];

  function begin(bars: Bars, interval: number, time: number): void {
    bars.open = openOf(interval, time);
    bars.end = endOf(interval, bars.open);
    const room = bars.values.length / fields;
    if (bars.count >= room && room < mostBars) {
      const wider = new Float64Array(Math.min(mostBars, room * 2) * fields);
      wider.set(bars.values);
      bars.values = wider;
    }
    bars.count++;
  }

  const place = (bars: Bars, bar: number) => (bar % (bars.values.length / fields)) * fields;

  function wire(market: Market, bars: Bars, interval: number, bar: number): WireCandle {
    const at = place(bars, bar);
    const { values } = bars;
    const open = values[at]!;
    const price = (offset: number) => wireDecimal(values[at + offset]!, market.priceDecimals);
    return {
      t: open,
      T: endOf(interval, open) - 1,
      s: market.coin,
      i: intervals[interval]!,
      o: price(1),
      c: price(4),
      h: price(2),
      l: price(3),
      v: wireDecimal(values[at + 5]!, market.sizeDecimals),
      n: values[at + 6]!,
    };
  }

  return {
    add(market, time, tick, lots) {
      all[market.index] ??= intervals.map(() => ({
        values: new Float64Array(4 * fields),
        count: 0,
        open: 0,
        end: 0,
      }));
      const each = all[market.index]!;
      for (let interval = 0; interval < each.length; interval++) {
        const bars = each[interval]!;
        const isNew = time >= bars.end;
        if (isNew) begin(bars, interval, time);
        const { values } = bars;
        const at = place(bars, bars.count - 1);
        if (isNew) {
          values[at] = bars.open;
          values[at + 1] = tick;
          values[at + 2] = tick;
          values[at + 3] = tick;
          values[at + 5] = 0;
          values[at + 6] = 0;
        } else {
          if (tick > values[at + 2]!) values[at + 2] = tick;
          if (tick < values[at + 3]!) values[at + 3] = tick;
        }
        values[at + 4] = tick;
        values[at + 5]! += lots;
        values[at + 6]! += 1;
      }
    },
    between(market, name, from, to) {
      const interval = intervals.indexOf(name);
      const bars = all[market.index]?.[interval];
      if (bars === undefined) return [];
      const first = openOf(interval, Math.max(0, from));
      const found: WireCandle[] = [];
      const oldest = Math.max(0, bars.count - bars.values.length / fields);
      for (let bar = bars.count - 1; bar >= oldest; bar--) {
        const open = bars.values[place(bars, bar)]!;
        if (open < first) break;
        if (open <= to) found.push(wire(market, bars, interval, bar));
      }
      return found.reverse();
    },
    latest(market, name) {
      const interval = intervals.indexOf(name);
      const bars = all[market.index]?.[interval];
      if (bars === undefined || bars.count === 0) return undefined;
      return wire(market, bars, interval, bars.count - 1);
    },
  };
}
