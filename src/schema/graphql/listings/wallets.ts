import { lastSeenGranularityMs } from '../../tables/columns.ts';
import { readAtLeastZero, readCoin } from '../arguments.ts';
import { entities } from '../entities.ts';
import type { Listing } from '../sql/connection.ts';
import { pathTo, plainColumn, type RowPlan } from '../sql/plan.ts';
import type { Direction } from '../types/enums.ts';
import { conditions, type DirectionArgs, hasCategory, type Maybe, type SubjectArgs } from './conditions.ts';

export interface TraderArgs extends DirectionArgs {
  readonly tracked?: Maybe<boolean>;
  readonly category?: Maybe<string>;
  readonly minAccountValue?: Maybe<number>;
  readonly activeSince?: Maybe<number>;
  readonly sort?: Maybe<string>;
}
export const traders: Listing<TraderArgs> = {
  entity: entities.traders,
  order: args => {
    const descending = args.direction === 'descending';
    const property = args.sort ?? 'address';
    const last = { property: 'address', descending };
    return property === 'address' ? [last] : [{ property, descending }, last];
  },
  orderName: args => `traders:${args.sort ?? 'address'}`,
  conditions: (args, row) =>
    conditions(row)
      .equal('tracked', args.tracked)
      .atLeast('accountValue', args.minAccountValue, 'minAccountValue')
      .atLeast('lastSeen', toHour(args.activeSince), 'activeSince')
      .sql(ofCategory(args.category, row)).list,
};

/** The argument as exactly as `lastSeen` is kept, so that nobody who was active is left out. */
function toHour(time: Maybe<number>): Maybe<number> {
  return time == null ? time : Math.floor(time / lastSeenGranularityMs) * lastSeenGranularityMs;
}

export interface PositionArgs extends SubjectArgs {
  readonly open?: Maybe<boolean>;
  readonly side?: Maybe<'long' | 'short'>;
  readonly sort?: Maybe<'trader' | 'updated'>;
  readonly direction?: Maybe<Direction>;
}
export const positions: Listing<PositionArgs> = {
  entity: entities.positions,
  order: args => {
    const descending = args.direction === 'descending';
    const properties = args.sort === 'updated' ? ['seq', 'index', 'address', 'coin'] : ['address', 'coin'];
    return properties.map(property => ({ property, descending }));
  },
  orderName: args => `positions:${args.sort ?? 'trader'}`,
  conditions: (args, row) => {
    const size = plainColumn(row, 'size');
    const open = args.open ?? true;
    return conditions(row)
      .address('address', args.trader)
      .coin('coin', args.coin)
      .sql(open ? `${size} <> 0` : undefined)
      .sql(args.side == null ? undefined : args.side === 'long' ? `${size} > 0` : `${size} < 0`).list;
  },
};

export interface LeaderboardArgs extends DirectionArgs {
  readonly window?: Maybe<string>;
  readonly sort?: Maybe<string>;
  readonly tier?: Maybe<readonly string[]>;
  readonly tag?: Maybe<readonly string[]>;
  readonly category?: Maybe<readonly string[]>;
  readonly coin?: Maybe<string>;
  readonly minAccountValue?: Maybe<number>;
  readonly activeSince?: Maybe<number>;
}
export const leaderboard: Listing<LeaderboardArgs> = {
  entity: entities.leaderboard,
  order: args => {
    const property = args.sort ?? 'rank';
    // Note: the best rank is the smallest number; of everything else the most comes first.
    const descending = args.direction == null ? property !== 'rank' : args.direction === 'descending';
    return [
      { property, descending },
      { property: 'address', descending },
    ];
  },
  orderName: args => `leaderboard:${args.window ?? 'all'}:${args.sort ?? 'rank'}`,
  conditions: (args, row) =>
    conditions(row)
      .equal('window', args.window ?? 'all')
      .anyOf('tier', args.tier)
      .overlaps('tags', args.tag)
      .overlaps('categories', args.category)
      .overlaps('coins', args.coin == null ? undefined : [readCoin(args.coin, pathTo(row, 'coin'))])
      .atLeast('accountValue', args.minAccountValue, 'minAccountValue')
      .atLeast('lastSeen', args.activeSince, 'activeSince').list,
};

export interface ReportArgs {
  readonly minTxCount: number;
  readonly showUncategorised: boolean;
}
export const reports: Listing<ReportArgs> = {
  entity: entities.traders,
  order: () => [{ property: 'address', descending: false }],
  orderName: () => 'walletReports',
  conditions: (args, row) => {
    const least = row.parameters.bind(readAtLeastZero(args.minTxCount, pathTo(row, 'minTxCount')));
    const key = plainColumn(row, 'address');
    const ofRef = (ref: string) => `select 1 from "rows" r where r.key = ${key} and r.ref = '${ref}'`;
    return conditions(row)
      .sql(`exists (${ofRef('wallet.features')} and (r."row"->>'txCount')::float8 >= ${least}::float8)`)
      .sql(
        args.showUncategorised
          ? undefined
          : `exists (${ofRef('wallet.categories')} and r."row"->>'primary' is not null)`,
      ).list;
  },
};

function ofCategory(category: Maybe<string>, row: RowPlan): string | undefined {
  const holds = hasCategory(category, 'r."row"', row);
  if (holds === undefined) return undefined;
  const key = plainColumn(row, 'address');
  return `exists (select 1 from "rows" r where r.key = ${key} and r.ref = 'wallet.categories' and ${holds})`;
}
