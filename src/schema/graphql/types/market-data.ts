import {
  candles as candleTable,
  fills as fillTable,
  marks as markTable,
  trades as tradeTable,
} from '../../tables/index.ts';
import { readCoin } from '../arguments.ts';
import { planned } from '../builder.ts';
import type { StoredRow } from '../derived.ts';
import { coinColumns, coinsOf, entities, toStoredRow } from '../entities.ts';
import { checkRef, checkSubjects, unknownCoin } from '../existence.ts';
import { relatedList, rootList } from '../list-field.ts';
import * as listings from '../listings.ts';
import { pathTo, plainColumn, relationOf, toOne } from '../sql/plan.ts';
import { queryOne } from '../sql/query-one.ts';
import { eventFields, tableFields } from '../table-fields.ts';
import { timeArgs } from './arguments.ts';
import { traderOf } from './position.ts';
import type { Rows, Types } from './types.ts';

const side = (enums: Types['enums'], doc: string) => ({ doc, type: enums.side });

/** Matches, fills and candles. */
export function addMarketData(types: Types): void {
  const { builder, enums } = types;
  builder.objectType(types.fill, {
    description: "One wallet's half of a trade, from its own feed.",
    fields: t => ({
      ...tableFields(t, fillTable, {
        wallet: { doc: 'The wallet.', type: 'Address' },
        coin: 'The market.',
        price: 'Price of one coin. Unit: USD.',
        size: 'Size, always positive. Unit: coin.',
        side: side(enums, "The wallet's side."),
        startPosition: 'Signed position before. Unit: coin. Null when the feed does not say.',
        direction: "The exchange's text, such as `Open Long`. Null when the feed does not say.",
        closedPnl:
          'Realised price PnL of the closed part, before fees. Unit: USD. Null when the feed does not say.',
        fee: 'Total fee, negative when a rebate. Unit: `feeToken`. Null when the feed does not say.',
        feeToken: 'The token the fee is paid in. Null when the feed does not say.',
        crossed: 'True for the taker. Null when the feed does not say.',
        hash: "The taker's transaction. Null when the feed does not say.",
        orderId: "The wallet's order. Null when the feed does not say.",
        tradeId: 'The trade, shared by both halves. Null when the feed does not say.',
        twapId: 'The TWAP order that it is a slice of. Null when it is none.',
        liquidatedUser: {
          doc: 'The wallet that was liquidated by the trade. Null when it is no liquidation.',
          type: 'Address',
        },
        ...eventFields,
      }),
      trader: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet.',
        resolve: (row, _args, _context, info) => relationOf<Rows['traders'] | null>(row, info),
        ...traderOf('wallet'),
      }),
    }),
  });
  builder.objectType(types.trade, {
    description: 'One match on the public tape, as far as the storage policy keeps it.',
    fields: t => ({
      ...tableFields(t, tradeTable, {
        coin: 'The market.',
        price: 'Price of one coin. Unit: USD.',
        size: 'Size, always positive. Unit: coin.',
        takerSide: side(enums, "The taker's side."),
        buyer: {
          doc: 'The wallet that bought. Null when the venue does not name its traders.',
          type: 'Address',
        },
        seller: {
          doc: 'The wallet that sold. Null when the venue does not name its traders.',
          type: 'Address',
        },
        tradeId:
          "The exchange's id, unique only together with coin and time. Null when the venue's ids are not numbers.",
        hash: "The taker's transaction; all zeros for TWAP slices. Null when the venue has no transactions.",
        ...eventFields,
      }),
      buyerTrader: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet that bought. Null when the venue does not name its traders.',
        resolve: (row, _args, _context, info) => relationOf<Rows['traders'] | null>(row, info),
        ...traderOf('buyer'),
      }),
      sellerTrader: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet that sold. Null when the venue does not name its traders.',
        resolve: (row, _args, _context, info) => relationOf<Rows['traders'] | null>(row, info),
        ...traderOf('seller'),
      }),
    }),
  });
  builder.objectType(types.candle, {
    description: 'A completed candle.',
    fields: t =>
      tableFields(t, candleTable, {
        coin: 'The market.',
        interval: { doc: 'Its length.', type: enums.interval },
        openTime: { doc: 'Its beginning, inclusive.', type: 'Timestamp' },
        closeTime: { doc: 'Its end, exclusive.', type: 'Timestamp' },
        open: 'First price. Unit: USD.',
        high: 'Highest price. Unit: USD.',
        low: 'Lowest price. Unit: USD.',
        close: 'Last price. Unit: USD.',
        volume: 'Traded size. Unit: coin.',
        trades: 'Number of trades. Null when the source does not say.',
        ...eventFields,
      }),
  });
  const subject = (t: { arg: { string(options: { description: string }): never } }) => ({
    trader: t.arg.string({ description: 'Only of this wallet.' }),
    coin: t.arg.string({ description: 'Only in this market.' }),
  });
  builder.queryFields(t => ({
    fills: rootList(builder, t, {
      node: types.fill,
      listing: listings.fills,
      description: 'Fills from wallets’ own feeds, newest first.',
      args: {
        ...subject(t as never),
        side: t.arg({ type: enums.side, description: 'Only this side.' }),
        ...timeArgs(t, enums),
      },
      empty: checkSubjects,
    }),
    trades: rootList(builder, t, {
      node: types.trade,
      listing: listings.trades,
      description: 'Stored matches on the public tape, newest first.',
      args: {
        ...subject(t as never),
        minNotionalUsd: t.arg.float({ description: 'Only matches of at least this notional. Unit: USD.' }),
        ...timeArgs(t, enums),
      },
      empty: checkSubjects,
    }),
    candles: rootList(builder, t, {
      node: types.candle,
      listing: listings.candles,
      description: 'Completed candles of a market, newest first.',
      args: {
        coin: t.arg.string({ required: true, description: 'The market.' }),
        interval: t.arg({ type: enums.interval, required: true, description: 'Their length.' }),
        ...timeArgs(t, enums),
      },
      empty: checkSubjects,
    }),
  }));
}

/** Markets. */
export function addCoin(types: Types): void {
  const { builder, enums } = types;
  const coins = coinsOf(types.refs);
  builder.objectType(types.mark, {
    description: "A market's prices and context, as last told.",
    fields: t =>
      tableFields(t, markTable, {
        mid: 'Mean of best bid and ask. Unit: USD. Null when a side of the book is empty.',
        mark: 'Mark price. Unit: USD. Null when the source does not say.',
        oracle: 'Oracle price. Unit: USD. Null when the source does not say.',
        openInterest: 'Open interest. Unit: coin. Null when the source does not say.',
        dayVolumeUsd: 'Notional of the last 24 h. Unit: USD. Null when the source does not say.',
        ...eventFields,
      }),
  });
  builder.objectType(types.coin, {
    description: 'A market.',
    fields: t => ({
      ...tableFields(t, coinColumns, {
        name: { doc: "The market's name, such as `BTC`, `xyz:NVDA` or `PURR/USDC`.", column: 'coin' },
      }),
      mark: t.field({
        type: types.mark,
        nullable: true,
        description: 'Its prices and context, as last told. Null when no source tells them.',
        resolve: (row, _args, _context, info) => relationOf<Rows['marks'] | null>(row, info),
        ...planned(
          toOne(
            entities.marks,
            (row, child) => `${plainColumn(child, 'coin')} = ${plainColumn(row, 'coin')}`,
          ),
        ),
      }),
      ...Object.fromEntries(
        types.derived
          .filter(({ ref }) => ref.entity === 'coin' && ref.kind !== 'signal')
          .map(({ ref, fieldName, object }) => [
            fieldName,
            t.field({
              type: object,
              nullable: true,
              description: `${ref.doc} Null while its provider has nothing to say of the market.`,
              resolve: (row, _args, _context, info) => relationOf<StoredRow | null>(row, info),
              ...planned(toStoredRow(ref, row => plainColumn(row, 'coin'))),
            }),
          ]),
      ),
      positions: relatedList(builder, t, {
        node: types.position,
        listing: listings.positions,
        description: 'Positions in it; the open ones unless asked otherwise.',
        args: {
          open: t.arg.boolean({ defaultValue: true, description: 'False: flat ones, too.' }),
          side: t.arg({ type: enums.positionSide, description: 'Only this side.' }),
          sort: t.arg({ type: enums.positionSort, defaultValue: 'trader', description: 'By what.' }),
          direction: t.arg({
            type: enums.direction,
            defaultValue: 'ascending',
            description: 'Default: ascending.',
          }),
        },
        joins: (row, child) => `${plainColumn(child, 'coin')} = ${plainColumn(row, 'coin')}`,
      }),
      candles: relatedList(builder, t, {
        node: types.candle,
        listing: listings.candles,
        description: 'Its completed candles, newest first.',
        args: {
          interval: t.arg({ type: enums.interval, required: true, description: 'Their length.' }),
          ...timeArgs(t, enums),
        },
        joins: (row, child) => `${plainColumn(child, 'coin')} = ${plainColumn(row, 'coin')}`,
      }),
      signals: relatedList(builder, t, {
        node: types.signal,
        listing: {
          ...listings.signals,
          conditions(args, row) {
            checkRef(args.ref, types.refs, { kinds: ['signal'], argument: pathTo(row, 'ref') });
            return listings.signals.conditions(args, row);
          },
        },
        description: 'Signals about it, newest first.',
        args: { ref: t.arg.string({ description: 'Only of this ref.' }), ...timeArgs(t, enums) },
        joins: (row, child) => `${plainColumn(child, 'coin')} = ${plainColumn(row, 'coin')}`,
      }),
    }),
  });
  builder.queryFields(t => ({
    coin: t.field({
      type: types.coin,
      description: 'One market.',
      args: { name: t.arg.string({ required: true, description: 'Its name; case-sensitive.' }) },
      errors: {},
      resolve: async (_root, args, context, info) => {
        const coin = readCoin(args.name, 'name');
        const row = await queryOne<{ coin: string }>(coins, { coin }, { context, info });
        if (row === undefined) throw await unknownCoin(coin, 'name', context);
        return row;
      },
    }),
    coins: rootList(builder, t, {
      node: types.coin,
      listing: listings.coins(types.refs),
      description: 'Every market that anything is known of, by name.',
    }),
  }));
}
