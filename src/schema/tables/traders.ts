import { sql } from 'drizzle-orm';
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
    /** `hand`, `selection` or `tape`; null when not tracked and not removed by hand. */
    trackedBy: name(),
    /** The tier that it was selected for: `alert`, `core` or `extended`. */
    trackedTier: name(),
    /** Time of the act since which it is tracked. */
    trackedSince: integer64(),
    displayName: name(),
    /** Whether it is a vault. */
    isVault: boolean().notNull().default(false),
    /** The market in which discovery met it first. */
    discoveredIn: name(),
    accountValue: decimal(),
    /** Place on the tape of the event that named it first. */
    seq: integer64().notNull(),
  },
  table => [
    index('traders_tracked').on(table.tracked, table.address),
    // Note: asked for at each start and by the selection; few of very many wallets.
    index('traders_tracked_by').on(table.trackedBy, table.address).where(sql`${table.trackedBy} <> 'tape'`),
    index('traders_first_seen').on(table.firstSeen, table.address),
  ],
);
