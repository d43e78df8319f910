/*
 * Volumes are whole units of 10^-decimals, where the decimals are those that the coin's sizes have. Sums of them are exact.
 */

/** How many digits a decimal has after the point, trailing zeros left out. */
export function decimalsOf(text: string): number {
  const point = text.indexOf('.');
  if (point < 0) return 0;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end--;
  return Math.max(0, end - point - 1);
}

/** The units of a positive decimal; digits beyond the last are rounded, half up. */
export function unitsOf(text: string, decimals: number): bigint {
  const point = text.indexOf('.');
  if (point < 0) return BigInt(text) * 10n ** BigInt(decimals);
  const fraction = text.slice(point + 1, point + 1 + decimals).padEnd(decimals, '0');
  const units = BigInt(text.slice(0, point) + fraction);
  return text.charCodeAt(point + 1 + decimals) >= 53 ? units + 1n : units;
}

/** The decimal text of units, without trailing zeros. */
export function volumeText(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0');
  if (decimals === 0) return digits;
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const whole = digits.slice(0, -decimals);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
