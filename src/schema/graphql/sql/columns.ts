import { getColumns, getTableName } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';

/** One column as statements write and read it. */
export interface SqlColumn {
  /** The property's name, and the alias that it is selected under. */
  readonly property: string;
  readonly notNull: boolean;
  /** The column itself, for conditions and orders, such as `t1."ts_event"`. */
  readonly plain: string;
  /** The column in the form that both the driver and JSON give the same value of. */
  readonly selected: string;
  /** A placeholder in the column's type. */
  cast(placeholder: string): string;
  /** Whether a value of a cursor can be one of this column. */
  accepts(value: unknown): boolean;
}

/** A table of the schema. */
export type Table = PgTable;

interface Described {
  readonly name: string;
  readonly notNull: boolean;
  readonly type: string;
  readonly array: boolean;
}

const described = new WeakMap<PgTable, ReadonlyMap<string, Described>>();

function describe(table: PgTable): ReadonlyMap<string, Described> {
  let columns = described.get(table);
  if (columns === undefined) {
    columns = new Map(
      Object.entries(getColumns(table)).map(([property, column]) => [
        property,
        {
          name: column.name,
          notNull: column.notNull,
          type: column.getSQLType(),
          array: 'dimensions' in column && Number(column.dimensions) > 0,
        },
      ]),
    );
    described.set(table, columns);
  }
  return columns;
}

/** The names of a table's properties. */
export function propertiesOf(table: PgTable): string[] {
  return [...describe(table).keys()];
}

/** A column of a table under an alias. Throws when the table has no such property: a mistake in the schema's code. */
export function columnOf(table: PgTable, alias: string, property: string): SqlColumn {
  const column = describe(table).get(property);
  if (column === undefined) {
    throw new Error(`Expected a column of "${getTableName(table)}", found "${property}". Correct the field.`);
  }
  const plain = `${alias}."${column.name}"`;
  return {
    property,
    notNull: column.notNull,
    plain,
    selected: column.array ? `to_json(${plain})` : selected(plain, column.type),
    cast: placeholder => cast(placeholder, column.type),
    accepts: value => (value === null ? !column.notNull : accepts(value, column.type)),
  };
}

// Note: a driver reads `bigint` as text or BigInt and JSON as a number; `numeric` the other way round. Cast, both agree.
function selected(plain: string, type: string): string {
  if (type === 'bigint') return `${plain}::float8`;
  if (type.startsWith('numeric')) return `${plain}::text`;
  if (type === 'bytea') return `'0x' || encode(${plain}, 'hex')`;
  return plain;
}

function cast(placeholder: string, type: string): string {
  if (type === 'bytea') return `decode(substr(${placeholder}::text, 3), 'hex')`;
  if (type.startsWith('text')) return `${placeholder}::text`;
  return `${placeholder}::${type}`;
}

function accepts(value: unknown, type: string): boolean {
  if (type === 'bigint' || type === 'integer') return Number.isSafeInteger(value);
  if (type === 'double precision') return typeof value === 'number';
  if (type === 'boolean') return typeof value === 'boolean';
  if (type.startsWith('numeric'))
    return typeof value === 'string' && /^-?\d{1,400}(\.\d{1,400})?$/.test(value);
  return typeof value === 'string' && !value.includes('\0');
}

/** A table's name as a statement writes it. */
export function tableName(table: PgTable): string {
  return `"${getTableName(table)}"`;
}
