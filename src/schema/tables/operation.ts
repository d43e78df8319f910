import { integer, jsonb, primaryKey, snakeCase, text } from 'drizzle-orm/pg-core';
import { integer64, name } from './columns.ts';

/*
 * What the platform knows of itself.
 */

/** The plugins of the present run. */
export const plugins = snakeCase.table('plugins', {
  id: name().primaryKey(),
  kind: name().notNull(),
  version: name().notNull(),
  api: name().notNull(),
  doc: name().notNull(),
  /** `planned`, `starting`, `running`, `degraded`, `stopped` or `failed`. */
  state: name().notNull(),
  /** Why it is in that state, where there is a reason. */
  reason: name(),
  /** The effective configuration, with secrets hidden. */
  config: jsonb().notNull(),
  /** Refs that it reads and writes. */
  reads: text().array().notNull(),
  writes: text().array().notNull(),
  faults: integer().notNull(),
  updatedAt: integer64().notNull(),
});

/** Starts of the platform, each with what decides its results. */
export const runs = snakeCase.table('runs', {
  id: name().primaryKey(),
  startedAt: integer64().notNull(),
  endedAt: integer64(),
  /** `live`, `replay`, `demo`. */
  mode: name().notNull(),
  /** Versions, configuration hash, artifact hashes, seed. */
  manifest: jsonb().notNull(),
});

/** Scheduled jobs. Times are tape time. */
export const jobs = snakeCase.table('jobs', {
  id: name().primaryKey(),
  doc: name().notNull(),
  schedule: name().notNull(),
  lastRun: integer64(),
  nextRun: integer64(),
  durationMs: integer64(),
  /** `running`, `succeeded` or `failed`; null before the first run. */
  outcome: name(),
  error: name(),
});

/** Single values: `checkpoint` is the place on the tape up to which everything is stored. */
export const meta = snakeCase.table('meta', {
  key: name().primaryKey(),
  value: jsonb().notNull(),
});

/** Where each collector goes on. */
export const sourceCursors = snakeCase.table('source_cursors', {
  source: name().primaryKey(),
  cursor: name().notNull(),
  seq: integer64().notNull(),
});

/** What processes have spent of the request budgets that they share. */
export const requestBudgets = snakeCase.table('request_budgets', {
  name: name().primaryKey(),
  /** Counts the changes, so that none is made on top of another one unseen. */
  version: integer64().notNull(),
  /** Entries of weight and until when each counts, in ms of the database's clock. */
  state: jsonb().notNull(),
});

/** How many rows of each table the storage policy kept and dropped, and how large they are. */
export const filterCounts = snakeCase.table(
  'filter_counts',
  {
    /** The table. */
    filter: name().notNull(),
    /** `kept`, `dropped`, or `told` for tables that hold only the last word. */
    outcome: name().notNull(),
    count: integer64().notNull(),
    /** Of those rows of which the size was measured, in bytes as they are sent to the database. */
    bytes: integer64().notNull().default(0),
    /** How many those are: all that were kept, a sixteenth of the others. */
    measured: integer64().notNull().default(0),
  },
  table => [primaryKey({ columns: [table.filter, table.outcome] })],
);

/** Files that expired rows were moved to. */
export const archives = snakeCase.table('archives', {
  file: name().primaryKey(),
  table: name().notNull(),
  /** First day of the month of the rows. */
  month: integer64().notNull(),
  rows: integer64().notNull(),
  bytes: integer64().notNull(),
  sha256: name().notNull(),
  createdAt: integer64().notNull(),
});
