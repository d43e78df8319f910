import { boolean, doublePrecision, index, integer, jsonb, primaryKey, snakeCase } from 'drizzle-orm/pg-core';
import { decimal, eventColumns, eventId, hash, integer64, name } from './columns.ts';

/*
 * Events of the tape, as far as the storage policy keeps them. Keys begin with the time: rows arrive in its order, which makes
 * writing several times faster than a key that begins with the coin, and time ranges are what is asked for and what expires.
 */

/** Matches on the public tape. */
export const trades = snakeCase.table(
  'trades',
  {
    ...eventColumns(),
    eventId: eventId(),
    coin: name().notNull(),
    price: decimal().notNull(),
    size: decimal().notNull(),
    /** `buy` or `sell`. */
    takerSide: name().notNull(),
    buyer: name(),
    seller: name(),
    tradeId: integer64(),
    hash: hash(),
  },
  table => [
    primaryKey({ columns: [table.tsEvent, table.eventId] }),
    index('trades_coin').on(table.coin, table.tsEvent),
  ],
);

/** One wallet's halves of trades, from its own feed. */
export const fills = snakeCase.table(
  'fills',
  {
    ...eventColumns(),
    eventId: eventId(),
    wallet: name().notNull(),
    coin: name().notNull(),
    price: decimal().notNull(),
    size: decimal().notNull(),
    /** `buy` or `sell`. */
    side: name().notNull(),
    startPosition: decimal(),
    direction: name(),
    closedPnl: decimal(),
    fee: decimal(),
    feeToken: name(),
    crossed: boolean(),
    hash: hash(),
    orderId: integer64(),
    tradeId: integer64(),
    twapId: integer64(),
    liquidatedUser: name(),
  },
  table => [
    primaryKey({ columns: [table.tsEvent, table.eventId] }),
    index('fills_wallet').on(table.wallet, table.tsEvent),
  ],
);

/** Completed candles. */
export const candles = snakeCase.table(
  'candles',
  {
    ...eventColumns(),
    coin: name().notNull(),
    interval: name().notNull(),
    openTime: integer64().notNull(),
    closeTime: integer64().notNull(),
    open: decimal().notNull(),
    high: decimal().notNull(),
    low: decimal().notNull(),
    close: decimal().notNull(),
    volume: decimal().notNull(),
    trades: integer(),
  },
  table => [
    primaryKey({ columns: [table.openTime, table.interval, table.coin] }),
    index('candles_coin').on(table.coin, table.interval, table.openTime),
  ],
);

/** Order book snapshots. */
export const books = snakeCase.table(
  'books',
  {
    ...eventColumns(),
    eventId: eventId(),
    coin: name().notNull(),
    mid: doublePrecision(),
    bids: jsonb().notNull(),
    asks: jsonb().notNull(),
  },
  table => [
    primaryKey({ columns: [table.tsEvent, table.eventId] }),
    index('books_coin').on(table.coin, table.tsEvent),
  ],
);

/** Funding rates, per hour. */
export const funding = snakeCase.table(
  'funding',
  {
    ...eventColumns(),
    coin: name().notNull(),
    rate: doublePrecision().notNull(),
    premium: doublePrecision(),
  },
  table => [primaryKey({ columns: [table.coin, table.tsEvent] })],
);

/** Funding that wallets received or paid. */
export const fundingPayments = snakeCase.table(
  'funding_payments',
  {
    ...eventColumns(),
    eventId: eventId(),
    wallet: name().notNull(),
    coin: name().notNull(),
    amount: decimal().notNull(),
    positionSize: decimal().notNull(),
    rate: doublePrecision(),
  },
  table => [
    primaryKey({ columns: [table.tsEvent, table.eventId] }),
    index('funding_payments_wallet').on(table.wallet, table.tsEvent),
  ],
);

/** Changes of orders. */
export const orders = snakeCase.table(
  'orders',
  {
    ...eventColumns(),
    eventId: eventId(),
    wallet: name().notNull(),
    coin: name().notNull(),
    orderId: integer64().notNull(),
    side: name().notNull(),
    orderType: name(),
    limitPrice: decimal().notNull(),
    triggerPrice: decimal(),
    size: decimal().notNull(),
    originalSize: decimal().notNull(),
    reduceOnly: boolean().notNull(),
    status: name().notNull(),
    placedAt: integer64().notNull(),
  },
  table => [
    primaryKey({ columns: [table.tsEvent, table.eventId] }),
    index('orders_wallet').on(table.wallet, table.tsEvent),
  ],
);

/** Positions as the exchange stated them. */
export const positionSnapshots = snakeCase.table(
  'position_snapshots',
  {
    ...eventColumns(),
    eventId: eventId(),
    wallet: name().notNull(),
    coin: name().notNull(),
    size: decimal().notNull(),
    entryPrice: decimal(),
    leverage: doublePrecision(),
    leverageType: name(),
    marginUsed: decimal(),
    liquidationPrice: decimal(),
    unrealisedPnl: decimal(),
    positionValue: decimal(),
  },
  table => [
    primaryKey({ columns: [table.tsEvent, table.eventId] }),
    index('position_snapshots_wallet').on(table.wallet, table.coin, table.tsEvent),
  ],
);

/** Token transfers and contract calls on HyperEVM. */
export const transfers = snakeCase.table(
  'transfers',
  {
    ...eventColumns(),
    eventId: eventId(),
    wallet: name().notNull(),
    counterparty: name().notNull(),
    contract: name().notNull(),
    token: name(),
    amount: decimal(),
    valueUsd: doublePrecision(),
    hash: hash().notNull(),
  },
  table => [
    primaryKey({ columns: [table.tsEvent, table.eventId] }),
    index('transfers_wallet').on(table.wallet, table.tsEvent),
  ],
);

/** Acts of operators and of the selection, which are part of the tape. */
export const commands = snakeCase.table(
  'commands',
  {
    ...eventColumns(),
    name: name().notNull(),
    target: name().notNull(),
    /** `hand` or `selection`. */
    by: name(),
    /** `alert`, `core` or `extended`, of a trader that was selected. */
    tier: name(),
  },
  table => [primaryKey({ columns: [table.seq] })],
);

/** Events of refs that the platform has no table for: what strangers' collectors emit. */
export const otherEvents = snakeCase.table(
  'other_events',
  {
    ...eventColumns(),
    eventId: eventId(),
    ref: name().notNull(),
    version: integer().notNull(),
    key: name().notNull(),
    row: jsonb().notNull(),
  },
  table => [
    primaryKey({ columns: [table.tsEvent, table.eventId] }),
    index('other_events_ref').on(table.ref, table.key, table.tsEvent),
  ],
);
