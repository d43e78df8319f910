import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toNumber } from './index.ts';

const decimal = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.bigInt({ min: 0n, max: 10n ** 24n }),
    fc.option(fc.stringMatching(/^\d{1,20}$/)),
  )
  .map(([sign, whole, part]) => `${sign}${whole}${part === null ? '' : `.${part}`}`);
const usual = fc
  .tuple(fc.constantFrom('', '-'), fc.nat({ max: 10 ** 6 }), fc.stringMatching(/^\d{1,8}$/))
  .map(([sign, whole, part]) => `${sign}${whole}.${part}`);

test('a decimal becomes the float64 nearest to it, as `Number` finds it', () => {
  fc.assert(
    fc.property(fc.oneof(decimal, usual), text => {
      expect(toNumber(text)).toBe(Number(text));
    }),
    { numRuns: 5_000 },
  );
});

test('zero keeps its sign, and whatever is no plain decimal is left to `Number`', () => {
  for (const text of [
    '0',
    '-0',
    '-0.00',
    '1e-7',
    '.5',
    '5.',
    '-',
    '.',
    '1.2.3',
    '0x1f',
    ' 1',
    '9007199254740993',
    'NaN',
  ]) {
    expect(toNumber(text)).toBe(Number(text));
  }
  expect(toNumber('')).toBeNaN();
});
