import { doublePrecision, primaryKey, snakeCase } from 'drizzle-orm/pg-core';
import { decimal, eventColumns, integer64, name } from './columns.ts';

/*
 * The last word of event streams of which only that is kept.
 */

/** A wallet's equity, as last told. */
export const accounts = snakeCase.table('accounts', {
  wallet: name().primaryKey(),
  ...eventColumns(),
  accountValue: decimal().notNull(),
  totalPnl: decimal(),
});

/** A coin's prices and context, as last told. */
export const marks = snakeCase.table('marks', {
  coin: name().primaryKey(),
  ...eventColumns(),
  mid: decimal(),
  mark: decimal(),
  oracle: decimal(),
  openInterest: decimal(),
  dayVolumeUsd: decimal(),
});

/** A coin's prices, open interest and liquidity at the end of each UTC day; of the present day as last told. */
export const markDays = snakeCase.table(
  'mark_days',
  {
    /** Beginning of the day. */
    day: integer64().notNull(),
    coin: name().notNull(),
    ...eventColumns(),
    mid: decimal(),
    mark: decimal(),
    oracle: decimal(),
    openInterest: decimal(),
    dayVolumeUsd: decimal(),
  },
  table => [primaryKey({ columns: [table.coin, table.day] })],
);

/** What a coin did within 24 hours: the last word of each UTC day. */
export const tickers = snakeCase.table(
  'tickers',
  {
    /** Beginning of the day. */
    day: integer64().notNull(),
    coin: name().notNull(),
    ...eventColumns(),
    price: decimal().notNull(),
    previousPrice: decimal(),
    dayVolume: decimal(),
    dayVolumeUsd: decimal(),
  },
  table => [primaryKey({ columns: [table.coin, table.day] })],
);

/** On-chain and sentiment metrics: the last value told for each period. */
export const metrics = snakeCase.table(
  'metrics',
  {
    name: name().notNull(),
    /** Beginning of the day or hour that the value is for. */
    period: integer64().notNull(),
    ...eventColumns(),
    value: doublePrecision().notNull(),
  },
  table => [primaryKey({ columns: [table.name, table.period] })],
);

/** The exchange's own leaderboard: the last row of each wallet and UTC day. */
export const exchangeLeaderboard = snakeCase.table(
  'exchange_leaderboard',
  {
    /** Beginning of the day. */
    day: integer64().notNull(),
    wallet: name().notNull(),
    ...eventColumns(),
    displayName: name(),
    accountValue: decimal().notNull(),
    dayPnl: decimal().notNull(),
    dayRoi: decimal().notNull(),
    dayVolume: decimal().notNull(),
    weekPnl: decimal().notNull(),
    weekRoi: decimal().notNull(),
    weekVolume: decimal().notNull(),
    monthPnl: decimal().notNull(),
    monthRoi: decimal().notNull(),
    monthVolume: decimal().notNull(),
    allPnl: decimal().notNull(),
    allRoi: decimal().notNull(),
    allVolume: decimal().notNull(),
  },
  table => [primaryKey({ columns: [table.wallet, table.day] })],
);
