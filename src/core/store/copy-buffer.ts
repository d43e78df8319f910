import { hashBytes } from '../../schema/tables/columns.ts';

/** What opens a stream in Postgres' binary COPY format: signature, flags, no header extension. */
export const copyHeader: Uint8Array = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex');
/** What closes it. */
export const copyTrailer: Uint8Array = Buffer.from('ffff', 'hex');

const zero = 48;
const minus = 45;

/**
 * Writes rows in Postgres' binary COPY format into one buffer that grows and is used again.
 *
 * Source of the formats: the PostgreSQL documentation, `COPY`, "Binary Format", and `numeric_send` in `numeric.c`.
 */
export interface CopyBuffer {
  /** Bytes written since the last `clear`. */
  readonly length: number;
  /** Begins a row of so many columns. */
  row(columns: number): void;
  integer32(value: number | null | undefined): void;
  /** A safe integer as `bigint`. */
  integer64(value: number | null | undefined): void;
  float(value: number | null | undefined): void;
  boolean(value: boolean | null | undefined): void;
  /** A decimal string as `numeric`, digit by digit. */
  decimal(value: string | null | undefined): void;
  text(value: string | null | undefined): void;
  bytes(value: Uint8Array | null | undefined): void;
  /** A transaction hash, as the columns of that type keep it. */
  hash(value: string | null | undefined): void;
  json(value: unknown): void;
  /** The bytes written since the last `clear`; valid until the next write. */
  view(): Uint8Array;
  clear(): void;
}

/** Text that Postgres refuses: a zero character, or half of a surrogate pair. */
const unstorable = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const everyUnstorable = new RegExp(unstorable, 'g');
/** The same in the escapes that JSON.stringify writes for them. */
const unstorableEscape = /\\u(?:0000|d[89a-f])/;

/** Text with what Postgres refuses replaced by U+FFFD. */
export function storableText(text: string): string {
  return unstorable.test(text) ? text.replace(everyUnstorable, '\ufffd') : text;
}

/** JSON text in which no string holds what Postgres refuses. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!unstorableEscape.test(text)) return text;
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'string' ? storableText(inner) : inner,
  );
}

/** Makes a buffer that first holds `bytes`. */
export function createCopyBuffer(bytes = 1 << 20): CopyBuffer {
  let buffer = Buffer.allocUnsafe(bytes);
  let at = 0;
  // Note: base-10000 digits of the number that is being written; a decimal string of 4,096 characters has at most 1,026.
  const digits = new Uint16Array(2048);

  function reserve(more: number): void {
    if (at + more <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + more));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  }

  function int32(value: number): void {
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
    at += 4;
  }

  function int16(value: number): void {
    buffer[at] = value >>> 8;
    buffer[at + 1] = value;
    at += 2;
  }

  function nothing(): void {
    reserve(4);
    int32(-1);
  }

  function utf8(text: string, prefix: number): void {
    const { length } = text;
    reserve(length * 3 + 4 + prefix);
    const start = at + 4 + prefix;
    const bytes = buffer;
    let i = 0;
    // Note: a loop beats the call into native code while the text is short. Halves of surrogate pairs become U+FFFD by encoding.
    if (length <= 24) {
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 127 || code === 0) break;
        bytes[start + i] = code;
      }
    }
    const written =
      i === length ? length : bytes.write(text.includes('\0') ? storableText(text) : text, start, 'utf8');
    int32(written + prefix);
    at = start + written;
  }

  return {
    get length() {
      return at;
    },
    row(columns) {
      reserve(2);
      int16(columns);
    },
    integer32(value) {
      if (value === null || value === undefined) return nothing();
      reserve(8);
      int32(4);
      int32(value);
    },
    integer64(value) {
      if (value === null || value === undefined) return nothing();
      reserve(12);
      int32(8);
      const high = Math.floor(value / 0x1_0000_0000);
      int32(high);
      int32(value - high * 0x1_0000_0000);
    },
    float(value) {
      if (value === null || value === undefined) return nothing();
      reserve(12);
      int32(8);
      at = buffer.writeDoubleBE(value, at);
    },
    boolean(value) {
      if (value === null || value === undefined) return nothing();
      reserve(5);
      int32(1);
      buffer[at++] = value ? 1 : 0;
    },
    decimal(text) {
      if (text === null || text === undefined) return nothing();
      const { length } = text;
      const negative = text.charCodeAt(0) === minus;
      const start = negative ? 1 : 0;
      let dot = text.indexOf('.');
      const scale = dot === -1 ? 0 : length - dot - 1;
      if (dot === -1) dot = length;
      // Groups of four digits are counted from the point outwards; the first and the last may be shorter.
      let count = 0;
      let weight = Math.ceil((dot - start) / 4) - 1;
      let group = 0;
      let left = (dot - start) % 4 || 4;
      for (let i = start; i < dot; i++) {
        const digit = text.charCodeAt(i) - zero;
        if (digit < 0 || digit > 9) throw new TypeError(`Expected a decimal number, found \`${text}\`.`);
        group = group * 10 + digit;
        if (--left === 0) {
          digits[count++] = group;
          group = 0;
          left = 4;
        }
      }
      left = 4;
      for (let i = dot + 1; i < length; i++) {
        const digit = text.charCodeAt(i) - zero;
        if (digit < 0 || digit > 9) throw new TypeError(`Expected a decimal number, found \`${text}\`.`);
        group = group * 10 + digit;
        if (--left === 0) {
          digits[count++] = group;
          group = 0;
          left = 4;
        }
      }
      if (left < 4) {
        while (left-- > 0) group *= 10;
        digits[count++] = group;
      }
      let first = 0;
      while (first < count && digits[first] === 0) {
        first++;
        weight--;
      }
      while (count > first && digits[count - 1] === 0) count--;
      const kept = count - first;
      reserve(12 + kept * 2);
      int32(8 + kept * 2);
      int16(kept);
      int16(kept === 0 ? 0 : weight);
      int16(negative && kept > 0 ? 0x4000 : 0);
      int16(scale);
      for (let i = first; i < count; i++) int16(digits[i]!);
    },
    text(value) {
      if (value === null || value === undefined) return nothing();
      utf8(value, 0);
    },
    bytes(value) {
      if (value === null || value === undefined) return nothing();
      reserve(4 + value.length);
      int32(value.length);
      buffer.set(value, at);
      at += value.length;
    },
    hash(value) {
      if (value === null || value === undefined) return nothing();
      reserve(36);
      // Note: the usual form is decoded in place; whatever else it is goes the long way.
      const plain = value.length === 66 && value.startsWith('0x') && value === value.toLowerCase();
      if (!plain || buffer.write(value.slice(2), at + 4, 32, 'hex') !== 32)
        return this.bytes(hashBytes(value));
      int32(32);
      at += 32;
    },
    json(value) {
      if (value === null || value === undefined) return nothing();
      const start = at;
      utf8(storableJson(value), 1);
      // Note: `jsonb` is sent as its version, 1, and text.
      buffer[start + 4] = 1;
    },
    view: () => buffer.subarray(0, at),
    clear() {
      at = 0;
    },
  };
}
