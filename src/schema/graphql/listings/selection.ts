import { entities } from '../entities.ts';
import type { Listing } from '../sql/connection.ts';
import { conditions, type Maybe } from './conditions.ts';

export interface TrackedTraderArgs {
  readonly by?: Maybe<string>;
  readonly tier?: Maybe<readonly string[]>;
  readonly likelyActive?: Maybe<boolean>;
}
export const trackedTraders: Listing<TrackedTraderArgs> = {
  entity: entities.trackedTraders,
  order: () => [{ property: 'address', descending: false }],
  orderName: () => 'trackedTraders',
  conditions: (args, row) =>
    conditions(row).equal('by', args.by).anyOf('tier', args.tier).equal('likelyActive', args.likelyActive)
      .list,
};

export interface VerdictArgs {
  readonly selected?: Maybe<boolean>;
  readonly outcome?: Maybe<readonly string[]>;
}
export const selectionVerdicts: Listing<VerdictArgs> = {
  entity: entities.selection,
  order: () => [
    { property: 'score', descending: true },
    { property: 'address', descending: false },
  ],
  orderName: () => 'selectionVerdicts',
  conditions: (args, row) =>
    conditions(row).equal('selected', args.selected).anyOf('outcome', args.outcome).list,
};
