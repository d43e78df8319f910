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

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Something else that y depends on. */
  readonly z: number;
}

/**
 * How y grows with x while z stays as it is: both are freed of what z explains, and a line is laid through what is left (Frisch and
 * Waugh 1933). Undefined with fewer than four points.
 */
export function slopeOf(points: readonly Point[]): Slope | undefined {
  const count = points.length;
  if (count < 4) return undefined;
  const z = centred(points.map(point => point.z));
  const x = without(centred(points.map(point => point.x)), z);
  const y = without(centred(points.map(point => point.y)), z);
  const spread = product(x, x);
  if (spread === 0) return undefined;
  const slope = product(x, y) / spread;
  const left = without(y, x);
  const freedom = count - 2 - (product(z, z) > 0 ? 1 : 0);
  const error = Math.sqrt(product(left, left) / freedom / spread);
  return { points: count, slope, margin: error * studentT(freedom) };
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map(value => value - mean);
}

function product(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, place) => sum + value * other[place]!, 0);
}

/** What of some values another series does not explain. */
function without(values: readonly number[], series: readonly number[]): number[] {
  const length = product(series, series);
  if (length === 0) return [...values];
  const share = product(values, series) / length;
  return values.map((value, place) => value - share * series[place]!);
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
