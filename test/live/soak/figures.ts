/** Quantiles of a list of numbers; undefined for an empty one. */
export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function quantilesOf(values: readonly number[]): Quantiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] as number;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** A straight line through points by least squares. */
export interface Slope {
  readonly points: number;
  /** Per unit of x. */
  readonly slope: number;
  /** Half of the 95 % confidence interval of the slope, as if the residuals were independent. */
  readonly margin: number;
}

/** Undefined with fewer than three points. */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): Slope | undefined {
  const count = points.length;
  if (count < 3) return undefined;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count;
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  let spread = 0;
  let together = 0;
  for (const { x, y } of points) {
    spread += (x - meanX) ** 2;
    together += (x - meanX) * (y - meanY);
  }
  if (spread === 0) return undefined;
  const slope = together / spread;
  const unexplained = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  const error = Math.sqrt(unexplained / (count - 2) / spread);
  return { points: count, slope, margin: error * studentT(count - 2) };
}

/** The two-sided 95 % quantile of Student's t, by Cornish and Fisher's expansion; within 2 % from three degrees of freedom on. */
function studentT(freedom: number): number {
  if (freedom === 1) return 12.706;
  if (freedom === 2) return 4.303;
  const z = 1.959964;
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}
