import { boolean, index, snakeCase } from 'drizzle-orm/pg-core';
import { decimal, integer64, name } from './columns.ts';

/** Every wallet ever seen, one row each. */
export const traders = snakeCase.table(
  'traders',
  {
    address: name().primaryKey(),
    /** Time of the first event that named the wallet. */
    firstSeen: integer64().notNull(),
    /** Beginning of the hour of the last event that named the wallet. */
    lastSeen: integer64().notNull(),
    /** The event that named it first, such as `trade` or `leaderboard`. */
    source: name().notNull(),
    tracked: boolean().notNull().default(false),
    /** `hand`, `selection` or `tape`; null when not tracked. */
    trackedBy: name(),
    displayName: name(),
    accountValue: decimal(),
    /** Place on the tape of the event that named it first. */
    seq: integer64().notNull(),
  },
  table => [
    index('traders_tracked').on(table.tracked, table.address),
    index('traders_first_seen').on(table.firstSeen, table.address),
  ],
);
