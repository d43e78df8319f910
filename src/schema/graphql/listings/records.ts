import { entities } from '../entities.ts';
import type { Listing } from '../sql/connection.ts';
import { conditions, type Maybe } from './conditions.ts';

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
