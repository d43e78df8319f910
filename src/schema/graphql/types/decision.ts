import { decisionCounts as countTable, decisions as decisionTable } from '../../tables/index.ts';
import { planned } from '../builder.ts';
import { checkPlugin } from '../existence.ts';
import { rootList } from '../list-field.ts';
import * as listings from '../listings.ts';
import { fromColumns } from '../sql/plan.ts';
import { outputFields, tableFields } from '../table-fields.ts';
import type { Types } from './types.ts';

interface Trace {
  readonly because: string;
  readonly trigger: string;
  readonly inputs: readonly { readonly ref: string; readonly key: string; readonly row: unknown }[];
}

/** What signals were, or were not, emitted on. */
export function addDecision(types: Types): void {
  const { builder } = types;
  const input = builder.objectRef<Trace['inputs'][number]>('TraceInput').implement({
    description: 'A row that a decision read.',
    fields: t => ({
      ref: t.exposeString('ref', { description: 'Of which ref.' }),
      key: t.exposeString('key', { description: 'Of which key.' }),
      row: t.field({
        type: 'JSON',
        nullable: true,
        description: 'The row as it stood then. Null when there was none.',
        resolve: read => read.row,
      }),
    }),
  });
  builder.objectType(types.trace, {
    description: 'What a decision was made on.',
    fields: t => ({
      because: t.string({ description: 'Why.', resolve: trace => (trace as Trace).because }),
      trigger: t.string({
        description: 'What caused the evaluation.',
        resolve: trace => (trace as Trace).trigger,
      }),
      inputs: t.field({
        type: [input],
        description: 'Every row that was read.',
        resolve: trace => [...(trace as Trace).inputs],
      }),
    }),
  });
  builder.objectType(types.decision, {
    description: 'The last evaluation of a signal for a key, emitted or not.',
    fields: t => ({
      ...tableFields(t, decisionTable, {
        plugin: 'Whose.',
        ref: "The signal's ref.",
        key: 'For what.',
        emitted: 'Whether a signal was emitted.',
        because: 'Why, or why not.',
        run: 'The run it was made in.',
        ...outputFields,
      }),
      trace: t.field({
        type: types.trace,
        description: 'What it was decided on.',
        resolve: row => row.trace,
        ...planned(fromColumns('trace')),
      }),
    }),
  });
  builder.objectType(types.decisionCount, {
    description: 'How often evaluations of a signal ended for one reason.',
    fields: t =>
      tableFields(t, countTable, {
        plugin: 'Whose.',
        emitted: 'Whether a signal was emitted.',
        because: 'Why, or why not; `#` stands for any number, so that it stays one reason.',
        count: 'How often.',
      }),
  });
  builder.queryFields(t => ({
    decisions: rootList(builder, t, {
      node: types.decision,
      listing: listings.decisions,
      description: 'The last evaluation of every signal and key, emitted or not, and why.',
      args: {
        plugin: t.arg.string({ description: 'Only of this plugin.' }),
        key: t.arg.string({ description: 'Only for this key.' }),
        emitted: t.arg.boolean({ description: 'Only those that did, or did not, emit.' }),
      },
      before: (args: listings.DecisionArgs, context) => {
        checkPlugin(args.plugin, context);
        return undefined;
      },
    }),
    decisionCounts: rootList(builder, t, {
      node: types.decisionCount,
      listing: listings.decisionCounts,
      description: 'How often each signal was emitted or held back for each reason.',
      args: {
        plugin: t.arg.string({ description: 'Only of this plugin.' }),
        emitted: t.arg.boolean({ description: 'Only those that did, or did not, emit.' }),
      },
      before: (args: listings.DecisionCountArgs, context) => {
        checkPlugin(args.plugin, context);
        return undefined;
      },
    }),
  }));
}
