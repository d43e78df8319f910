import {
  books as bookTable,
  funding as fundingTable,
  markDays as markDayTable,
  orders as orderTable,
  tickers as tickerTable,
} from '../../tables/index.ts';
import { checkSubjects } from '../existence.ts';
import { rootList } from '../list-field.ts';
import * as listings from '../listings.ts';
import { eventFields, tableFields } from '../table-fields.ts';
import { timeArgs } from './arguments.ts';
import type { Types } from './types.ts';

/** Orders, books, funding rates, and what is kept of a market by day. */
export function addMarketHistory(types: Types): void {
  const { builder, enums } = types;
  builder.objectType(types.order, {
    description: 'A change of an order of a tracked trader.',
    fields: t =>
      tableFields(t, orderTable, {
        wallet: { doc: 'The wallet.', type: 'Address' },
        coin: 'The market.',
        orderId: "The exchange's id.",
        side: { doc: "The order's side.", type: enums.side },
        orderType: 'Such as `Limit` or `Stop Market`. Null when the source does not say.',
        limitPrice: 'Limit price. Unit: USD.',
        triggerPrice: 'Price that triggers it. Unit: USD. Null for an order without a trigger.',
        size: 'Size that is still open. Unit: coin.',
        originalSize: 'Size as it was placed. Unit: coin.',
        reduceOnly: 'Whether it may only make the position smaller.',
        status: 'Such as `open`, `filled`, `canceled` or `triggered`.',
        placedAt: { doc: 'When it was placed.', type: 'Timestamp' },
        ...eventFields,
      }),
  });
  builder.objectType(types.book, {
    description: 'An order book, as far as the storage policy keeps it.',
    fields: t =>
      tableFields(t, bookTable, {
        coin: 'The market.',
        mid: 'Mean of best bid and ask. Unit: USD. Null when a side is empty.',
        bids: 'Levels with price, size and number of orders, the best first.',
        asks: 'Levels with price, size and number of orders, the best first.',
        ...eventFields,
      }),
  });
  builder.objectType(types.fundingRate, {
    description: 'A funding rate, per hour.',
    fields: t =>
      tableFields(t, fundingTable, {
        coin: 'The market.',
        rate: 'Rate per hour; longs pay it when it is positive.',
        premium: 'Premium that it follows from. Null when the source does not say.',
        ...eventFields,
      }),
  });
  const day = { doc: 'Beginning of the UTC day.', type: 'Timestamp' } as const;
  builder.objectType(types.ticker, {
    description:
      'What a market did within 24 hours: the last word of each day, of the present day told about once a minute.',
    fields: t =>
      tableFields(t, tickerTable, {
        coin: 'The market.',
        day,
        price: 'Price. Unit: USD.',
        previousPrice: 'Price 24 hours before. Unit: USD. Null when the source does not say.',
        dayVolume: 'Size traded within 24 hours. Unit: coin. Null when the source does not say.',
        dayVolumeUsd: 'Notional traded within 24 hours. Unit: USD. Null when the source does not say.',
        ...eventFields,
      }),
  });
  builder.objectType(types.markDay, {
    description:
      "A market's prices, open interest and liquidity at the end of each day, of the present day as last told.",
    fields: t =>
      tableFields(t, markDayTable, {
        coin: 'The market.',
        day,
        mid: 'Mean of best bid and ask. Unit: USD. Null when a side of the book is empty.',
        mark: 'Mark price. Unit: USD. Null when the source does not say.',
        oracle: 'Oracle price. Unit: USD. Null when the source does not say.',
        openInterest: 'Open interest. Unit: coin. Null when the source does not say.',
        dayVolumeUsd: 'Notional of the last 24 h. Unit: USD. Null when the source does not say.',
        ...eventFields,
      }),
  });
  const coin = (t: unknown) => ({
    coin: (t as { arg: { string(options: object): never } }).arg.string({
      required: true,
      description: 'The market.',
    }),
  });
  builder.queryFields(t => ({
    orders: rootList(builder, t, {
      node: types.order,
      listing: listings.orders,
      description: 'Changes of orders of tracked traders, newest first.',
      args: {
        trader: t.arg.string({ description: 'Only of this wallet.' }),
        coin: t.arg.string({ description: 'Only in this market.' }),
        status: t.arg.stringList({ description: 'Only these, such as `open`.' }),
        ...timeArgs(t, enums),
      },
      empty: checkSubjects,
    }),
    books: rootList(builder, t, {
      node: types.book,
      listing: listings.books,
      description: 'Stored order books of a market, newest first: the first one is the latest.',
      args: { ...coin(t), ...timeArgs(t, enums) },
      empty: checkSubjects,
    }),
    fundingRates: rootList(builder, t, {
      node: types.fundingRate,
      listing: listings.fundingRates,
      description: 'Funding rates of a market, newest first.',
      args: { ...coin(t), ...timeArgs(t, enums) },
      empty: checkSubjects,
    }),
    tickers: rootList(builder, t, {
      node: types.ticker,
      listing: listings.tickers,
      description: 'Tickers of a market by day, newest first.',
      args: { ...coin(t), ...timeArgs(t, enums) },
      empty: checkSubjects,
    }),
    markDays: rootList(builder, t, {
      node: types.markDay,
      listing: listings.markDays,
      description: 'Prices, open interest and liquidity of a market by day, newest first.',
      args: { ...coin(t), ...timeArgs(t, enums) },
      empty: checkSubjects,
    }),
  }));
}
