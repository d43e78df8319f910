import type { Ref } from '../../../plugin-api/index.ts';
import { readAddress, readAtLeastZero } from '../arguments.ts';
import { coinsOf, entities } from '../entities.ts';
import type { Listing } from '../sql/connection.ts';
import { pathTo, plainColumn } from '../sql/plan.ts';
import {
  conditions,
  type DirectionArgs,
  type Maybe,
  newestFirst,
  type SubjectArgs,
  type TimeArgs,
} from './conditions.ts';

export interface FillArgs extends SubjectArgs, TimeArgs, DirectionArgs {
  readonly side?: Maybe<string>;
}
export const fills: Listing<FillArgs> = {
  entity: entities.fills,
  order: args => ['tsEvent', 'eventId'].map(property => ({ property, descending: newestFirst(args) })),
  orderName: () => 'fills',
  conditions: (args, row) =>
    conditions(row)
      .address('wallet', args.trader)
      .coin('coin', args.coin)
      .equal('side', args.side)
      .time('tsEvent', args).list,
};

export interface TradeArgs extends SubjectArgs, TimeArgs, DirectionArgs {
  readonly minNotionalUsd?: Maybe<number>;
}
export const trades: Listing<TradeArgs> = {
  entity: entities.trades,
  order: args => ['tsEvent', 'eventId'].map(property => ({ property, descending: newestFirst(args) })),
  orderName: () => 'trades',
  conditions: (args, row) => {
    const made = conditions(row).coin('coin', args.coin).time('tsEvent', args);
    if (args.trader != null) {
      const wallet = row.parameters.bind(readAddress(args.trader, pathTo(row, 'trader')));
      made.sql(`${wallet}::text in (${plainColumn(row, 'buyer')}, ${plainColumn(row, 'seller')})`);
    }
    if (args.minNotionalUsd != null) {
      const least = readAtLeastZero(args.minNotionalUsd, pathTo(row, 'minNotionalUsd'));
      made.sql(
        `${plainColumn(row, 'price')} * ${plainColumn(row, 'size')} >= ${row.parameters.bind(least)}::numeric`,
      );
    }
    return made.list;
  },
};

export interface CandleArgs extends TimeArgs, DirectionArgs {
  readonly coin?: Maybe<string>;
  readonly interval?: Maybe<string>;
}
export const candles: Listing<CandleArgs> = {
  entity: entities.candles,
  order: args =>
    ['openTime', 'interval', 'coin'].map(property => ({ property, descending: newestFirst(args) })),
  orderName: () => 'candles',
  conditions: (args, row) =>
    conditions(row).coin('coin', args.coin).equal('interval', args.interval).time('openTime', args).list,
};

export interface OrderArgs extends SubjectArgs, TimeArgs, DirectionArgs {
  readonly status?: Maybe<readonly string[]>;
}
export const orders: Listing<OrderArgs> = {
  entity: entities.orders,
  order: args => ['tsEvent', 'eventId'].map(property => ({ property, descending: newestFirst(args) })),
  orderName: () => 'orders',
  conditions: (args, row) =>
    conditions(row)
      .address('wallet', args.trader)
      .coin('coin', args.coin)
      .anyOf('status', args.status)
      .time('tsEvent', args).list,
};

export interface CoinTimeArgs extends TimeArgs, DirectionArgs {
  readonly coin?: Maybe<string>;
}
export const books: Listing<CoinTimeArgs> = {
  entity: entities.books,
  order: args => ['tsEvent', 'eventId'].map(property => ({ property, descending: newestFirst(args) })),
  orderName: () => 'books',
  conditions: (args, row) => conditions(row).coin('coin', args.coin).time('tsEvent', args).list,
};
export const fundingRates: Listing<CoinTimeArgs> = {
  entity: entities.funding,
  order: args => ['tsEvent', 'coin'].map(property => ({ property, descending: newestFirst(args) })),
  orderName: () => 'fundingRates',
  conditions: (args, row) => conditions(row).coin('coin', args.coin).time('tsEvent', args).list,
};

const byDay = (name: 'tickers' | 'markDays'): Listing<CoinTimeArgs> => ({
  entity: entities[name],
  order: args => ['day', 'coin'].map(property => ({ property, descending: newestFirst(args) })),
  orderName: () => name,
  conditions: (args, row) => conditions(row).coin('coin', args.coin).time('day', args).list,
});
export const tickers = byDay('tickers');
export const markDays = byDay('markDays');

export function coins(refs: readonly Ref[]): Listing<object> {
  return {
    entity: coinsOf(refs),
    order: () => [{ property: 'coin', descending: false }],
    orderName: () => 'coins',
    conditions: () => [],
  };
}
