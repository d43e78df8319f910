import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressText, decimalText, isoTime, wholeNumber } from './values.ts';

describe('decimals', () => {
  test('stay as they are written', () => {
    for (const text of ['0', '0.0', '-12.50', '3495670.8399999999', '186.9', '1000000000000000000000']) {
      expect(decimalText(text)).toBe(text);
    }
  });

  test('in another notation become plain digits without rounding', () => {
    expect(decimalText('1e-05')).toBe('0.00001');
    expect(decimalText('-9.3545e-06')).toBe('-0.0000093545');
    expect(decimalText('1.5E+3')).toBe('1500');
    expect(decimalText('12.345e1')).toBe('123.45');
    expect(decimalText('.5')).toBe('0.5');
    expect(decimalText('5.')).toBe('5');
    expect(decimalText('007.10')).toBe('7.10');
    expect(decimalText('+3')).toBe('3');
    expect(decimalText('-0e5')).toBe('0');
    expect(decimalText(0.1)).toBe('0.1');
    expect(decimalText(1e21)).toBe('1000000000000000000000');
  });

  test('that are none are refused', () => {
    for (const value of [
      '',
      '.',
      '-',
      '1,5',
      '0x10',
      'NaN',
      'Infinity',
      '1e9999',
      ' 1',
      null,
      undefined,
      {},
      Number.NaN,
    ]) {
      expect(decimalText(value)).toBeUndefined();
    }
  });

  test('written by any program keep the value that float64 reads from them', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), number => {
        const text = decimalText(number) ?? '';
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?$/);
        expect(Number(text)).toBe(number === 0 ? 0 : number);
      }),
    );
  });
});

describe('single values', () => {
  test('an address is lower-cased, and anything else refused', () => {
    expect(addressText(`0x${'aB'.repeat(20)}`)).toBe(`0x${'ab'.repeat(20)}`);
    expect(addressText(`0x${'ab'.repeat(19)}`)).toBeUndefined();
    expect(addressText(`0x${'zz'.repeat(20)}`)).toBeUndefined();
  });

  test('a whole number may be text, but must be exact', () => {
    expect(wholeNumber('531914169540211')).toBe(531_914_169_540_211);
    expect(wholeNumber(2 ** 53)).toBeUndefined();
    expect(wholeNumber(-1)).toBeUndefined();
    expect(wholeNumber('1.0')).toBeUndefined();
  });

  test("a node's time is UTC, its nanoseconds cut off", () => {
    expect(isoTime('2024-01-02T03:04:05.678901234')).toBe(1_704_164_645_678);
    expect(isoTime('2024-01-02T03:04:05')).toBe(1_704_164_645_000);
    expect(isoTime('2024-01-02')).toBeUndefined();
  });
});
