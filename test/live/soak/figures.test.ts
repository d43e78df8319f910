import { describe, expect, it } from 'vitest';
import { quantilesOf, slopeOf } from './figures.ts';

describe('the figures of a soak', () => {
  it('are quantiles by rank', () => {
    const values = Array.from({ length: 100 }, (_, place) => 100 - place);
    expect(quantilesOf(values)).toEqual({ count: 100, p50: 50, p99: 99, max: 100 });
    expect(quantilesOf([7])).toEqual({ count: 1, p50: 7, p99: 7, max: 7 });
    expect(quantilesOf([])).toBeUndefined();
  });

  it('are a slope with the margin of a regression', () => {
    // By hand: x 0…4, y 1 3 2 5 4: mean 2 and 3, Sxy 8, Sxx 10, slope 0.8; residuals -.4 .8 -1 1.2 -.6, squares 3.6, over 3 degrees
    // of freedom and Sxx: error sqrt(.12) = .34641; t(3) = 3.182.
    const points = [1, 3, 2, 5, 4].map((y, x) => ({ x, y, z: 0 }));
    const { slope, margin } = slopeOf(points) as { slope: number; margin: number };
    expect(slope).toBeCloseTo(0.8, 12);
    expect(margin / (0.34641 * 3.182)).toBeGreaterThan(0.98);
    expect(margin / (0.34641 * 3.182)).toBeLessThan(1.02);
  });

  it('leave out what something else explains', () => {
    // y is 2 x and 10 z, and z goes up and down as a window that fills and is emptied does.
    const points = Array.from({ length: 40 }, (_, x) => ({ x, y: 5 + 2 * x + 10 * (x % 9), z: x % 9 }));
    const found = slopeOf(points);
    expect(found?.slope).toBeCloseTo(2, 9);
    expect(found?.margin).toBeLessThan(1e-6);
  });

  it('have no slope of three points, or where time stands still', () => {
    expect(slopeOf([1, 2, 3].map(x => ({ x, y: x, z: 0 })))).toBeUndefined();
    expect(slopeOf([1, 2, 3, 4].map(y => ({ x: 1, y, z: 0 })))).toBeUndefined();
  });
});
