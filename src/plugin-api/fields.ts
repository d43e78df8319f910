/** The exchange's own decimal notation, such as `"0.10"`; never rounded on its way to the database. */
export type Decimal = string;
/** Lower-case `0x` followed by 40 hexadecimal digits. */
export type Address = string;
/** Milliseconds since 1970-01-01T00:00Z. */
export type Time = number;

export type FieldKind =
  | 'number'
  | 'integer'
  | 'decimal'
  | 'string'
  | 'oneOf'
  | 'boolean'
  | 'address'
  | 'time'
  | 'vector'
  | 'list';

/**
 * One named value of a row. Its type parameter is what a handler reads and writes; the rest documents it, checks it at run
 * time, stores it and describes it in GraphQL.
 */
export interface Field<Value = unknown> {
  readonly kind: FieldKind;
  /** One indicative sentence. */
  readonly doc: string;
  /** Unit, such as `USD`, `coin`, `ms`, `bps`, `ratio` (dimensionless). */
  readonly unit?: string;
  /** Why the value may be absent; a field without this reason is never `null`. */
  readonly nullable?: string;
  /** Smallest and largest value allowed, both inclusive. */
  readonly min?: number;
  readonly max?: number;
  /** The values of a `oneOf`. */
  readonly values?: readonly string[];
  /** The exact length of a `vector`, the greatest length of a `list`. */
  readonly length?: number;
  /** The fields of each item of a `list`. */
  readonly of?: Fields;
  /** Carries the type only; never present. */
  readonly '~value'?: Value;
}

export type Fields = Readonly<Record<string, Field>>;
export type ValueOf<F> = F extends Field<infer Value> ? Value : never;
/** A row with exactly the given fields. */
export type Row<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

interface Documented {
  readonly doc: string;
  /** Why the value may be `null`. */
  readonly nullable?: string;
}
interface Measured extends Documented {
  readonly unit: string;
}
interface Ranged extends Measured {
  readonly min?: number;
  readonly max?: number;
}
type Maybe<Options, Value> = Options extends { readonly nullable: string } ? Value | null : Value;

/** A finite float64. */
export function number<const O extends Ranged>(options: O): Field<Maybe<O, number>> {
  return { kind: 'number', ...options };
}

/** A safe integer (its magnitude is at most 2^53 - 1). */
export function integer<const O extends Ranged>(options: O): Field<Maybe<O, number>> {
  return { kind: 'integer', ...options };
}

/** A decimal number kept as text, such as `"-12.50"`; use {@link toNumber} to compute with it. */
export function decimal<const O extends Measured>(options: O): Field<Maybe<O, Decimal>> {
  return { kind: 'decimal', ...options };
}

/** Text of at most 4,096 characters. */
export function string<const O extends Documented>(options: O): Field<Maybe<O, string>> {
  return { kind: 'string', ...options };
}

/** One of the given words. */
export function oneOf<const V extends readonly string[], const O extends Documented>(
  values: V,
  options: O,
): Field<Maybe<O, V[number]>> {
  return { kind: 'oneOf', values, ...options };
}

export function boolean<const O extends Documented>(options: O): Field<Maybe<O, boolean>> {
  return { kind: 'boolean', ...options };
}

/** A wallet's address: lower-case `0x` and 40 hexadecimal digits. */
export function address<const O extends Documented>(options: O): Field<Maybe<O, Address>> {
  return { kind: 'address', ...options };
}

/** A moment in milliseconds since 1970-01-01T00:00Z. */
export function time<const O extends Documented>(options: O): Field<Maybe<O, Time>> {
  return { kind: 'time', unit: 'ms', ...options };
}

/** Exactly `length` finite numbers. */
export function vector<const O extends Measured>(
  length: number,
  options: O,
): Field<Maybe<O, readonly number[]>> {
  return { kind: 'vector', length, ...options };
}

/** At most `length` rows of the given fields (default 64). */
export function list<const F extends Fields, const O extends Documented & { readonly length?: number }>(
  of: F,
  options: O,
): Field<Maybe<O, readonly Row<F>[]>> {
  return { kind: 'list', of, length: 64, ...options };
}

// Note: one event's price and size are read by several features for two wallets each; remembering the last few strings by
// identity makes all but the first conversion free. It is a pure function all the same.
let text0 = '0';
let text1 = '0';
let text2 = '0';
let value0 = 0;
let value1 = 0;
let value2 = 0;

/** The float64 nearest to a decimal string; NaN when it is not one. */
export function toNumber(text: Decimal): number {
  if (text === text0) return value0;
  if (text === text1) return value1;
  if (text === text2) return value2;
  text2 = text1;
  value2 = value1;
  text1 = text0;
  value1 = value0;
  text0 = text;
  value0 = parsed(text);
  return value0;
}

const powersOfTen = Array.from({ length: 16 }, (_, power) => 10 ** power);

// Note: the quotient of two whole numbers below 2^53 that are exact is rounded once, so it is the nearest float64; and it is there
// in a quarter of the time that `Number` takes. All other texts are for `Number`.
function parsed(text: string): number {
  const { length } = text;
  if (length === 0 || length > 16) return length === 0 ? Number.NaN : Number(text);
  const isNegative = text.charCodeAt(0) === 45;
  let digits = 0;
  let point = length;
  for (let at = isNegative ? 1 : 0; at < length; at++) {
    const code = text.charCodeAt(at) - 48;
    if (code >= 0 && code <= 9) digits = digits * 10 + code;
    else if (code === -2 && point === length) point = at;
    else return Number(text);
  }
  if (digits === 0 || digits > Number.MAX_SAFE_INTEGER) return Number(text);
  const value = point === length ? digits : digits / powersOfTen[length - 1 - point]!;
  return isNegative ? -value : value;
}
