import { z } from 'zod';

/** What of the tape and of the outputs the database keeps. Sizes in USD, times in milliseconds of the exchange's clock. */
export const storagePolicySchema = z.strictObject({
  /** A trade is stored from this notional on, or when a tracked trader is on either side. */
  tradeMinNotionalUsd: z.number().min(0).default(1_000),
  /** Treats every wallet as tracked, but for those that were untracked by hand. */
  trackAll: z.boolean().default(false),
  /** A book is stored when the mid has moved by this share since the last stored one of the coin, */
  bookMinMove: z.number().min(0).default(0.01),
  /** or when this much time has passed. */
  bookMaxAgeMs: z.int().min(0).default(600_000),
  /** A position's snapshot is stored when the size has changed by this share since the last stored one, */
  snapshotMinChange: z.number().min(0).default(0.0001),
  /** or when this much time has passed. */
  snapshotMaxAgeMs: z.int().min(0).default(600_000),
  /** Of a wallet's orders that do not stand for a minute, so many are stored that are placed in a minute. */
  ordersPerMinute: z.int().min(0).default(30),
});

export type StoragePolicy = Readonly<z.output<typeof storagePolicySchema>>;
export type StoragePolicyInput = z.input<typeof storagePolicySchema>;

const day = 24 * 3600 * 1000;
const days = (count: number) => z.number().positive().nullable().default(count);
const forEver = z.number().positive().nullable().default(null);

/** For how many days rows are kept, counted back from tape time; null is for ever. */
export const retentionSchema = z.strictObject({
  candles1m: days(7),
  candles5m: days(30),
  candles15m: days(90),
  candlesLonger: forEver,
  books: days(7),
  trades: days(90),
  fills: days(90),
  positionEvents: days(30),
  positionSnapshots: days(30),
  orders: days(90),
  otherEvents: days(90),
  decisions: days(90),
  signals: forEver,
  history: days(90),
  /** Folder for one Parquet file per table and month, to which rows go before they are deleted; without it they are only deleted. */
  archiveFolder: z.string().optional(),
});

export type Retention = Readonly<z.output<typeof retentionSchema>>;
export type RetentionInput = z.input<typeof retentionSchema>;

/** The time before which rows have expired. */
export function cutoff(now: number, keptDays: number | null): number | undefined {
  return keptDays === null ? undefined : now - keptDays * day;
}
