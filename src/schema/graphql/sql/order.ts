import type { PgTable } from 'drizzle-orm/pg-core';
import type { CursorValue } from '../cursor.ts';
import { columnOf } from './columns.ts';

/** One column that rows are ordered by; rows without a value come last in either direction. */
export interface OrderTerm {
  readonly property: string;
  readonly descending: boolean;
}

export interface OrderedBy {
  readonly table: PgTable;
  readonly alias: string;
  /** The last of them make the order total. */
  readonly terms: readonly OrderTerm[];
}

/** The `order by` list, reversed for reading backwards. */
export function orderList({ table, alias, terms }: OrderedBy, reversed: boolean): string {
  return terms
    .map(({ property, descending }) => {
      const column = columnOf(table, alias, property);
      const direction = descending !== reversed ? 'desc' : 'asc';
      // Note: without this clause Postgres puts nulls first when descending; columns that have none keep their index.
      const nulls = column.notNull ? '' : reversed ? ' nulls first' : ' nulls last';
      return `${column.plain} ${direction}${nulls}`;
    })
    .join(', ');
}

/** The condition of the rows that come after (or before) the row with the given values. */
export function beyond(
  { table, alias, terms }: OrderedBy,
  values: readonly CursorValue[],
  side: 'after' | 'before',
  bind: (value: unknown) => string,
): string {
  const columns = terms.map(({ property }) => columnOf(table, alias, property));
  const places = columns.map((column, index) =>
    values[index] === null ? 'null' : column.cast(bind(values[index])),
  );
  const descending = terms[0]?.descending ?? false;
  if (columns.every(column => column.notNull) && terms.every(term => term.descending === descending)) {
    const sign = descending === (side === 'after') ? '<' : '>';
    return `(${columns.map(column => column.plain).join(', ')}) ${sign} (${places.join(', ')})`;
  }
  const alternatives: string[] = [];
  for (let index = 0; index < terms.length; index++) {
    const strict = strictly(columns[index]!.plain, places[index]!, {
      isNull: values[index] === null,
      nullable: !columns[index]!.notNull,
      side,
      descending: terms[index]!.descending,
    });
    if (strict === undefined) continue;
    const equal = columns
      .slice(0, index)
      .map((column, before) =>
        values[before] === null ? `${column.plain} is null` : `${column.plain} = ${places[before]}`,
      );
    alternatives.push([...equal, strict].join(' and '));
  }
  return alternatives.length === 0 ? 'false' : `(${alternatives.join(' or ')})`;
}

function strictly(
  column: string,
  place: string,
  at: { isNull: boolean; nullable: boolean; side: 'after' | 'before'; descending: boolean },
): string | undefined {
  if (at.isNull) return at.side === 'after' ? undefined : `${column} is not null`;
  const sign = at.descending === (at.side === 'after') ? '<' : '>';
  const compared = `${column} ${sign} ${place}`;
  return at.nullable && at.side === 'after' ? `(${compared} or ${column} is null)` : compared;
}
