import * as z from 'zod';

/*
 * Single values as they go over the wire.
 */

/** A decimal as text; the exchange also writes `"0.0"` and float artefacts, which are decimals too. */
export const decimal = z
  .string()
  .regex(/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/, 'must be a decimal as text');

/** A decimal that has been seen as `"NaN"`. */
export const decimalOrNan = z.union([decimal, z.literal('NaN')]);

/** `0x` and 40 hex digits, in whatever case. */
export const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address');

/** Milliseconds, ids and counts. */
export const whole = z.int().nonnegative();

/** `B` for bid or buy, `A` for ask or sell. */
export const side = z.enum(['B', 'A']);

/** Hexadecimal digits after `0x`, such as a transaction's hash. */
export const hex = z.string().regex(/^0x[0-9a-fA-F]*$/, 'must be hexadecimal');

/** An entry of a list that is told apart by its place. */
export const named = <T extends z.ZodType>(value: T) => z.tuple([z.string(), value]);
