import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal, integer, number, oneOf } from '../../plugin-api/index.ts';
import { compileCheck } from '../row-compile.ts';
import { compileDigest } from './row-digest.ts';

const doc = 'For this test.';
const fields = {
  a: number({ unit: 'USD', doc }),
  b: number({ unit: 'USD', doc, nullable: 'none' }),
  c: integer({ unit: 'count', doc, nullable: 'none' }),
  d: number({ unit: 'USD', doc }),
  word: oneOf(['one', 'two', 'three'], { doc, nullable: 'none' }),
  size: decimal({ unit: 'coin', doc, nullable: 'none' }),
};
const hash = compileDigest(fields, compileCheck);
const value = fc.double({ noNaN: true, noDefaultInfinity: true });
const row = fc.record({
  a: value,
  b: fc.option(value),
  c: fc.option(fc.integer()),
  d: value,
  word: fc.constantFrom('one', 'two', 'three', null),
  size: fc.option(fc.constantFrom('0', '1', '-1', '1.5', '15')),
});

test('equal rows have equal hashes, and rows that differ anywhere have others', () => {
  fc.assert(
    fc.property(row, row, (one, other) => {
      const isSame = Object.keys(fields).every(name => one[name as 'a'] === other[name as 'a']);
      expect(hash(one) === hash({ ...one })).toBe(true);
      expect(hash(one) === hash(other)).toBe(isSame);
    }),
    { numRuns: 2_000 },
  );
});

test('the signs of two numbers, two numbers that change places, and an absent one for zero are told apart', () => {
  const one = { a: 1.5, b: 2.5, c: 3, d: 4.5, word: 'one', size: '1' };
  const others = [
    { ...one, a: -1.5, d: -4.5 },
    { ...one, a: -1.5, b: -2.5 },
    { ...one, a: 2.5, b: 1.5 },
    { ...one, a: 4.5, d: 1.5 },
    { ...one, c: null },
    { ...one, c: 0 },
    { ...one, word: null },
    { ...one, size: null },
  ];
  expect(new Set([one, ...others].map(hash)).size).toBe(others.length + 1);
  expect(hash({ ...one, a: 0 })).toBe(hash({ ...one, a: -0 }));
});
