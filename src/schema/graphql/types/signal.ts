import {
  alerts as alertTable,
  categoryEvents as categoryTable,
  signals as signalTable,
} from '../../tables/index.ts';
import type { Builder } from '../builder.ts';
import { planned } from '../builder.ts';
import type { DerivedType, StoredRow } from '../derived.ts';
import { entities } from '../entities.ts';
import { checkCategories, checkPlugin, checkRef, checkSubjects } from '../existence.ts';
import { rootList } from '../list-field.ts';
import * as listings from '../listings.ts';
import { fromColumns, plainColumn, relationOf, toOne } from '../sql/plan.ts';
import { outputFields, tableFields } from '../table-fields.ts';
import { timeArgs } from './arguments.ts';
import { marketOf, traderOf } from './position.ts';
import type { Rows, Types } from './types.ts';

/** The union of the types of all refs of one kind, or undefined when no plugin provides any. */
export function unionOf(
  builder: Builder,
  name: string,
  description: string,
  members: readonly DerivedType[],
) {
  if (members.length === 0) return undefined;
  return builder.unionType(name, {
    description,
    types: members.map(({ object }) => object),
    resolveType: value => {
      const { ref, version } = value as StoredRow;
      return members.find(member => member.ref.id === ref && member.ref.version === version)?.name;
    },
  });
}

/** Signals, alerts and changes of categories. */
export function addSignal(types: Types): void {
  const { builder, enums } = types;
  const evidence = unionOf(
    builder,
    'SignalEvidence',
    'What a signal says, in the type of its ref.',
    types.derived.filter(({ ref }) => ref.kind === 'signal'),
  );
  const category = unionOf(
    builder,
    'CategoryRow',
    'What a classifier says, in the type of its ref.',
    types.derived.filter(({ ref }) => ref.kind === 'category'),
  );
  builder.objectType(types.signal, {
    description: 'A signal that was emitted.',
    fields: t => ({
      ...tableFields(t, signalTable, {
        plugin: 'Who emitted it.',
        ref: 'Its ref.',
        version: "Its ref's version.",
        key: 'What it is about.',
        coin: 'The market that it is about. Null when it is about none.',
        trader: { doc: 'The wallet that it is about. Null when it is about none.', type: 'Address' },
        values: { doc: 'Its row, as JSON.', column: 'row' },
        run: 'The run it was emitted in.',
        ...outputFields,
      }),
      ...(evidence === undefined
        ? {}
        : {
            evidence: t.field({
              type: evidence,
              nullable: true,
              description: 'Its row, typed. Null when no planned plugin provides its ref any more.',
              resolve: row => typed(row, types.derived),
              ...planned(
                fromColumns('row', 'ref', 'version', 'key', 'seq', 'tsEvent', 'tsIngest', 'plugin', 'run'),
              ),
            }),
          }),
      trace: t.field({
        type: types.trace,
        description: 'What it was decided on.',
        resolve: row => row.trace,
        ...planned(fromColumns('trace')),
      }),
      market: t.field({
        type: types.coin,
        nullable: true,
        description: 'The market that it is about.',
        resolve: (row, _args, _context, info) => relationOf<{ coin: string } | null>(row, info),
        ...marketOf('coin'),
      }),
      wallet: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet that it is about.',
        resolve: (row, _args, _context, info) => relationOf<Rows['traders'] | null>(row, info),
        ...traderOf('trader'),
      }),
    }),
  });
  builder.objectType(types.alert, {
    description: "A signal that is worth somebody's attention at once.",
    fields: t => ({
      ...tableFields(t, alertTable, {
        plugin: 'Who raised it.',
        ref: 'The ref of its signal.',
        key: 'What it is about.',
        severity: { doc: 'How urgent.', type: enums.severity },
        title: 'One line for people.',
        trader: { doc: 'The wallet concerned. Null when it is none.', type: 'Address' },
        coin: 'The market concerned. Null when it is none.',
        expiresAt: { doc: 'Until when it is worth reading.', type: 'Timestamp' },
        values: { doc: "The signal's row, as JSON.", column: 'row' },
        latencyMs: "From the exchange's time to the moment it was raised. Unit: ms.",
        run: 'The run it was raised in.',
        ...outputFields,
      }),
      signal: t.field({
        type: types.signal,
        nullable: true,
        description: 'The signal that it was raised for. Null when retention has removed it.',
        resolve: (row, _args, _context, info) => relationOf<Rows['signals'] | null>(row, info),
        ...planned(
          toOne(
            entities.signals,
            (row, child) =>
              `${plainColumn(child, 'seq')} = ${plainColumn(row, 'signalSeq')} and ` +
              `${plainColumn(child, 'index')} = ${plainColumn(row, 'signalIndex')}`,
          ),
        ),
      }),
      wallet: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet concerned.',
        resolve: (row, _args, _context, info) => relationOf<Rows['traders'] | null>(row, info),
        ...traderOf('trader'),
      }),
    }),
  });
  builder.objectType(types.categoryChange, {
    description: 'A change of what a classifier says.',
    fields: t => ({
      ...tableFields(t, categoryTable, {
        plugin: 'Who says it.',
        ref: 'The ref.',
        version: "The ref's version.",
        key: 'Of what.',
        values: { doc: 'The new row, as JSON. Null when the category was withdrawn.', column: 'row' },
        previous: 'The row before, as JSON. Null at the first.',
        run: 'The run it was made in.',
        ...outputFields,
      }),
      ...(category === undefined
        ? {}
        : {
            row: t.field({
              type: category,
              nullable: true,
              description:
                'The new row, typed. Null when the category was withdrawn, and when no planned plugin provides its ref any more.',
              resolve: row => typed(row, types.derived),
              ...planned(
                fromColumns('row', 'ref', 'version', 'key', 'seq', 'tsEvent', 'tsIngest', 'plugin', 'run'),
              ),
            }),
          }),
      wallet: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet, where it is about one.',
        resolve: (row, _args, _context, info) => relationOf<Rows['traders'] | null>(row, info),
        ...traderOf('key'),
      }),
    }),
  });
  builder.queryFields(t => ({
    signals: rootList(builder, t, {
      node: types.signal,
      listing: listings.signals,
      description:
        'Emitted signals, newest first. Their cursors are those of the subscription `signalEmitted`.',
      args: {
        ref: t.arg.string({ description: 'Only of this ref, such as `smart-money.bias`.' }),
        plugin: t.arg.string({ description: 'Only of this plugin.' }),
        coin: t.arg.string({ description: 'Only about this market.' }),
        trader: t.arg.string({ description: 'Only about this wallet.' }),
        action: t.arg.string({ description: 'Only rows whose field `action` is this, such as `BUY`.' }),
        ...timeArgs(t, enums),
      },
      before: (args: listings.SignalArgs, context) => {
        checkRef(args.ref, types.refs, { kinds: ['signal'] });
        checkPlugin(args.plugin, context);
        return undefined;
      },
      empty: checkSubjects,
    }),
    alerts: rootList(builder, t, {
      node: types.alert,
      listing: listings.alerts,
      description: 'Alerts, newest first. Their cursors are those of the subscription `alertRaised`.',
      args: {
        severity: t.arg({ type: [enums.severity], description: 'Only these.' }),
        trader: t.arg.string({ description: 'Only about this wallet.' }),
        coin: t.arg.string({ description: 'Only about this market.' }),
        activeAt: t.arg({
          type: 'Timestamp',
          description: 'Only those that had been raised and not expired then.',
        }),
        ...timeArgs(t, enums),
      },
      empty: checkSubjects,
    }),
    categoryChanges: rootList(builder, t, {
      node: types.categoryChange,
      listing: listings.categoryChanges,
      description:
        'How categories changed, newest first. Their cursors are those of the subscription `walletClassified`.',
      args: {
        trader: t.arg.string({ description: 'Only of this wallet.' }),
        ref: t.arg.string({ description: 'Only of this ref.' }),
        category: t.arg.string({ description: 'Only changes after which this category holds.' }),
        ...timeArgs(t, enums),
      },
      before: (args: listings.CategoryChangeArgs) => {
        checkRef(args.ref, types.refs, { kinds: ['category'] });
        return undefined;
      },
      empty: async (args, context) => {
        await checkSubjects(args, context);
        await checkCategories(args.category, context);
      },
    }),
  }));
}

/** The row for a union: null when its ref has no type in this schema, and where there is no row. */
function typed(row: unknown, derived: readonly DerivedType[]): StoredRow | null {
  const stored = row as StoredRow;
  if (stored.row === null) return null;
  const known = derived.some(({ ref }) => ref.id === stored.ref && ref.version === stored.version);
  return known ? stored : null;
}
