import { boolean, doublePrecision, index, integer, primaryKey, snakeCase, text } from 'drizzle-orm/pg-core';
import { integer64, name } from './columns.ts';

/** The leaderboard as last computed: one row for each window (`day`, `week`, `month`, `all`) and trader. */
export const leaderboard = snakeCase.table(
  'leaderboard',
  {
    window: name().notNull(),
    address: name().notNull(),
    /** From 1, by score, then PnL, then address. */
    rank: integer().notNull(),
    ageDays: doublePrecision(),
    accountValue: doublePrecision(),
    pnl: doublePrecision().notNull(),
    roi: doublePrecision(),
    volume: doublePrecision().notNull(),
    trades: integer64().notNull(),
    winRate: doublePrecision(),
    avgRiskRatio: doublePrecision(),
    maxDrawdown: doublePrecision(),
    maxProfit: doublePrecision(),
    maxLoss: doublePrecision(),
    sharpe: doublePrecision(),
    sortino: doublePrecision(),
    profitFactor: doublePrecision(),
    consistency: doublePrecision(),
    makerShare: doublePrecision(),
    score: doublePrecision(),
    /** `alert`, `core`, `extended` or `none`. */
    tier: name().notNull(),
    tags: text().array().notNull(),
    categories: text().array().notNull(),
    coins: text().array().notNull(),
    firstSeen: integer64(),
    lastSeen: integer64(),
    truncated: boolean().notNull(),
    /** Tape time at which it was computed. */
    asOf: integer64().notNull(),
  },
  table => [
    primaryKey({ columns: [table.window, table.address] }),
    index('leaderboard_rank').on(table.window, table.rank),
    index('leaderboard_pnl').on(table.window, table.pnl),
    index('leaderboard_address').on(table.address),
  ],
);
