/*
 * Means and sums of squared deviations, kept by Welford's method; `mean` and `mean + 1` are their slots. Standard deviations
 * are sample ones (n - 1).
 */

type Numbers = number[] | Float64Array;

/** Adds a value as the `count`-th. */
export function addMoment(n: Numbers, mean: number, value: number, count: number): void {
  const before = n[mean]!;
  const after = before + (value - before) / count;
  n[mean] = after;
  n[mean + 1]! += (value - before) * (value - after);
}

/** Replaces one of `count` values by another. */
export function replaceMoment(
  n: Numbers,
  mean: number,
  count: number,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const before = n[mean]!;
  const after = before + (to - from) / count;
  n[mean] = after;
  n[mean + 1]! += (to - from) * (to - after + from - before);
}

/** Adds a value `times` times to the `count` that are there (West 1979). */
export function addMoments(
  n: Numbers,
  mean: number,
  count: number,
  { value, times }: { readonly value: number; readonly times: number },
): void {
  const before = n[mean]!;
  const after = before + ((value - before) * times) / (count + times);
  n[mean] = after;
  n[mean + 1]! += times * (value - before) * (value - after);
}

/** NaN of fewer than two. */
export function deviationOf(n: Readonly<Numbers>, mean: number, count: number): number {
  return count < 2 ? Number.NaN : Math.sqrt(Math.max(0, n[mean + 1]!) / (count - 1));
}
