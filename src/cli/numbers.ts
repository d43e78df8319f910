/*
 * Numbers as people read them.
 */

/** An integer with separators, such as `1,240,652`. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Dollars in three or four digits, such as `1.24 M`. */
export function dollars(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  const size = Math.abs(value);
  const sign = value < 0 ? '-' : '';
  if (size >= 1e9) return `${sign}${(size / 1e9).toFixed(2)} B`;
  if (size >= 1e6) return `${sign}${(size / 1e6).toFixed(2)} M`;
  if (size >= 1e3) return `${sign}${(size / 1e3).toFixed(1)} k`;
  return `${sign}${size.toFixed(size < 10 ? 2 : 0)}`;
}

/** A fraction in percent, such as `12.3 %`. */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : `${(value * 100).toFixed(1)} %`;
}

/** A number with so many digits after the point, or a dash for none. */
export function fixed(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? '-' : value.toFixed(digits);
}

/** Bytes in a unit that fits, such as `3.2 MB`. */
export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} GB`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} MB`;
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} kB`;
  return `${value} bytes`;
}

/** A length of time, such as `1 h 20 m`, `4.2 s` or `35 ms`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} m ${Math.round((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

/** A moment to the second in UTC, such as `2025-10-10 21:15:03`. */
export function moment(time: number | null | undefined): string {
  return time === null || time === undefined
    ? '-'
    : new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}
