import * as at from './slots.ts';

/*
 * Sizes are whole numbers of units of 1 / scale, where the scale is the power of ten that the sizes seen so far need. Sums of
 * whole numbers below 2^53 are exact, however many there are; only spot balances with more than 15 digits are rounded.
 */

const largest = Number.MAX_SAFE_INTEGER;
const finest = 1e12;
const roundingError = 2 ** -50;

/** A size in units of the state's scale, which is refined where the size needs it. */
export function toUnits(n: Float64Array, o: number, size: number): number {
  let scale = n[o + at.scale]!;
  let product = size * scale;
  let units = Math.round(product);
  while (
    Math.abs(product - units) > Math.abs(product) * roundingError &&
    scale < finest &&
    Math.abs(product) * 10 < largest &&
    Math.abs(n[o + at.units]!) * 10 < largest &&
    Math.abs(n[o + at.unitsBefore]!) * 10 < largest
  ) {
    scale *= 10;
    n[o + at.units]! *= 10;
    n[o + at.unitsBefore]! *= 10;
    n[o + at.scale] = scale;
    product = size * scale;
    units = Math.round(product);
  }
  // Note: adding 0 turns -0 into 0.
  return units + 0;
}

/** What stands behind the whole part for each number of thousandths, without zeros at the end: '', '.001', … '.01', … '.1'. */
const thousandths = Array.from({ length: 1000 }, (_, count) =>
  count === 0 ? '' : `.${String(count).padStart(3, '0')}`.replace(/0+$/, ''),
);

/** The decimal text of a size. */
export function unitsText(units: number, scale: number): string {
  if (scale === 1) return String(units);
  const size = Math.abs(units);
  const whole = Math.floor(size / scale);
  let fraction = size - whole * scale;
  const head = units < 0 ? `-${whole}` : String(whole);
  // Note: texts that are there already and small integers become text in a fraction of the time that one float64 takes.
  if (scale <= 1000) return fraction === 0 ? head : head + thousandths[fraction * (1000 / scale)]!;
  if (fraction === 0) return head;
  let digits = scale;
  while (fraction % 10 === 0) {
    fraction /= 10;
    digits /= 10;
  }
  let point = '.';
  for (digits /= 10; digits > fraction; digits /= 10) point += '0';
  return head + point + fraction;
}

/** The decimal text of any size of at most 12 decimals. */
export function sizeText(size: number): string {
  if (size === 0 || Math.abs(size) >= 1e-6) return String(size);
  return size.toFixed(12).replace(/\.?0+$/, '');
}
