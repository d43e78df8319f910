import { selection as verdictTable } from '../../tables/index.ts';
import { trackedTraderColumns } from '../entities.ts';
import { rootList } from '../list-field.ts';
import * as listings from '../listings.ts';
import { relationOf } from '../sql/plan.ts';
import { tableFields } from '../table-fields.ts';
import { traderOf } from './position.ts';
import type { Rows, Types } from './types.ts';

/** What the selection keeps of its last run. */
interface Summary {
  readonly asOf: number;
  readonly scored: number;
  readonly considered: number;
  readonly selected: number;
  readonly added: number;
  readonly removed: number;
  readonly moved: number;
}

interface OutcomeCount {
  readonly outcome: string;
  readonly count: number;
  readonly example: string;
}

const activity = {
  likelyActive:
    'Whether the leaderboard’s figures of the last day say that it is active. Null when nothing is known of the day.',
  activityReason: 'The figures that say so. Null when nothing is known of the day.',
  activityConfidence: 'How sure that makes it, from 0 (no sign) to 1. Null when nothing is known of the day.',
} as const;

/** Who is tracked, and what the selection says of everybody that it considered. */
export function addSelection(types: Types): void {
  const { builder, enums } = types;
  builder.objectType(types.trackedTrader, {
    description: 'A trader that is kept exactly up to date, because somebody or the selection decided so.',
    fields: t => ({
      ...tableFields(t, trackedTraderColumns, {
        address: { doc: 'The wallet.', type: 'Address' },
        by: { doc: 'Who decided it.', type: enums.trackedBy },
        tier: { doc: 'The tier that it was selected for. Null when it was added by hand.', type: enums.tier },
        since: {
          doc: 'When it was added. Null when that was before it was kept.',
          type: 'Timestamp',
        },
        because: 'Why it is tracked. Null before the first selection that considered it.',
        score: 'The trader score at the last selection. Null when it was not known.',
        ...activity,
      }),
      trader: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet with all that is known of it.',
        resolve: (row, _args, _context, info) => relationOf<Rows['traders'] | null>(row, info),
        ...traderOf('address'),
      }),
    }),
  });
  builder.objectType(types.selectionVerdict, {
    description: 'What the last selection said of a wallet.',
    fields: t => ({
      ...tableFields(t, verdictTable, {
        address: { doc: 'The wallet.', type: 'Address' },
        selected: 'Whether it is tracked.',
        tier: {
          doc: 'For which tier. Null when it was left out, or is tracked because it was added by hand.',
          type: enums.tier,
        },
        outcome: 'What came of it in a few words, such as `core` or `score too low`.',
        because: 'Why it was selected or left out, with the figures that decided it.',
        score: 'The trader score. Null when it was not known.',
        accountValue: 'Equity. Unit: USD. Null when it was not known.',
        ...activity,
        asOf: { doc: 'Tape time of the selection.', type: 'Timestamp' },
      }),
      trader: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet with all that is known of it.',
        resolve: (row, _args, _context, info) => relationOf<Rows['traders'] | null>(row, info),
        ...traderOf('address'),
      }),
    }),
  });
  addStatus(types);
  builder.queryFields(t => ({
    trackedTraders: rootList(builder, t, {
      node: types.trackedTrader,
      listing: listings.trackedTraders,
      description:
        'The traders that are tracked by the selection or by hand, by address. Where every wallet is kept (`storage.trackAll`) ' +
        'the others are not listed here.',
      args: {
        by: t.arg({ type: enums.trackedBy, description: 'Only those that this decided.' }),
        tier: t.arg({ type: [enums.tier], description: 'Only those of these tiers.' }),
        likelyActive: t.arg.boolean({ description: 'Only those that are, or are not, likely active.' }),
      },
    }),
    selectionVerdicts: rootList(builder, t, {
      node: types.selectionVerdict,
      listing: listings.selectionVerdicts,
      description:
        'What the last selection said of each wallet that it considered: those with the score that is asked for, the largest ' +
        'accounts, and those that somebody decided about; the highest score first.',
      args: {
        selected: t.arg.boolean({ description: 'Only those that are, or are not, tracked.' }),
        outcome: t.arg.stringList({
          description: 'Only those of which this came, such as `tiers are full`.',
        }),
      },
    }),
  }));
}

function addStatus({ builder }: Types): void {
  const outcome = builder.objectRef<OutcomeCount>('SelectionOutcome').implement({
    description: 'How many wallets a selection decided in one way.',
    fields: t => ({
      outcome: t.exposeString('outcome', { description: 'What came of them, such as `core`.' }),
      count: t.exposeInt('count', { description: 'How many.' }),
      example: t.exposeString('example', { description: 'The reason of the one with the highest score.' }),
    }),
  });
  const status = builder.objectRef<Summary>('SelectionStatus').implement({
    description: 'What the last selection came to.',
    fields: t => ({
      asOf: t.field({ type: 'Timestamp', description: 'Its tape time.', resolve: it => it.asOf }),
      scored: t.exposeInt('scored', { description: 'Wallets that had a score.' }),
      considered: t.exposeInt('considered', {
        description: 'Wallets of which it says why they are tracked or not; the others’ score is too low.',
      }),
      selected: t.exposeInt('selected', { description: 'Traders that it selected.' }),
      added: t.exposeInt('added', { description: 'Of these, those that were not tracked before.' }),
      moved: t.exposeInt('moved', { description: 'Of these, those that were in another tier before.' }),
      removed: t.exposeInt('removed', { description: 'Traders that are not tracked any more.' }),
      outcomes: t.field({
        type: [outcome],
        description: 'How many came into each tier, and why the others were left out.',
        resolve: (_it, _args, { database }) =>
          database.query<OutcomeCount>(
            `select outcome, count(*)::integer as count,
               (array_agg(because order by score desc nulls last, address))[1] as example
             from "selection" group by outcome order by max(selected::integer) desc, count(*) desc, outcome`,
          ),
      }),
    }),
  });
  builder.queryField('selection', t =>
    t.field({
      type: status,
      nullable: true,
      description: 'What the last selection of traders came to. Null before the first.',
      resolve: async (_root, _args, { database }) => {
        const [kept] = await database.query<{ value: Summary }>(
          `select value from "meta" where key = 'selection'`,
        );
        return kept?.value ?? null;
      },
    }),
  );
}
