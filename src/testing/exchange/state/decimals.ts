/**
 * An integer count of 10^-decimals as the exchange writes decimals: no superfluous zeros, but at least one digit after the
 * point, such as `84133.0` or `-0.25`.
 */
export function wireDecimal(count: number, decimals: number): string {
  if (count === 0) return '0.0';
  const negative = count < 0;
  let digits = String(negative ? -count : count);
  if (decimals === 0) return `${negative ? '-' : ''}${digits}.0`;
  if (digits.length <= decimals) digits = digits.padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  let end = digits.length;
  while (end > point + 1 && digits.charCodeAt(end - 1) === 48) end--;
  const text = `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return negative ? `-${text}` : text;
}

/** A ratio or another inexact number in the exchange's notation, rounded to so many decimals. */
export function wireNumber(value: number, decimals: number): string {
  const text = value.toFixed(decimals).replace(/0+$/, '');
  const whole = text.endsWith('.') ? `${text}0` : text;
  return whole === '-0.0' ? '0.0' : whole;
}

/** Micro-dollars as a decimal. */
export function wireUsd(micro: number): string {
  return wireDecimal(micro, 6);
}

/** A plain decimal as an integer count of 10^-decimals, or `undefined` when it is none or has more digits than that. */
export function readDecimal(text: string, decimals: number): number | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) return undefined;
  const count = Number(`${match[2]}${fraction.padEnd(decimals, '0')}`);
  if (!Number.isSafeInteger(count)) return undefined;
  return match[1] === '-' && count !== 0 ? -count : count;
}
