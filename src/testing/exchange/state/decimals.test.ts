import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDecimal, wireDecimal, wireNumber, wireUsd } from './decimals.ts';

describe('decimals on the wire', () => {
  it('have no superfluous zeros, but at least one digit after the point', () => {
    expect(wireDecimal(84_133, 0)).toBe('84133.0');
    expect(wireDecimal(-25, 2)).toBe('-0.25');
    expect(wireDecimal(1_200, 3)).toBe('1.2');
    expect(wireDecimal(5_000_000, 6)).toBe('5.0');
    expect(wireDecimal(0, 6)).toBe('0.0');
    expect(wireUsd(-1)).toBe('-0.000001');
  });

  it('of inexact numbers are rounded, and never a negative zero', () => {
    expect(wireNumber(0.337_660_059_6, 10)).toBe('0.3376600596');
    expect(wireNumber(31.2, 4)).toBe('31.2');
    expect(wireNumber(7, 2)).toBe('7.0');
    expect(wireNumber(-0.000_000_1, 4)).toBe('0.0');
  });

  it('are read back as what was written', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 8 }), (count, decimals) => {
        expect(readDecimal(wireDecimal(count, decimals), decimals)).toBe(count === 0 ? 0 : count);
      }),
    );
  });

  it('that are no plain decimals, or finer than asked for, are not read', () => {
    for (const text of ['', '-', '1e5', 'NaN', '.5', '1.', '0x10', '1.25'])
      expect(readDecimal(text, 1)).toBeUndefined();
  });
});
