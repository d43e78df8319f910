import { boolean, doublePrecision, index, integer, jsonb, primaryKey, snakeCase } from 'drizzle-orm/pg-core';
import { decimal, integer64, name, outputColumns } from './columns.ts';

/** The last `wallet.position` of each wallet and coin; flat ones stay, with what they realised. */
export const positions = snakeCase.table(
  'positions',
  {
    address: name().notNull(),
    coin: name().notNull(),
    ...outputColumns(),
    size: decimal().notNull(),
    entryPrice: doublePrecision(),
    openedAt: integer64(),
    /** Realised PnL in this coin, net of funding and of the fees that were told, since the tape began. */
    cumulativePnl: doublePrecision().notNull(),
    /** Null until a feed has told a fee. */
    cumulativeFees: doublePrecision(),
    cumulativeFunding: doublePrecision().notNull(),
    episodes: integer().notNull(),
    wins: integer().notNull(),
    gaps: integer().notNull(),
    truncated: boolean().notNull(),
    stale: boolean().notNull(),
    /** The whole row of the ref. */
    row: jsonb().notNull(),
    run: name().notNull(),
  },
  table => [primaryKey({ columns: [table.address, table.coin] }), index('positions_coin').on(table.coin)],
);

/** Changes of positions. */
export const positionEvents = snakeCase.table(
  'position_events',
  {
    ...outputColumns(),
    address: name().notNull(),
    coin: name().notNull(),
    /** `OPEN`, `CLOSE`, `INCREASE`, `DECREASE`, `FLIP`, `LIQUIDATED` or `RECONCILED`. */
    action: name().notNull(),
    sizeBefore: decimal().notNull(),
    sizeAfter: decimal().notNull(),
    price: doublePrecision(),
    notionalUsd: doublePrecision(),
    realisedPnl: doublePrecision(),
    /** `trade`, `fill` or `snapshot`. */
    source: name().notNull(),
    /** From the exchange's time to ours. */
    latencyMs: integer64().notNull(),
  },
  table => [
    primaryKey({ columns: [table.seq, table.index] }),
    index('position_events_address').on(table.address, table.seq),
  ],
);
