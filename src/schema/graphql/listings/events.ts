import { checkRange } from '../arguments.ts';
import { entities } from '../entities.ts';
import type { Listing } from '../sql/connection.ts';
import { bound, pathTo, plainColumn } from '../sql/plan.ts';
import {
  conditions,
  type DirectionArgs,
  hasCategory,
  type Maybe,
  newestFirst,
  type SubjectArgs,
  type TimeArgs,
} from './conditions.ts';

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

export interface GapArgs extends TimeArgs, DirectionArgs {
  readonly stream?: Maybe<string>;
  readonly scope?: Maybe<string>;
  readonly healed?: Maybe<boolean>;
}
export const gaps: Listing<GapArgs> = {
  entity: entities.gaps,
  order: args => [{ property: 'seq', descending: newestFirst(args) }],
  orderName: () => 'gaps',
  conditions(args, row) {
    const made = conditions(row).equal('stream', args.stream).equal('healed', args.healed);
    checkRange(args.from, args.to, pathTo(row, 'from'));
    // Note: a gap of all coins and wallets is one of each of them; and an interval is asked for, so that all that reach into it count.
    if (args.scope != null) {
      const scope = plainColumn(row, 'scope');
      made.sql(`(${scope} is null or ${scope} = ${bound(row, 'scope', args.scope)})`);
    }
    if (args.from != null) made.sql(`${plainColumn(row, 'to')} > ${bound(row, 'to', args.from)}`);
    if (args.to != null) made.sql(`${plainColumn(row, 'from')} < ${bound(row, 'from', args.to)}`);
    return made.list;
  },
};
