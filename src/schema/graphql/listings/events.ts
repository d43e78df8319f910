import { entities } from '../entities.ts';
import type { Listing } from '../sql/connection.ts';
import { bound, plainColumn } from '../sql/plan.ts';
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
