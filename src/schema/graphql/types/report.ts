import { readAddress } from '../arguments.ts';
import type { StoredRow } from '../derived.ts';
import { entities, toStoredRow } from '../entities.ts';
import { unknownTrader } from '../existence.ts';
import { rootList } from '../list-field.ts';
import * as listings from '../listings.ts';
import { type FieldPlan, type FieldPlanStep, plainColumn, planFields, selectColumn } from '../sql/plan.ts';
import { queryOne } from '../sql/query-one.ts';
import type { Rows, Types } from './types.ts';

/** What the report is made of, by the name that it is selected under. */
const parts = {
  reportFeatures: 'wallet.features',
  reportScores: 'wallet.scores',
  reportCategories: 'wallet.categories',
} as const;
type Part = keyof typeof parts;

interface Category {
  readonly category: string;
  readonly confidence: number;
  readonly rule: string;
  readonly values: readonly { readonly name: string; readonly value: number }[];
}

/** Selects a part of the report once, whichever of its fields ask for it. */
function fromPart(part: Part, version = 1): FieldPlan {
  return step => {
    if (step.row.selected.has(`@${part}`)) return;
    toStoredRow({ id: parts[part], version }, row => plainColumn(row, 'address'))({ ...step, key: part });
  };
}

function partOf(row: object, part: Part): Readonly<Record<string, unknown>> | undefined {
  return ((row as Record<string, unknown>)[`@${part}`] as StoredRow | null | undefined)?.row;
}

/** The report on a trader's row: its fields join the trader's own statement. */
export function planReport({ row, nodes, types, info }: FieldPlanStep): void {
  planFields(row, types, nodes, info);
}

const scores = {
  bot: 'Likely automated, from 0 to 1.',
  risk: 'Risk taken, as a percentile of all wallets.',
  profitability: 'Expected profitability, as a percentile of all wallets.',
  sophistication: 'Skill of execution, as a percentile of all wallets.',
  influence: 'Influence on prices, at least 0.',
} as const;

/** The wallet profiling report. */
export function addReport(types: Types): void {
  const { builder } = types;
  const values = builder.objectRef<Category['values'][number]>('RuleValue').implement({
    description: 'A value that a rule read.',
    fields: t => ({
      name: t.exposeString('name', { description: 'What it is.' }),
      value: t.exposeFloat('value', { description: 'How much.' }),
    }),
  });
  const category = builder.objectRef<Category>('ReportedCategory').implement({
    description: 'A category that holds, and why.',
    fields: t => ({
      category: t.exposeString('category', { description: 'Its name.' }),
      confidence: t.exposeFloat('confidence', { description: 'From 0 to 1.' }),
      rule: t.exposeString('rule', { description: 'The rule that fired.' }),
      values: t.field({
        type: [values],
        description: 'The values that the rule read.',
        resolve: row => [...row.values],
      }),
    }),
  });
  builder.objectType(types.report, {
    description:
      'The profile of a wallet: its categories, its style, its five scores, how much and how long it trades.',
    fields: t => ({
      wallet: t.field({
        type: 'Address',
        description: 'The wallet.',
        resolve: row => row.address,
        extensions: { plan: ({ row }) => selectColumn(row, 'address') },
      }),
      categories: t.field({
        type: [category],
        description: 'Categories that hold, the most confident first.',
        resolve: row => [...((partOf(row, 'reportCategories')?.categories as Category[] | undefined) ?? [])],
        extensions: { plan: fromPart('reportCategories') },
      }),
      style: t.field({
        type: ['Float'],
        nullable: true,
        description:
          'Momentum, mean reversion, volatility trading, market making, trend following, contrarian; each in [-1, 1]. ' +
          'Null while no wallet model has scored the wallet.',
        resolve: row => (partOf(row, 'reportScores')?.style as number[] | undefined) ?? null,
        extensions: { plan: fromPart('reportScores') },
      }),
      ...Object.fromEntries(
        Object.entries(scores).map(([name, doc]) => [
          name,
          t.float({
            nullable: true,
            description: `${doc} Null while no wallet model has scored the wallet.`,
            resolve: row => (partOf(row, 'reportScores')?.[name] as number | undefined) ?? null,
            extensions: { plan: fromPart('reportScores') },
          }),
        ]),
      ),
      txCount: t.field({
        type: 'SafeInteger',
        nullable: true,
        description: 'Executions and HyperEVM transactions. Null while no features are computed.',
        resolve: row => (partOf(row, 'reportFeatures')?.txCount as number | undefined) ?? null,
        extensions: { plan: fromPart('reportFeatures') },
      }),
      ageDays: t.float({
        nullable: true,
        description: 'Last seen minus first seen. Unit: days. Null while no features are computed.',
        resolve: row => (partOf(row, 'reportFeatures')?.ageDays as number | undefined) ?? null,
        extensions: { plan: fromPart('reportFeatures') },
      }),
    }),
  });
  builder.queryFields(t => ({
    walletReport: t.field({
      type: types.report,
      description: 'The profile of one wallet.',
      args: { address: t.arg.string({ required: true, description: '`0x` and 40 hexadecimal digits.' }) },
      errors: {},
      resolve: async (_root, args, context, info) => {
        const address = readAddress(args.address, 'address');
        const row = await queryOne<Rows['traders']>(entities.traders, { address }, { context, info });
        if (row === undefined) throw unknownTrader(address, 'address');
        return row;
      },
    }),
    walletReports: rootList(builder, t, {
      node: types.report,
      listing: listings.reports,
      description: 'The profiles of all wallets, by address.',
      args: {
        minTxCount: t.arg.int({
          required: true,
          defaultValue: 1,
          description: 'Only wallets with at least as many transactions.',
        }),
        showUncategorised: t.arg.boolean({
          required: true,
          defaultValue: false,
          description: 'Wallets of no category, too.',
        }),
      },
    }),
  }));
}
