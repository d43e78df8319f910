import * as z from 'zod';

/*
 * What the exchange's values look like on the wire. Objects are loose: the exchange adds keys over time.
 */

/** A number as text; may carry the artefacts of a float, such as `3495670.8399999999`. */
export const decimal = z.string().regex(/^-?\d+(\.\d+)?(e-?\d+)?$/);
/** A premium may also be `NaN`. */
export const decimalOrNaN = z.union([decimal, z.literal('NaN')]);
export const address = z.string().regex(/^0x[0-9a-f]{40}$/);
export const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
export const clientOrderId = z.string().regex(/^0x[0-9a-f]{32}$/);
/** Milliseconds since 1970. */
export const time = z.number().int().min(0);
/** Identifiers and counts. */
export const whole = z.number().int().min(0);
export const side = z.enum(['B', 'A']);
export const coin = z.string().min(1);
export const interval = z.enum([
  ...['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '8h', '12h', '1d', '3d', '1w', '1M'],
] as [string, ...string[]]);

export const pairOf = <Key extends z.ZodType, Value extends z.ZodType>(key: Key, value: Value) =>
  z.tuple([key, value]);
