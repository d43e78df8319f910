import * as at from './slots.ts';

/** What is remembered of a coin. */
export interface MarketState {
  readonly n: number[];
  /** Log prices at the ends of the last steps of the grid, as a ring; empty until a price came. */
  ring: number[];
  /** The candle being built from trades and the one after it, in two records; empty while there is none. */
  building: number[];
}

// Note: an array literal that holds NaN keeps raw doubles in V8, and so does what is sliced from it.
const blank: readonly number[] = Array.from({ length: at.slots }, () => Number.NaN);

export function initialMarketState(): MarketState {
  const n = blank.slice();
  for (let slot = at.gridPoints; slot < at.slots; slot++) n[slot] = 0;
  return { n, ring: [], building: [] };
}

/** Mid, else mark, else the last candle's close, else the last trade: the first that is fresh, else the freshest; NaN if none. */
export function bestPrice(n: readonly number[], staleAfterMs: number): number {
  const limit = n[at.now]! - staleAfterMs;
  if (n[at.midTime]! >= limit) return n[at.mid]!;
  if (n[at.markTime]! >= limit) return n[at.mark]!;
  const closeTime = n[at.candleOpenTime]! + n[at.candleInterval]!;
  if (closeTime >= limit) return n[at.candleClose]!;
  if (n[at.tradeTime]! >= limit) return n[at.trade]!;
  let best = Number.NaN;
  let bestTime = Number.NEGATIVE_INFINITY;
  if (n[at.midTime]! > bestTime) {
    best = n[at.mid]!;
    bestTime = n[at.midTime]!;
  }
  if (n[at.markTime]! > bestTime) {
    best = n[at.mark]!;
    bestTime = n[at.markTime]!;
  }
  if (closeTime > bestTime) {
    best = n[at.candleClose]!;
    bestTime = closeTime;
  }
  if (n[at.tradeTime]! > bestTime) best = n[at.trade]!;
  return best;
}
