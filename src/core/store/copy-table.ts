import { getColumns } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import type { CopyBuffer } from './copy-buffer.ts';

type Write<Item> = (out: CopyBuffer, item: Item) => void;

/** How items become rows of a table. */
export interface CopyTable<Item> {
  readonly name: string;
  /** The table and its columns, as COPY wants them. */
  readonly target: string;
  /** The same for the stage, a temporary table from which rows are merged. */
  readonly stageTarget: string;
  readonly createStage: string;
  /** Moves the stage's rows into the table. */
  readonly merge: string;
  /** The same, by another rule. */
  mergeAs(conflict: Conflict): string;
  /** True when keys are expected to be new, so that rows go to the table without a stage. */
  readonly append: boolean;
  encode(out: CopyBuffer, item: Item): void;
}

/** How a staged row meets one of the same key. */
export type Conflict =
  /** The stored row stays; keys are expected to be new. */
  | 'append'
  /** The same, but one that comes later corrects the stored row. */
  | 'correct'
  /** The later one on the tape stays. */
  | 'latest'
  /** Of a latest table: another row or mark takes the stored one's place, whichever is later. */
  | 'different'
  /** Assignments of an `on conflict do update`, with `t` and `excluded`. */
  | { readonly set: string };

/**
 * Describes how items are written to a table: one writer for each of its columns, none forgotten.
 */
export function copyTable<Table extends PgTable, Item>(
  table: Table,
  conflict: Conflict,
  columns: { readonly [Name in keyof Table['_']['columns']]: Write<Item> },
): CopyTable<Item> {
  const { name, primaryKeys } = getTableConfig(table);
  const known = getColumns(table) as Record<string, { name: string; primary: boolean }>;
  const names = Object.keys(columns).map(key => known[key]!.name);
  const key =
    primaryKeys[0]?.columns.map(column => column.name) ??
    Object.values(known)
      .filter(column => column.primary)
      .map(column => column.name);
  const list = names.map(quoted).join(', ');
  const writes = Object.values(columns) as Write<Item>[];
  const keys = key.map(quoted).join(', ');
  // Note: one statement cannot change a row twice, so of the staged rows of a key only the last is taken.
  const staged = (rule: Conflict) =>
    rule === 'correct'
      ? `select distinct on (${keys}) ${list} from ${quoted(`stage_${name}`)} order by ${keys}, seq desc`
      : `select ${list} from ${quoted(`stage_${name}`)}${names.includes('seq') ? ' order by seq' : ''}`;
  const mergeAs = (rule: Conflict) =>
    `insert into ${quoted(name)} as t (${list}) ${staged(rule)} on conflict (${keys}) ${action(rule, names, key)}`;
  return {
    name,
    target: `${quoted(name)} (${list})`,
    stageTarget: `${quoted(`stage_${name}`)} (${list})`,
    createStage: `create temporary table if not exists ${quoted(`stage_${name}`)} (like ${quoted(name)}) on commit delete rows`,
    merge: mergeAs(conflict),
    mergeAs,
    append: conflict === 'append' || conflict === 'correct',
    encode(out, item) {
      out.row(writes.length);
      for (const write of writes) write(out, item);
    },
  };
}

function action(conflict: Conflict, names: string[], key: string[]): string {
  if (conflict === 'append') return 'do nothing';
  if (typeof conflict !== 'string') return `do update set ${conflict.set}`;
  const changes = names
    .filter(name => !key.includes(name))
    .map(name => `${quoted(name)} = excluded.${quoted(name)}`);
  const later = names.includes('index')
    ? '(excluded.seq, excluded.index) >= (t.seq, t.index)'
    : 'excluded.seq >= t.seq';
  const isOther = '(t.row, t.stale) is distinct from (excluded.row, excluded.stale)';
  return `do update set ${changes.join(', ')} where ${conflict === 'different' ? isOther : later}`;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
