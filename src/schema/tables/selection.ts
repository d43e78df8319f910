import { boolean, doublePrecision, index, primaryKey, snakeCase } from 'drizzle-orm/pg-core';
import { integer64, name } from './columns.ts';

/** What the last selection said of each wallet that it considered: why it is tracked, or was left out. */
export const selection = snakeCase.table(
  'selection',
  {
    address: name().notNull(),
    selected: boolean().notNull(),
    /** `alert`, `core` or `extended`. */
    tier: name(),
    /** A few words for why, such as `core` or `score too low`. */
    outcome: name().notNull(),
    because: name().notNull(),
    score: doublePrecision(),
    accountValue: doublePrecision(),
    likelyActive: boolean(),
    activityReason: name(),
    activityConfidence: doublePrecision(),
    /** Tape time of the selection. */
    asOf: integer64().notNull(),
  },
  table => [
    primaryKey({ columns: [table.address] }),
    index('selection_outcome').on(table.outcome, table.address),
  ],
);
