import type { Decimal } from '../../../../plugin-api/index.ts';
import type { CandleDraft, CandleInterval } from '../../hyperliquid-messages/candles.ts';
import { candleOf } from '../../hyperliquid-messages/candles.ts';
import { decimalText, isObject, wholeNumber } from '../../hyperliquid-messages/values.ts';
import type { Bar } from './bar.ts';
import { unitsOf, volumeText } from './exact-volume.ts';

export const minuteMs = 60_000;

/** One row of `candleSnapshot`. */
export interface CandleRow {
  readonly openTime: number;
  readonly bar: Bar;
}

/** Reads a row of `candleSnapshot`, or answers `undefined` for what is none; its volume is rounded to the coin's decimals. */
export function candleRow(raw: unknown, decimals: number): CandleRow | undefined {
  if (!isObject(raw)) return undefined;
  const openTime = wholeNumber(raw.t);
  const open = decimalText(raw.o);
  const high = decimalText(raw.h);
  const low = decimalText(raw.l);
  const close = decimalText(raw.c);
  const volume = decimalText(raw.v);
  const trades = wholeNumber(raw.n);
  if (
    openTime === undefined ||
    open === undefined ||
    high === undefined ||
    low === undefined ||
    close === undefined ||
    volume === undefined ||
    volume.startsWith('-') ||
    trades === undefined
  ) {
    return undefined;
  }
  return {
    openTime,
    bar: {
      first: openTime,
      last: openTime,
      open,
      high,
      low,
      close,
      highest: Number(high),
      lowest: Number(low),
      volume: unitsOf(volume, decimals),
      trades,
    },
  };
}

/** The bars that had trades, by minute since 1970. */
export function minutesOf(rows: readonly unknown[], decimals: number): ReadonlyMap<number, Bar> {
  const minutes = new Map<number, Bar>();
  for (const raw of rows) {
    const row = candleRow(raw, decimals);
    if (row !== undefined && row.bar.trades > 0) minutes.set(Math.floor(row.openTime / minuteMs), row.bar);
  }
  return minutes;
}

/**
 * A bar as an event. One that corrects what was told before says so in its de-duplication key: it is another happening.
 */
export function candleDraft(
  bar: Bar,
  of: {
    readonly coin: string;
    readonly interval: CandleInterval;
    readonly openTime: number;
    readonly decimals: number;
    readonly corrects?: boolean;
  },
): CandleDraft {
  const volume: Decimal = volumeText(bar.volume, of.decimals);
  const made = candleOf({ ...of, ...bar, volume });
  if (typeof made === 'string') throw new Error(`expected a candle of ${of.coin}, found that ${made}`);
  return of.corrects === true ? { ...made, dedupe: `${made.dedupe}:${bar.trades}:${volume}` } : made;
}
