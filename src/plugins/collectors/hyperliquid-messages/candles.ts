import { candle, type RowOf } from '../../../plugin-api/index.ts';
import { type Collected, collected, type Decoded } from './collected.ts';
import { decimalText, isObject, shortText, shown, wholeNumber } from './values.ts';

export type CandleDraft = Collected<typeof candle>;
export type CandleInterval = RowOf<typeof candle>['interval'];

const minute = 60_000;

/** The length of each candle in milliseconds. */
export const candleLengths: Readonly<Record<CandleInterval, number>> = {
  '1m': minute,
  '3m': 3 * minute,
  '5m': 5 * minute,
  '15m': 15 * minute,
  '30m': 30 * minute,
  '1h': 60 * minute,
  '2h': 120 * minute,
  '4h': 240 * minute,
  '8h': 480 * minute,
  '12h': 720 * minute,
  '1d': 1440 * minute,
  '3d': 3 * 1440 * minute,
  '1w': 7 * 1440 * minute,
};

export function isCandleInterval(value: unknown): value is CandleInterval {
  return typeof value === 'string' && Object.hasOwn(candleLengths, value);
}

/** The parts of a candle before their types are known. */
export interface CandleParts {
  readonly coin: unknown;
  readonly interval: unknown;
  readonly openTime: unknown;
  readonly open: unknown;
  readonly high: unknown;
  readonly low: unknown;
  readonly close: unknown;
  readonly volume: unknown;
  readonly trades: unknown;
}

/** Makes a candle of its parts; `tsEvent` is its end. */
export function candleOf(parts: CandleParts): Decoded<typeof candle> {
  const coin = shortText(parts.coin);
  if (coin === undefined) return `the coin must be a name; found ${shown(parts.coin)}`;
  const { interval } = parts;
  if (!isCandleInterval(interval)) {
    return `the interval must be one of ${Object.keys(candleLengths).join(' ')}; found ${shown(interval)}`;
  }
  const openTime = wholeNumber(parts.openTime);
  if (openTime === undefined)
    return `the open time must be whole milliseconds; found ${shown(parts.openTime)}`;
  const open = decimalText(parts.open);
  const high = decimalText(parts.high);
  const low = decimalText(parts.low);
  const close = decimalText(parts.close);
  const volume = decimalText(parts.volume);
  if (
    open === undefined ||
    high === undefined ||
    low === undefined ||
    close === undefined ||
    volume === undefined
  ) {
    const { open, high, low, close, volume } = parts;
    return `open, high, low, close and volume must be decimals; found ${shown({ open, high, low, close, volume })}`;
  }
  const closeTime = openTime + candleLengths[interval];
  return collected(candle, coin, closeTime, `${coin}:${interval}:${openTime}`, {
    coin,
    interval,
    openTime,
    closeTime,
    open,
    high,
    low,
    close,
    volume,
    trades: wholeNumber(parts.trades) ?? null,
  });
}

/** Decodes a candle as the exchange writes it; it may not be complete yet. */
export function decodeCandle(raw: unknown): Decoded<typeof candle> {
  if (!isObject(raw)) return `a candle must be an object; found ${shown(raw)}`;
  return candleOf({
    coin: raw.s,
    interval: raw.i,
    openTime: raw.t,
    open: raw.o,
    high: raw.h,
    low: raw.l,
    close: raw.c,
    volume: raw.v,
    trades: raw.n,
  });
}

export interface CandleCompletion {
  /** Takes the state of a candle at a time of receipt. */
  update(candle: CandleDraft): void;
  /** The candles that are known to be complete at `now`, oldest first; each is given once. */
  complete(now: number): CandleDraft[];
}

/**
 * Tells when candles are complete. The exchange's stream has no mark for it: a candle is complete when a later one of the
 * same coin and length has begun, or `graceMs` after its end.
 */
export function candleCompletion(graceMs = 2_000): CandleCompletion {
  const open = new Map<string, CandleDraft>();
  const done = new Map<string, number>();
  const ready: CandleDraft[] = [];
  let earliestDue = Number.POSITIVE_INFINITY;
  return {
    update(next) {
      const name = `${next.payload.coin}:${next.payload.interval}`;
      const last = open.get(name);
      const { openTime } = next.payload;
      if (openTime <= (done.get(name) ?? -1)) return;
      if (last !== undefined && openTime < last.payload.openTime) return;
      if (last !== undefined && openTime > last.payload.openTime) {
        ready.push(last);
        done.set(name, last.payload.openTime);
      }
      open.set(name, next);
      earliestDue = Math.min(earliestDue, next.payload.closeTime + graceMs);
    },
    complete(now) {
      if (now >= earliestDue) {
        earliestDue = Number.POSITIVE_INFINITY;
        for (const [name, candle] of open) {
          const due = candle.payload.closeTime + graceMs;
          if (due > now) {
            earliestDue = Math.min(earliestDue, due);
            continue;
          }
          ready.push(candle);
          done.set(name, candle.payload.openTime);
          open.delete(name);
        }
      }
      return ready.length === 0 ? [] : ready.splice(0).sort((a, b) => a.tsEvent - b.tsEvent);
    },
  };
}
