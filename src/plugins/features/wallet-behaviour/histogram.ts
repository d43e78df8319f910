/* Histograms whose counts stand two in a number, 26 bits each. */

const half = 2 ** 26;
const most = half - 1;

type Numbers = Float64Array | number[];

/** Adds one to a bin, or takes one from it; keeps the sum over all bins of count times its logarithm at `sum`. */
export function countBin(n: Numbers, start: number, bin: number, change: 1 | -1, sum: number): void {
  const slot = start + (bin >> 1);
  const count = binCount(n, start, bin);
  if (change === 1 && count === most) return;
  n[slot]! += (bin & 1) === 0 ? change : change * half;
  // Note: in this order a histogram of one bin has no trace of rounding.
  n[sum] = n[sum]! - weighted(count) + weighted(count + change);
}

export function binCount(n: Readonly<Numbers>, start: number, bin: number): number {
  const pair = n[start + (bin >> 1)]!;
  const high = Math.floor(pair / half);
  return (bin & 1) === 0 ? pair - high * half : high;
}

const small: readonly number[] = Array.from({ length: 1024 }, (_, count) =>
  count === 0 ? 0 : count * Math.log(count),
);
const weighted = (count: number) => (count < 1024 ? small[count]! : count * Math.log(count));

/** Shannon entropy of `total` counts over its greatest possible value, in [0, 1]; NaN of nothing. */
export function entropyOf(sum: number, total: number, bins: number): number {
  if (total === 0) return Number.NaN;
  // Note: rounding can leave a trace beyond the ends.
  return Math.min(1, Math.max(0, (Math.log(total) - sum / total) / Math.log(bins)));
}

/** The half-decade of a notional: bin 0 begins at 10 (and takes what is less), bin 9 ends at 1 M (and takes what is more). */
export function sizeBin(notionalUsd: number): number {
  if (notionalUsd < 1000) {
    if (notionalUsd < 100) return notionalUsd < bounds[0]! ? 0 : 1;
    return notionalUsd < bounds[1]! ? 2 : 3;
  }
  if (notionalUsd < 10_000) return notionalUsd < bounds[2]! ? 4 : 5;
  if (notionalUsd < 100_000) return notionalUsd < bounds[3]! ? 6 : 7;
  return notionalUsd < bounds[4]! ? 8 : 9;
}

const bounds = [1.5, 2.5, 3.5, 4.5, 5.5].map(power => 10 ** power);
