import type { Ref } from '../../plugin-api/index.ts';
import { lastSeenGranularityMs } from '../tables/columns.ts';
import { checkRange, readAddress, readAtLeastZero, readCoin } from './arguments.ts';
import { coinsOf, entities } from './entities.ts';
import type { Listing } from './sql/connection.ts';
import { bound, pathTo, plainColumn, type RowPlan } from './sql/plan.ts';
import type { Direction } from './types/enums.ts';

/*
 * What can be listed: the order of each list, and what each of its arguments means in SQL.
 */

type Maybe<T> = T | null | undefined;

export interface TimeArgs {
  readonly from?: Maybe<number>;
  readonly to?: Maybe<number>;
}
export interface DirectionArgs {
  readonly direction?: Maybe<Direction>;
}
export interface SubjectArgs {
  readonly trader?: Maybe<string>;
  readonly coin?: Maybe<string>;
}

/** Collects conditions; an argument that was left out adds none. */
function conditions(row: RowPlan) {
  const list: string[] = [];
  const at = (name: string) => pathTo(row, name);
  const column = (property: string) => plainColumn(row, property);
  const self = {
    list,
    equal(property: string, value: Maybe<string | number | boolean>) {
      if (value != null) list.push(`${column(property)} = ${bound(row, property, value)}`);
      return self;
    },
    anyOf(property: string, values: Maybe<readonly string[]>) {
      if (values != null) list.push(`${column(property)} = any(${row.parameters.bind(values)}::text[])`);
      return self;
    },
    /** For a column that is a list of words. */
    overlaps(property: string, values: Maybe<readonly string[]>) {
      if (values != null) list.push(`${column(property)} && ${row.parameters.bind(values)}::text[]`);
      return self;
    },
    address(property: string, value: Maybe<string>, argument = 'trader') {
      return self.equal(property, value == null ? value : readAddress(value, at(argument)));
    },
    coin(property: string, value: Maybe<string>) {
      return self.equal(property, value == null ? value : readCoin(value, at('coin')));
    },
    atLeast(property: string, value: Maybe<number>, argument: string) {
      if (value == null) return self;
      const least = readAtLeastZero(value, at(argument));
      list.push(`${column(property)} >= ${bound(row, property, least)}`);
      return self;
    },
    time(property: string, { from, to }: TimeArgs) {
      checkRange(from, to, at('from'));
      if (from != null) list.push(`${column(property)} >= ${bound(row, property, from)}`);
      if (to != null) list.push(`${column(property)} < ${bound(row, property, to)}`);
      return self;
    },
    sql(condition: string | undefined) {
      if (condition !== undefined) list.push(condition);
      return self;
    },
  };
  return self;
}

const newestFirst = ({ direction }: DirectionArgs) => direction !== 'ascending';

/** Rows by their place on the tape. Their cursors are those of the subscriptions, so that one goes on where the other ends. */
function onTape<Args extends DirectionArgs>(
  name: keyof typeof entities,
  filter: Listing<Args>['conditions'],
): Listing<Args> {
  return {
    entity: entities[name],
    order: args => ['seq', 'index'].map(property => ({ property, descending: newestFirst(args) })),
    orderName: () => name,
    conditions: filter,
  };
}

export interface PositionEventArgs extends SubjectArgs, TimeArgs, DirectionArgs {
  readonly action?: Maybe<readonly string[]>;
  readonly minNotionalUsd?: Maybe<number>;
}
export const positionEvents = onTape<PositionEventArgs>(
  'positionEvents',
  (args, row) =>
    conditions(row)
      .address('address', args.trader)
      .coin('coin', args.coin)
      .anyOf('action', args.action)
      .atLeast('notionalUsd', args.minNotionalUsd, 'minNotionalUsd')
      .time('tsEvent', args).list,
);

export interface SignalArgs extends SubjectArgs, TimeArgs, DirectionArgs {
  readonly ref?: Maybe<string>;
  readonly plugin?: Maybe<string>;
  readonly action?: Maybe<string>;
}
export const signals = onTape<SignalArgs>(
  'signals',
  (args, row) =>
    conditions(row)
      .address('trader', args.trader)
      .coin('coin', args.coin)
      .equal('ref', args.ref)
      .equal('plugin', args.plugin)
      .sql(
        args.action == null
          ? undefined
          : `${plainColumn(row, 'row')}->>'action' = ${row.parameters.bind(args.action)}::text`,
      )
      .time('tsEvent', args).list,
);

export interface AlertArgs extends SubjectArgs, TimeArgs, DirectionArgs {
  readonly severity?: Maybe<readonly string[]>;
  readonly activeAt?: Maybe<number>;
}
export const alerts = onTape<AlertArgs>(
  'alerts',
  (args, row) =>
    conditions(row)
      .address('trader', args.trader)
      .coin('coin', args.coin)
      .anyOf('severity', args.severity)
      .sql(
        args.activeAt == null
          ? undefined
          : `${plainColumn(row, 'tsIngest')} <= ${bound(row, 'tsIngest', args.activeAt)} and ` +
              `${plainColumn(row, 'expiresAt')} > ${bound(row, 'expiresAt', args.activeAt)}`,
      )
      .time('tsEvent', args).list,
);

export interface CategoryChangeArgs extends TimeArgs, DirectionArgs {
  readonly trader?: Maybe<string>;
  readonly ref?: Maybe<string>;
  readonly category?: Maybe<string>;
}
export const categoryChanges = onTape<CategoryChangeArgs>(
  'categoryEvents',
  (args, row) =>
    conditions(row)
      .address('key', args.trader)
      .equal('ref', args.ref)
      .sql(hasCategory(args.category, `${row.alias}."row"`, row))
      .time('tsEvent', args).list,
);

export interface FaultArgs extends DirectionArgs {
  readonly plugin?: Maybe<string>;
}
export const faults = onTape<FaultArgs>(
  'faults',
  (args, row) => conditions(row).equal('plugin', args.plugin).list,
);

export interface GapArgs extends DirectionArgs {
  readonly stream?: Maybe<string>;
  readonly healed?: Maybe<boolean>;
}
export const gaps: Listing<GapArgs> = {
  entity: entities.gaps,
  order: args => [{ property: 'seq', descending: newestFirst(args) }],
  orderName: () => 'gaps',
  conditions: (args, row) => conditions(row).equal('stream', args.stream).equal('healed', args.healed).list,
};

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

export interface DecisionArgs {
  readonly plugin?: Maybe<string>;
  readonly key?: Maybe<string>;
  readonly emitted?: Maybe<boolean>;
}
export const decisions: Listing<DecisionArgs> = {
  entity: entities.decisions,
  order: () => ['plugin', 'key'].map(property => ({ property, descending: false })),
  orderName: () => 'decisions',
  conditions: (args, row) =>
    conditions(row).equal('plugin', args.plugin).equal('key', args.key).equal('emitted', args.emitted).list,
};

export interface DecisionCountArgs {
  readonly plugin?: Maybe<string>;
  readonly emitted?: Maybe<boolean>;
}
export const decisionCounts: Listing<DecisionCountArgs> = {
  entity: entities.decisionCounts,
  order: () => ['plugin', 'because', 'emitted'].map(property => ({ property, descending: false })),
  orderName: () => 'decisionCounts',
  conditions: (args, row) => conditions(row).equal('plugin', args.plugin).equal('emitted', args.emitted).list,
};

export interface StoredRowArgs {
  readonly ref: string;
  readonly version?: Maybe<number>;
  readonly key?: Maybe<string>;
}
export const storedRows: Listing<StoredRowArgs> = {
  entity: entities.rows,
  order: () => ['ref', 'version', 'key'].map(property => ({ property, descending: false })),
  orderName: () => 'rows',
  conditions: (args, row) =>
    conditions(row).equal('ref', args.ref).equal('version', args.version).equal('key', args.key).list,
};

export const runs: Listing<object> = {
  entity: entities.runs,
  order: () => ['startedAt', 'id'].map(property => ({ property, descending: true })),
  orderName: () => 'runs',
  conditions: () => [],
};

export function coins(refs: readonly Ref[]): Listing<object> {
  return {
    entity: coinsOf(refs),
    order: () => [{ property: 'coin', descending: false }],
    orderName: () => 'coins',
    conditions: () => [],
  };
}

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

function hasCategory(category: Maybe<string>, column: string, row: RowPlan): string | undefined {
  if (category == null) return undefined;
  const holds = row.parameters.bind(JSON.stringify([{ category }]));
  return `${column}->'categories' @> ${holds}::jsonb`;
}

function ofCategory(category: Maybe<string>, row: RowPlan): string | undefined {
  const holds = hasCategory(category, 'r."row"', row);
  if (holds === undefined) return undefined;
  const key = plainColumn(row, 'address');
  return `exists (select 1 from "rows" r where r.key = ${key} and r.ref = 'wallet.categories' and ${holds})`;
}
