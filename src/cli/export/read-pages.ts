import { UserError } from '../../core/errors.ts';
import { hashText } from '../../schema/tables/columns.ts';
import type { Connection } from './connections.ts';

/** The part of the store that an export reads. */
export interface Queries {
  query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

export type ValueKind = 'text' | 'integer' | 'number' | 'boolean' | 'json';

export interface ExportColumn {
  readonly name: string;
  readonly kind: ValueKind;
}

export type ExportValue = string | number | boolean | null;

/** A table or the rows of a ref, page by page in the order of its key. */
export interface Pages {
  readonly columns: readonly ExportColumn[];
  readonly total: number;
  read(): AsyncGenerator<readonly (readonly ExportValue[])[]>;
}

interface DatabaseColumn {
  readonly column: string;
  readonly type: string;
}

const pageRows = 5_000;

/**
 * Prepares reading a connection: all of its columns; of a ref's rows, the ref's own fields in place of the JSON.
 *
 * @throws UserError `EXPORT_UNKNOWN` when the database has no such table.
 */
export async function openPages(database: Queries, connection: Connection): Promise<Pages> {
  const { table, ref } = connection;
  const columns = await database.query<DatabaseColumn>(
    `select column_name as "column", udt_name as type from information_schema.columns
     where table_schema = 'public' and table_name = $1 order by ordinal_position`,
    [table],
  );
  if (columns.length === 0) {
    throw new UserError(
      'EXPORT_UNKNOWN',
      `Expected the database to have the table ${table}, found none. Start the platform on it once, or name its database with --database.`,
    );
  }
  const keys = await keyColumns(database, table);
  const where = ref === undefined ? '' : `where ref = $1`;
  const counted = await database.query<{ count: number }>(
    `select count(*)::float8 as count from ${quoted(table)} ${where}`,
    ref === undefined ? [] : [ref],
  );
  const fields = ref === undefined ? undefined : await fieldsOfRows(database, ref);
  const kept = fields === undefined ? columns : columns.filter(({ column }) => rowColumns.includes(column));
  return {
    columns: [
      ...kept.map(({ column, type }) => ({ name: camelCase(column), kind: kindOf(type) })),
      ...(fields ?? []),
    ],
    total: counted[0]?.count ?? 0,
    read: () => readAll(database, { table, ref, keys, columns, kept, fields }),
  };
}

/** Of a stored row: what is said beside the ref's own fields. */
const rowColumns: readonly string[] = ['key', 'seq', 'ts_event', 'ts_ingest', 'version', 'stale'];

interface Reading {
  readonly table: string;
  readonly ref: string | undefined;
  readonly keys: readonly DatabaseColumn[];
  readonly columns: readonly DatabaseColumn[];
  readonly kept: readonly DatabaseColumn[];
  readonly fields: readonly ExportColumn[] | undefined;
}

async function* readAll(
  database: Queries,
  { table, ref, keys, columns, kept, fields }: Reading,
): AsyncGenerator<readonly (readonly ExportValue[])[]> {
  const names = keys.map(key => quoted(key.column)).join(', ');
  const types = new Map(columns.map(({ column, type }) => [column, type]));
  let last: readonly unknown[] | undefined;
  for (;;) {
    const parameters: unknown[] = [];
    const bind = (value: unknown, type: string) => `$${parameters.push(value)}::${type}`;
    const conditions: string[] = [];
    if (ref !== undefined) conditions.push(`ref = ${bind(ref, 'text')}`);
    if (last !== undefined) {
      const bound = keys.map((key, index) => bind(last?.[index], key.type));
      conditions.push(`(${names}) > (${bound.join(', ')})`);
    }
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
    const rows = await database.query<Record<string, unknown>>(
      `select * from ${quoted(table)} ${where} order by ${names} limit ${pageRows}`,
      parameters,
    );
    if (rows.length === 0) return;
    yield rows.map(row => [
      ...kept.map(({ column }) => columnValue(row[column], types.get(column) ?? 'text')),
      ...(fields ?? []).map(field =>
        fieldValue((row.row as Record<string, unknown>)[field.name], field.kind),
      ),
    ]);
    if (rows.length < pageRows) return;
    last = keys.map(key => rows.at(-1)?.[key.column]);
  }
}

async function keyColumns(database: Queries, table: string): Promise<DatabaseColumn[]> {
  return database.query<DatabaseColumn>(
    `select a.attname as "column", t.typname as type
     from pg_index i
       cross join lateral unnest(i.indkey) with ordinality as k(number, place)
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
       join pg_type t on t.oid = a.atttypid
     where i.indrelid = to_regclass($1) and i.indisprimary
     order by k.place`,
    [`public.${quoted(table)}`],
  );
}

/** The fields of a ref's rows, as the rows themselves have them: a ref may be a stranger's. */
async function fieldsOfRows(database: Queries, ref: string): Promise<ExportColumn[]> {
  const found = await database.query<{ name: string; types: string[] }>(
    `select f.key as name, array_agg(distinct jsonb_typeof(f.value)) as types
     from (select row from rows where ref = $1 limit 2000) r, jsonb_each(r.row) f
     group by f.key order by f.key`,
    [ref],
  );
  const order = await database.query<{ row: Record<string, unknown> }>(
    `select row from rows where ref = $1 limit 1`,
    [ref],
  );
  const first = Object.keys(order[0]?.row ?? {});
  const place = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length);
  return found
    .toSorted((a, b) => place(a.name) - place(b.name))
    .map(({ name, types }) => ({ name, kind: kindOfJson(types.filter(type => type !== 'null')) }));
}

function kindOfJson(types: readonly string[]): ValueKind {
  if (types.length !== 1) return types.length === 0 ? 'number' : 'json';
  return ({ number: 'number', string: 'text', boolean: 'boolean' } as const)[types[0]!] ?? 'json';
}

function kindOf(type: string): ValueKind {
  if (['int2', 'int4', 'int8'].includes(type)) return 'integer';
  if (['float4', 'float8'].includes(type)) return 'number';
  if (type === 'bool') return 'boolean';
  return type === 'jsonb' || type === 'json' || type.startsWith('_') ? 'json' : 'text';
}

function columnValue(value: unknown, type: string): ExportValue {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return hashText(value);
  return fieldValue(value, kindOf(type));
}

function fieldValue(value: unknown, kind: ValueKind): ExportValue {
  if (value === null || value === undefined) return null;
  if (kind === 'json' || typeof value === 'object') return JSON.stringify(value);
  return value as ExportValue;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
