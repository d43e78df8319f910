import * as at from './slots.ts';
import type { MarketState } from './state.ts';

/* Records of the candles that are being built from trades. */
const openTime = 0;
const open = 1;
const high = 2;
const low = 3;
const close = 4;
const notional = 5;
const stride = 6;

/** Makes a candle the last completed one, unless a later one is known. */
export function completeCandle(
  n: number[],
  candle: {
    readonly openTime: number;
    readonly intervalMs: number;
    readonly open: number;
    readonly high: number;
    readonly low: number;
    readonly close: number;
    readonly volumeUsd: number;
  },
): void {
  if (n[at.candleOpenTime]! > candle.openTime) return;
  n[at.candleOpenTime] = candle.openTime;
  n[at.candleInterval] = candle.intervalMs;
  n[at.candleOpen] = candle.open;
  n[at.candleHigh] = candle.high;
  n[at.candleLow] = candle.low;
  n[at.candleClose] = candle.close;
  n[at.candleVolumeUsd] = candle.volumeUsd;
}

/** Takes a trade into the candle that holds it; answers the end of a candle that it began, else NaN. */
export function addTrade(
  state: MarketState,
  price: number,
  notionalUsd: number,
  { time, intervalMs }: { readonly time: number; readonly intervalMs: number },
): number {
  const begin = time - (time % intervalMs);
  const building = state.building;
  for (let record = 0; record < building.length; record += stride) {
    if (building[record + openTime] !== begin) continue;
    if (price > building[record + high]!) building[record + high] = price;
    if (price < building[record + low]!) building[record + low] = price;
    building[record + close] = price;
    building[record + notional]! += notionalUsd;
    return Number.NaN;
  }
  // Note: a trade older than a candle that has been told already comes too late.
  if (begin <= state.n[at.candleOpenTime]!) return Number.NaN;
  building.push(begin, price, price, price, price, notionalUsd);
  return begin + intervalMs;
}

/** Completes the candles that ended at or before a time. */
export function completeBuilt(state: MarketState, until: number, intervalMs: number): void {
  const building = state.building;
  let kept = 0;
  for (let record = 0; record < building.length; record += stride) {
    if (building[record + openTime]! + intervalMs > until) {
      for (let field = 0; field < stride; field++) building[kept + field] = building[record + field]!;
      kept += stride;
      continue;
    }
    completeCandle(state.n, {
      openTime: building[record + openTime]!,
      intervalMs,
      open: building[record + open]!,
      high: building[record + high]!,
      low: building[record + low]!,
      close: building[record + close]!,
      volumeUsd: building[record + notional]!,
    });
  }
  building.length = kept;
}
