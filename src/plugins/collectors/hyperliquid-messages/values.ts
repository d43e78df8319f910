import type { Address, Decimal } from '../../../plugin-api/index.ts';

/*
 * Guards for single values as the exchange, its nodes and its client libraries write them. Each answers `undefined` for what
 * does not fit; none throws.
 */

const plainDecimal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const looseDecimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const lowerAddress = /^0x[0-9a-f]{40}$/;
const anyAddress = /^0[xX][0-9a-fA-F]{40}$/;

/**
 * A decimal as written; other notations of the same number (`1e-05`, `.5`, `007`, a JSON number) become plain digits
 * without any rounding.
 */
export function decimalText(value: unknown): Decimal | undefined {
  if (typeof value === 'string') return plainDecimal.test(value) ? value : loosely(value);
  return typeof value === 'number' && Number.isFinite(value) ? loosely(String(value)) : undefined;
}

function loosely(text: string): Decimal | undefined {
  const parts = looseDecimal.exec(text);
  if (parts === null) return undefined;
  const whole = parts[2] ?? '';
  const fraction = parts[3] ?? '';
  if (whole === '' && fraction === '') return undefined;
  const digits = whole + fraction;
  const point = whole.length + Number(parts[4] ?? 0);
  const left = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  const right = point < 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  const integer = left.replace(/^0+(?=\d)/, '');
  const sign = parts[1] === '-' && /[1-9]/.test(digits) ? '-' : '';
  return right === '' ? `${sign}${integer}` : `${sign}${integer}.${right}`;
}

/** A wallet's address in lower case. */
export function addressText(value: unknown): Address | undefined {
  if (typeof value !== 'string') return undefined;
  if (lowerAddress.test(value)) return value;
  return anyAddress.test(value) ? value.toLowerCase() : undefined;
}

/** A time or an id: a safe integer that is not negative, also when it is written as text. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** The exchange's `B` (bid) and `A` (ask). */
export function sideWord(value: unknown): 'buy' | 'sell' | undefined {
  return value === 'B' ? 'buy' : value === 'A' ? 'sell' : undefined;
}

/** Text that is neither empty nor too long for a field. */
export function shortText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 4096 ? value : undefined;
}

/** A finite number, also when it is written as text. */
export function finiteNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Milliseconds of an ISO time without a zone, as nodes write it (UTC, nanoseconds cut off). */
export function isoTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const parts = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)?$/.exec(value);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = ''] = parts;
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3));
  return Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    milliseconds,
  );
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as an error shows it. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
