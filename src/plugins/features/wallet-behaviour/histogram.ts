/* Histograms whose counts stand two in a number, 26 bits each. */

const half = 2 ** 26;
const most = half - 1;

/** Adds one to a bin, or takes one from it. */
export function countBin(n: number[], start: number, bin: number, change: 1 | -1): void {
  const slot = start + (bin >> 1);
  if (change === 1 && binCount(n, start, bin) === most) return;
  n[slot]! += (bin & 1) === 0 ? change : change * half;
}

export function binCount(n: readonly number[], start: number, bin: number): number {
  const pair = n[start + (bin >> 1)]!;
  const high = Math.floor(pair / half);
  return (bin & 1) === 0 ? pair - high * half : high;
}

const small: readonly number[] = Array.from({ length: 1024 }, (_, count) =>
  count === 0 ? 0 : count * Math.log(count),
);
const weighted = (count: number) => (count < 1024 ? small[count]! : count * Math.log(count));

/** Shannon entropy over its greatest possible value, in [0, 1]; NaN of nothing. */
export function entropyOf(n: readonly number[], start: number, bins: number): number {
  let total = 0;
  let sum = 0;
  for (let slot = start; slot < start + bins / 2; slot++) {
    const pair = n[slot]!;
    if (pair === 0) continue;
    const high = Math.floor(pair / half);
    const low = pair - high * half;
    total += low + high;
    sum += weighted(low) + weighted(high);
  }
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
