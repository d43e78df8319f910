import type { Decimal } from '../../../plugin-api/index.ts';

/*
 * Sizes as whole numbers of 1e-12, in which sums are exact. The exchange writes at most 8 decimals of a size.
 */

const places = 12;
const scale = 10n ** BigInt(places);

/** A decimal text as a whole number of 1e-12. */
export function exactOf(text: Decimal): bigint {
  const isNegative = text.startsWith('-');
  const digits = isNegative ? text.slice(1) : text;
  const point = digits.indexOf('.');
  const whole = point < 0 ? digits : digits.slice(0, point);
  const fraction = point < 0 ? '' : digits.slice(point + 1, point + 1 + places);
  const value = BigInt(whole) * scale + BigInt(fraction.padEnd(places, '0'));
  return isNegative ? -value : value;
}

/** A whole number of 1e-12 as the shortest decimal text. */
export function decimalOf(value: bigint): Decimal {
  const size = value < 0n ? -value : value;
  const fraction = (size % scale).toString().padStart(places, '0').replace(/0+$/, '');
  const text = `${size / scale}${fraction === '' ? '' : `.${fraction}`}`;
  return value < 0n ? `-${text}` : text;
}
