import { traders as table } from '../../tables/index.ts';
import { readAddress } from '../arguments.ts';
import { planned } from '../builder.ts';
import type { StoredRow } from '../derived.ts';
import { entities, toStoredRow } from '../entities.ts';
import { checkCategories, checkSubjects, unknownTrader } from '../existence.ts';
import { relatedList, rootList } from '../list-field.ts';
import * as listings from '../listings.ts';
import { plainColumn, relationOf, toOne } from '../sql/plan.ts';
import { queryOne } from '../sql/query-one.ts';
import { tableFields } from '../table-fields.ts';
import { timeArgs } from './arguments.ts';
import { planReport } from './report.ts';
import type { Rows, Types } from './types.ts';

/** Wallets: what was seen of them, and everything that plugins say of them. */
export function addTrader(types: Types): void {
  const { builder, enums } = types;
  builder.objectType(types.trader, {
    description: 'A wallet that was seen on the tape, or that an operator tracks.',
    fields: t => ({
      ...tableFields(t, table, {
        address: { doc: 'The wallet.', type: 'Address' },
        firstSeen: { doc: 'Time of the first event that named it.', type: 'Timestamp' },
        lastSeen: {
          doc: 'Beginning of the hour of the last event that named it; `wallet.performance` has the exact time of its last trade.',
          type: 'Timestamp',
        },
        source: 'The kind of event that named it first, such as `trade` or `leaderboard`.',
        tracked: 'Whether the platform follows it.',
        trackedBy:
          'By whom: `hand`, `selection` or `tape`. When it is not tracked: `hand` if it was removed by hand, else null.',
        trackedTier: {
          doc: 'The tier that it was selected for, which may be lower than the one that `traderTier` says it fits. Null when it was not selected.',
          type: enums.tier,
        },
        trackedSince: {
          doc: 'When it was added by hand or by the selection. Null when it was not.',
          type: 'Timestamp',
        },
        displayName:
          "The name that it shows on the exchange's leaderboard, or its name as a vault. Null when it shows none.",
        isVault: 'Whether it is a vault.',
        discoveredIn: 'The market in which discovery met it first. Null when discovery has not met it.',
        accountValue: {
          doc: 'Equity over all markets, as last told. Unit: USD. Null when no source has told it.',
          type: 'Decimal',
        },
        seq: 'The event on the tape that changed this row last.',
      }),
      ...Object.fromEntries(
        types.derived
          .filter(({ ref }) => ref.entity === 'trader' && ref.kind !== 'signal')
          .map(({ ref, fieldName, object }) => [
            fieldName,
            t.field({
              type: object,
              nullable: true,
              description: `${ref.doc} Null while its provider has nothing to say of the wallet.`,
              resolve: (row, _args, _context, info) => relationOf<StoredRow | null>(row, info),
              ...planned(toStoredRow(ref, row => plainColumn(row, 'address'))),
            }),
          ]),
      ),
      leaderboardRow: t.field({
        type: types.leaderboardRow,
        nullable: true,
        description: 'Its row of the leaderboard. Null before the leaderboard was computed with it.',
        args: { window: t.arg({ type: enums.window, defaultValue: 'all', description: 'Default: all.' }) },
        resolve: (row, _args, _context, info) => relationOf<Rows['leaderboard'] | null>(row, info),
        extensions: {
          plan: step => {
            const window = String(step.args.window ?? 'all');
            toOne(
              entities.leaderboard,
              (row, child) =>
                `${plainColumn(child, 'address')} = ${plainColumn(row, 'address')} and ` +
                `${plainColumn(child, 'window')} = ${row.parameters.bind(window)}::text`,
            )(step);
          },
        },
      }),
      selection: t.field({
        type: types.selectionVerdict,
        nullable: true,
        description:
          'Why the last selection tracks it, or left it out. Null when it was not considered: its score is too low or not known.',
        resolve: (row, _args, _context, info) => relationOf<Rows['selection'] | null>(row, info),
        ...planned(
          toOne(
            entities.selection,
            (row, child) => `${plainColumn(child, 'address')} = ${plainColumn(row, 'address')}`,
          ),
        ),
      }),
      positions: relatedList(builder, t, {
        node: types.position,
        listing: listings.positions,
        description: 'Its positions; the open ones unless asked otherwise.',
        args: {
          coin: t.arg.string({ description: 'Only this market.' }),
          open: t.arg.boolean({ defaultValue: true, description: 'False: flat ones, too.' }),
          side: t.arg({ type: enums.positionSide, description: 'Only this side.' }),
          sort: t.arg({ type: enums.positionSort, defaultValue: 'trader', description: 'By what.' }),
          direction: t.arg({
            type: enums.direction,
            defaultValue: 'ascending',
            description: 'Default: ascending.',
          }),
        },
        joins: (row, child) => `${plainColumn(child, 'address')} = ${plainColumn(row, 'address')}`,
      }),
      positionEvents: relatedList(builder, t, {
        node: types.positionEvent,
        listing: listings.positionEvents,
        description: 'Changes of its positions, newest first.',
        args: {
          coin: t.arg.string({ description: 'Only this market.' }),
          action: t.arg({ type: [enums.action], description: 'Only these.' }),
          minNotionalUsd: t.arg.float({ description: 'Only changes of at least this notional.' }),
          ...timeArgs(t, enums),
        },
        joins: (row, child) => `${plainColumn(child, 'address')} = ${plainColumn(row, 'address')}`,
      }),
      fills: relatedList(builder, t, {
        node: types.fill,
        listing: listings.fills,
        description: 'Its fills, from its own feed, newest first.',
        args: {
          coin: t.arg.string({ description: 'Only this market.' }),
          side: t.arg({ type: enums.side, description: 'Only this side.' }),
          ...timeArgs(t, enums),
        },
        joins: (row, child) => `${plainColumn(child, 'wallet')} = ${plainColumn(row, 'address')}`,
      }),
      trades: relatedList(builder, t, {
        node: types.trade,
        listing: listings.trades,
        description: 'Stored matches on the public tape in which it stood on either side, newest first.',
        args: {
          coin: t.arg.string({ description: 'Only this market.' }),
          minNotionalUsd: t.arg.float({ description: 'Only matches of at least this notional.' }),
          ...timeArgs(t, enums),
        },
        joins: (row, child) =>
          `${plainColumn(row, 'address')} in (${plainColumn(child, 'buyer')}, ${plainColumn(child, 'seller')})`,
      }),
      signals: relatedList(builder, t, {
        node: types.signal,
        listing: listings.signals,
        description: 'Signals about it, newest first.',
        args: timeArgs(t, enums),
        joins: (row, child) => `${plainColumn(child, 'trader')} = ${plainColumn(row, 'address')}`,
      }),
      alerts: relatedList(builder, t, {
        node: types.alert,
        listing: listings.alerts,
        description: 'Alerts about it, newest first.',
        args: {
          severity: t.arg({ type: [enums.severity], description: 'Only these.' }),
          ...timeArgs(t, enums),
        },
        joins: (row, child) => `${plainColumn(child, 'trader')} = ${plainColumn(row, 'address')}`,
      }),
      categoryChanges: relatedList(builder, t, {
        node: types.categoryChange,
        listing: listings.categoryChanges,
        description: 'How its categories changed, newest first.',
        args: { ref: t.arg.string({ description: 'Only of this ref.' }), ...timeArgs(t, enums) },
        joins: (row, child) => `${plainColumn(child, 'key')} = ${plainColumn(row, 'address')}`,
      }),
      report: t.field({
        type: types.report,
        description: 'Its profile in short.',
        resolve: row => row,
        extensions: { plan: planReport },
      }),
    }),
  });
  builder.queryFields(t => ({
    trader: t.field({
      type: types.trader,
      description: 'One wallet, by its address in any letter case.',
      args: { address: t.arg.string({ required: true, description: '`0x` and 40 hexadecimal digits.' }) },
      errors: {},
      resolve: async (_root, args, context, info) => {
        const address = readAddress(args.address, 'address');
        const row = await queryOne<Rows['traders']>(entities.traders, { address }, { context, info });
        if (row === undefined) throw unknownTrader(address, 'address');
        return row;
      },
    }),
    traders: rootList(builder, t, {
      node: types.trader,
      listing: listings.traders,
      description: 'Wallets, by address unless asked otherwise.',
      args: {
        tracked: t.arg.boolean({ description: 'Only those that are, or are not, tracked.' }),
        category: t.arg.string({ description: 'Only those of this category, such as `Whale`.' }),
        minAccountValue: t.arg.float({
          description: 'Only those whose equity is known to be at least this. Unit: USD.',
        }),
        activeSince: t.arg({
          type: 'Timestamp',
          description: 'Only those seen since, rounded down to the hour: `lastSeen` is kept no more exactly.',
        }),
        sort: t.arg({ type: enums.traderSort, defaultValue: 'address', description: 'By what.' }),
        direction: t.arg({
          type: enums.direction,
          defaultValue: 'ascending',
          description: 'Default: ascending.',
        }),
      },
      empty: ({ category }, context) => checkCategories(category, context),
    }),
    positions: rootList(builder, t, {
      node: types.position,
      listing: listings.positions,
      description: 'Positions; the open ones unless asked otherwise.',
      args: {
        trader: t.arg.string({ description: 'Only of this wallet.' }),
        coin: t.arg.string({ description: 'Only in this market.' }),
        open: t.arg.boolean({ defaultValue: true, description: 'False: flat ones, too.' }),
        side: t.arg({ type: enums.positionSide, description: 'Only this side.' }),
        sort: t.arg({ type: enums.positionSort, defaultValue: 'trader', description: 'By what.' }),
        direction: t.arg({
          type: enums.direction,
          defaultValue: 'ascending',
          description: 'Default: ascending.',
        }),
      },
      empty: checkSubjects,
    }),
  }));
}
