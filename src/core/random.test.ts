import { expect, test } from 'vitest';
import { pluginSeed, randomAt } from './random.ts';

test('random numbers depend on seed, event and draw alone', () => {
  const seed = pluginSeed(1, 'plugin');
  expect(randomAt(seed, 7, 0)).toBe(randomAt(seed, 7, 0));
  const others = [randomAt(seed, 8, 0), randomAt(seed, 7, 1), randomAt(pluginSeed(2, 'plugin'), 7, 0)];
  expect(new Set([randomAt(seed, 7, 0), ...others, randomAt(seed, 7 + 2 ** 32, 0)]).size).toBe(5);
});

test('random numbers are uniform over events and over draws', () => {
  const seed = pluginSeed(3, 'plugin');
  for (const draw of [(at: number) => randomAt(seed, at, 0), (at: number) => randomAt(seed, 1, at)]) {
    const bins = new Array<number>(16).fill(0);
    const count = 32_000;
    for (let at = 0; at < count; at++) {
      const bin = Math.floor(draw(at) * 16);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    // Chi-squared with 15 degrees of freedom: above 44.3 once in ten thousand.
    const expected = count / 16;
    const chi = bins.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    expect(chi).toBeLessThan(44.3);
  }
});
