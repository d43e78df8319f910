/** A share as whole percent, such as `42 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** A score with two decimals; `-` when it is not known. */
export function decimals(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : value.toFixed(2);
}

/** A count with thousands apart, such as `1,242,652`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Days with one decimal, such as `12.5 days`. */
export function days(value: number): string {
  return `${value.toFixed(1)} days`;
}

/** A time in UTC to the second, such as `2025-10-14 23:59:59 UTC`; `-` when it is not known. */
export function moment(time: number | null): string {
  return time === null ? '-' : `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What a rule read, such as `txPerDay 1.25, totalValue 1,250,000`: whole from a thousand on, else four significant digits. */
export function readings(values: readonly { readonly name: string; readonly value: number }[]): string {
  return values.map(({ name, value }) => `${name} ${reading(value)}`).join(', ');
}

function reading(value: number): string {
  return Math.abs(value) >= 1_000
    ? value.toLocaleString('en-US', { maximumFractionDigits: 0 })
    : `${Number(value.toPrecision(4))}`;
}
