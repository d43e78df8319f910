import { boolean, index, integer, jsonb, primaryKey, snakeCase } from 'drizzle-orm/pg-core';
import { integer64, name, outputColumns } from './columns.ts';

/** The latest row of every feature, score and category ref for each key, but for `wallet.position`, which has its own table. */
export const rows = snakeCase.table(
  'rows',
  {
    ref: name().notNull(),
    version: integer().notNull(),
    /** The address, the coin, `market`, or address and coin joined by a colon. */
    key: name().notNull(),
    ...outputColumns(),
    entity: name().notNull(),
    plugin: name().notNull(),
    row: jsonb().notNull(),
    /** True when a provider upstream has failed since the row was made. */
    stale: boolean().notNull(),
    run: name().notNull(),
  },
  table => [
    primaryKey({ columns: [table.key, table.ref, table.version] }),
    index('rows_ref').on(table.ref, table.version, table.key),
  ],
);

/** Each change of a feature that is emitted per event, but for `wallet.position`. */
export const history = snakeCase.table(
  'history',
  {
    ...outputColumns(),
    ref: name().notNull(),
    version: integer().notNull(),
    key: name().notNull(),
    plugin: name().notNull(),
    row: jsonb().notNull(),
    run: name().notNull(),
  },
  table => [
    primaryKey({ columns: [table.seq, table.index] }),
    index('history_key').on(table.key, table.ref, table.seq),
  ],
);

/** Each change of a category. */
export const categoryEvents = snakeCase.table(
  'category_events',
  {
    ...outputColumns(),
    ref: name().notNull(),
    version: integer().notNull(),
    key: name().notNull(),
    plugin: name().notNull(),
    /** Null when the category was withdrawn. */
    row: jsonb(),
    previous: jsonb(),
    run: name().notNull(),
  },
  table => [
    primaryKey({ columns: [table.seq, table.index] }),
    index('category_events_key').on(table.key, table.seq),
  ],
);

/** Emitted signals, with what they were decided on. */
export const signals = snakeCase.table(
  'signals',
  {
    ...outputColumns(),
    plugin: name().notNull(),
    ref: name().notNull(),
    version: integer().notNull(),
    key: name().notNull(),
    coin: name(),
    trader: name(),
    row: jsonb().notNull(),
    trace: jsonb().notNull(),
    run: name().notNull(),
  },
  table => [
    primaryKey({ columns: [table.seq, table.index] }),
    index('signals_coin').on(table.coin, table.seq),
    index('signals_trader').on(table.trader, table.seq),
  ],
);

/** Alerts. */
export const alerts = snakeCase.table(
  'alerts',
  {
    ...outputColumns(),
    plugin: name().notNull(),
    ref: name().notNull(),
    key: name().notNull(),
    /** `CRITICAL`, `HIGH`, `MEDIUM` or `LOW`. */
    severity: name().notNull(),
    title: name().notNull(),
    trader: name(),
    coin: name(),
    expiresAt: integer64().notNull(),
    /** The row of the signal that it was raised for. */
    row: jsonb().notNull(),
    signalSeq: integer64().notNull(),
    signalIndex: integer64().notNull(),
    latencyMs: integer64().notNull(),
    run: name().notNull(),
  },
  table => [
    primaryKey({ columns: [table.seq, table.index] }),
    index('alerts_coin').on(table.coin, table.seq),
    index('alerts_trader').on(table.trader, table.seq),
  ],
);

/** The last evaluation of each signal and key, emitted or not. */
export const decisions = snakeCase.table(
  'decisions',
  {
    plugin: name().notNull(),
    key: name().notNull(),
    ...outputColumns(),
    ref: name().notNull(),
    emitted: boolean().notNull(),
    because: name().notNull(),
    trace: jsonb().notNull(),
    run: name().notNull(),
  },
  table => [primaryKey({ columns: [table.plugin, table.key] })],
);

/** How often each signal was decided for each reason; digits in the reason are replaced by `#`, so that it stays one reason. */
export const decisionCounts = snakeCase.table(
  'decision_counts',
  {
    plugin: name().notNull(),
    emitted: boolean().notNull(),
    because: name().notNull(),
    count: integer64().notNull(),
  },
  table => [primaryKey({ columns: [table.plugin, table.emitted, table.because] })],
);

/** Handlers that threw or answered what their ref does not allow. */
export const faults = snakeCase.table(
  'faults',
  {
    seq: integer64().notNull(),
    index: integer64().notNull(),
    tsIngest: integer64().notNull(),
    plugin: name().notNull(),
    handler: name().notNull(),
    code: name().notNull(),
    message: name().notNull(),
    key: name(),
    run: name().notNull(),
  },
  table => [
    primaryKey({ columns: [table.seq, table.index] }),
    index('faults_plugin').on(table.plugin, table.seq),
  ],
);

/** Intervals in which events may be missing. */
export const gaps = snakeCase.table('gaps', {
  seq: integer64().primaryKey(),
  tsEvent: integer64().notNull(),
  tsIngest: integer64().notNull(),
  source: name().notNull(),
  stream: name().notNull(),
  /** The coin or wallet concerned; null means all. */
  scope: name(),
  from: integer64().notNull(),
  to: integer64().notNull(),
  reason: name().notNull(),
  healed: boolean().notNull(),
});
