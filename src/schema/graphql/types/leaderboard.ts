import { leaderboard as table } from '../../tables/index.ts';
import { checkCategories, checkSubjects } from '../existence.ts';
import { rootList } from '../list-field.ts';
import * as listings from '../listings.ts';
import { relationOf } from '../sql/plan.ts';
import { tableFields } from '../table-fields.ts';
import { traderOf } from './position.ts';
import type { Rows, Types } from './types.ts';

/** The leaderboard. */
export function addLeaderboard(types: Types): void {
  const { builder, enums } = types;
  builder.objectType(types.leaderboardRow, {
    description: 'How a trader did in a window of time, and where that puts it.',
    fields: t => ({
      ...tableFields(t, table, {
        window: { doc: 'The window.', type: enums.window },
        address: { doc: 'The wallet.', type: 'Address' },
        rank:
          'Place among all traders of the window, from 1: by trader score, the highest first and those without one last; of ' +
          'equal score by PnL of the window, then by address. It is the same whatever the list is sorted by.',
        ageDays: 'Days since it was first seen.',
        accountValue: 'Equity, as last told. Unit: USD. Null when no source has told it.',
        pnl: 'PnL net of funding and of the fees that were told. Unit: USD.',
        roi: 'PnL over equity at the beginning. Unit: ratio. Null when equity is not known.',
        volume: 'Notional traded. Unit: USD.',
        trades: 'Executions.',
        winRate: 'Winning over ended episodes, from 0 to 1. Null when no episode ended.',
        avgRiskRatio: 'Mean of position notional over equity at entry. Null when equity is not known.',
        maxDrawdown:
          'Largest fall of the equity curve from its peak, from 0 to 1. Null when equity is not known.',
        maxProfit: 'Best episode. Unit: USD. Null when no episode ended.',
        maxLoss: 'Worst episode, negative. Unit: USD. Null when no episode ended.',
        sharpe: 'Mean over standard deviation of daily excess returns. Null with fewer than 7 days.',
        sortino: 'Mean over downside deviation of daily excess returns. Null with fewer than 7 days.',
        profitFactor: 'Gross wins over gross losses. Null with no loss yet.',
        consistency: 'Share of day, week and month with a positive ROI. Null when no ROI is known.',
        makerShare:
          'Maker notional over notional, from 0 to 1. Null when the feed does not tell maker from taker.',
        score: 'The trader score, up to 105. Null when it is not computed.',
        tier: {
          doc: 'The tier that it fits; `trackedTier` of the trader is the one that it was selected for.',
          type: enums.tier,
        },
        tags: { doc: 'What stands out.', type: [enums.tag] },
        categories: { doc: 'Its categories, the most confident first.', type: ['String'] },
        coins: { doc: 'Markets in which it has an open position.', type: ['String'] },
        firstSeen: { doc: 'Time of its first event.', type: 'Timestamp' },
        lastSeen: { doc: 'Time of its last event.', type: 'Timestamp' },
        truncated: 'True when history is missing, so that sums are incomplete.',
        asOf: { doc: 'Tape time at which it was computed.', type: 'Timestamp' },
      }),
      trader: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet.',
        resolve: (row, _args, _context, info) => relationOf<Rows['traders'] | null>(row, info),
        ...traderOf('address'),
      }),
    }),
  });
  builder.queryField('leaderboard', t =>
    rootList(builder, t, {
      node: types.leaderboardRow,
      listing: listings.leaderboard,
      description:
        'Traders by any column, in either direction; rows without a value come last in both. ' +
        'It is computed each hour and on demand, and an answer is at most 5 minutes old.',
      args: {
        window: t.arg({ type: enums.window, defaultValue: 'all', description: 'How far to look back.' }),
        sort: t.arg({ type: enums.leaderboardSort, defaultValue: 'rank', description: 'By which column.' }),
        direction: t.arg({
          type: enums.direction,
          description: 'Default: the best rank first, the most first of any other column.',
        }),
        tier: t.arg({ type: [enums.tier], description: 'Only these.' }),
        tag: t.arg({ type: [enums.tag], description: 'Only traders with one of these.' }),
        category: t.arg.stringList({ description: 'Only traders of one of these, such as `Scalper`.' }),
        coin: t.arg.string({ description: 'Only traders with an open position in this market.' }),
        minAccountValue: t.arg.float({
          description: 'Only traders whose equity is known to be at least this. Unit: USD.',
        }),
        activeSince: t.arg({ type: 'Timestamp', description: 'Only traders seen since.' }),
      },
      before: (_args, context) => context.leaderboard.fresh(),
      empty: async ({ coin, category }, context) => {
        await checkSubjects({ coin }, context);
        await checkCategories(category, context);
      },
    }),
  );
}
