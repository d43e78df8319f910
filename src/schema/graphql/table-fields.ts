import { getColumns } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { planned } from './builder.ts';
import type { Scalars } from './scalars.ts';
import { fromColumns } from './sql/plan.ts';

type ScalarName = keyof Scalars | 'String' | 'Int' | 'Float' | 'Boolean';

/** What a field of a table's row shows: its sentence alone, or with a type that the column does not tell. */
export type TableField =
  | string
  | { readonly doc: string; readonly type?: unknown; readonly column?: string; readonly nullable?: boolean };

// Note: the fields follow a table's columns, which are known at run time only; the table itself is typed by drizzle.
interface FieldBuilder {
  field(options: Record<string, unknown>): never;
}

/**
 * Fields that show columns of a table as they are, each selected only where a request asks for it. The type and whether it may
 * be null come from the column.
 */
export function tableFields<Table extends PgTable>(
  t: unknown,
  table: Table,
  fields: Partial<Record<keyof Table['_']['columns'], TableField>> & Record<string, TableField>,
): Record<string, never> {
  const columns = getColumns(table) as Record<string, { notNull: boolean; getSQLType(): string }>;
  const made: Record<string, never> = {};
  for (const [name, field] of Object.entries(fields)) {
    const options = typeof field === 'string' ? { doc: field } : field;
    const property = options.column ?? name;
    const column = columns[property];
    if (column === undefined) throw new Error(`Expected a column "${property}" for the field "${name}".`);
    made[name] = (t as FieldBuilder).field({
      type: options.type ?? scalarOf(column.getSQLType()),
      nullable: options.nullable ?? !column.notNull,
      description: options.doc,
      resolve: (row: Record<string, unknown>) => row[property] ?? null,
      ...planned(fromColumns(property)),
    });
  }
  return made;
}

function scalarOf(type: string): ScalarName {
  if (type === 'bigint') return 'SafeInteger';
  if (type === 'integer') return 'Int';
  if (type === 'double precision') return 'Float';
  if (type === 'boolean') return 'Boolean';
  if (type === 'jsonb') return 'JSON';
  if (type.startsWith('numeric')) return 'Decimal';
  return 'String';
}

const time = (doc: string) => ({ doc, type: 'Timestamp' }) as const;

/** Where an output stands; the same four fields on every type that has them. */
export const outputFields = {
  seq: 'The event on the tape that caused it.',
  index: "Its place among that event's outputs.",
  eventTime: { ...time("The causing event's time, by the exchange."), column: 'tsEvent' },
  ingestTime: { ...time('When it could first be known here.'), column: 'tsIngest' },
} as const;

/** Where an event stands. */
export const eventFields = {
  seq: 'Its place on the tape.',
  eventTime: { ...time('When it happened, by the exchange.'), column: 'tsEvent' },
  ingestTime: { ...time('When it could first be known here.'), column: 'tsIngest' },
} as const;
