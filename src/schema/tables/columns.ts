import { bigint, customType, numeric } from 'drizzle-orm/pg-core';

/**
 * Text that identifies something: an address, a coin, a key.
 *
 * Note: the collation is fixed, because the database's own differs between engines and hosts, and with it the order of rows and
 * the meaning of a cursor. Comparing bytes is faster, too.
 */
export const name = customType<{ data: string; driverData: string }>({
  dataType: () => 'text COLLATE "C"',
});

const plainHash = /^0x[0-9a-f]{64}$/;

/**
 * The bytes that a transaction hash is stored as: 32 for the usual `0x` and 64 lower-case digits. Any other text is kept as it is
 * in UTF-8 behind a zero byte (two where the sum would be 32).
 */
export function hashBytes(text: string): Uint8Array {
  if (plainHash.test(text)) return Buffer.from(text.slice(2), 'hex');
  const plain = Buffer.from(`\0${text}`);
  return plain.length === 32 ? Buffer.concat([Buffer.alloc(1), plain]) : plain;
}

/** The text of a stored transaction hash; the inverse of {@link hashBytes}. */
export function hashText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length === 32) return `0x${buffer.toString('hex')}`;
  return buffer.toString().replace(/^\0{1,2}/, '');
}

/** A transaction hash. */
export const hash = customType<{ data: string; driverData: Uint8Array; jsonData: string }>({
  dataType: () => 'bytea',
  toDriver: hashBytes,
  fromDriver: hashText,
  fromJson: value => hashText(Buffer.from(value.slice(2), 'hex')),
});

/** A moment in milliseconds since 1970-01-01T00:00Z, a sequence number, an exchange's id: a safe integer. */
export const integer64 = () => bigint({ mode: 'number' });

/** The exchange's decimal string, digit by digit. */
export const decimal = () => numeric();

/** Where an event stands: on the exchange's clock, on ours, on the tape. */
export const eventColumns = () => ({
  tsEvent: integer64().notNull(),
  tsIngest: integer64().notNull(),
  seq: integer64().notNull(),
});

/** The key of an append-only event: 53 bits of a hash of its de-duplication text, unique together with its time. */
export const eventId = () => integer64().notNull();

/** Where an output stands: the event that caused it, its place among that event's outputs, and both times. */
export const outputColumns = () => ({
  seq: integer64().notNull(),
  index: integer64().notNull(),
  tsEvent: integer64().notNull(),
  tsIngest: integer64().notNull(),
});

/**
 * How exactly a trader's `lastSeen` is kept, in milliseconds: it is rounded down to a multiple of this. A wallet's row need not be written again
 * for each of its trades then, which would cost more than storing the trade. `wallet.performance` has the exact time.
 */
export const lastSeenGranularityMs = 3_600_000;
