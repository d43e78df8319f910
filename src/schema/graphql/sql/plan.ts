import type { PgTable } from 'drizzle-orm/pg-core';
import type { FieldNode, GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import { columnOf, tableName } from './columns.ts';
import { argumentsOf, compositeTypeOf, objectTypesOf, selectedFields } from './selection.ts';

/*
 * A request becomes one SQL statement. Each field that needs more than its parent's row says so by a `plan` function in its
 * extensions: it adds columns, or a subselect whose rows come back as JSON, to the statement of its parent. The resolvers then
 * only read what is there. See docs/decisions for why this is done here and not by a library.
 */

/** Where the rows of a type come from. */
export interface Entity {
  readonly table: PgTable;
  /** What stands after `from`, when it is not the table itself. */
  readonly from?: string;
}

/** The parameters of a statement that is being written. */
export interface Parameters {
  readonly values: unknown[];
  /** Adds a value and answers its placeholder. */
  bind(value: unknown): string;
  /** An alias that the statement has not used yet. */
  alias(): string;
}

export function createParameters(): Parameters {
  const values: unknown[] = [];
  let aliases = 0;
  return {
    values,
    bind: value => `$${values.push(value)}`,
    alias: () => `t${aliases++}`,
  };
}

/** The rows of one entity in a statement, and what is selected of them. */
export interface RowPlan {
  readonly entity: Entity;
  readonly alias: string;
  readonly parameters: Parameters;
  /** Response path of the row below the root field, for messages. */
  readonly path: string;
  /** Expressions by the name that they are selected under. */
  readonly selected: Map<string, string>;
}

/** What a field's plan function is given. */
export interface FieldPlanStep {
  readonly row: RowPlan;
  /** The response key: two aliases of one field are two steps. */
  readonly key: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly nodes: readonly FieldNode[];
  /** The object types that the field may answer with. */
  readonly types: readonly GraphQLObjectType[];
  readonly info: GraphQLResolveInfo;
}

export type FieldPlan = (step: FieldPlanStep) => void;

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    plan?: FieldPlan;
  }
}

export function createRowPlan(entity: Entity, parameters: Parameters, path: string): RowPlan {
  return { entity, alias: parameters.alias(), parameters, path, selected: new Map() };
}

/** Selects a column of the row under its property's name. */
export function selectColumn(row: RowPlan, property: string): void {
  if (row.selected.has(property)) return;
  row.selected.set(property, columnOf(row.entity.table, row.alias, property).selected);
}

/** The column itself, for conditions. */
export function plainColumn(row: Pick<RowPlan, 'entity' | 'alias'>, property: string): string {
  return columnOf(row.entity.table, row.alias, property).plain;
}

/** A value as a placeholder in the type of a column. */
export function bound(row: RowPlan, property: string, value: unknown): string {
  return columnOf(row.entity.table, row.alias, property).cast(row.parameters.bind(value));
}

/** Lets every selected field of the types add to the row's statement. */
export function planFields(
  row: RowPlan,
  types: readonly GraphQLObjectType[],
  nodes: readonly FieldNode[],
  info: GraphQLResolveInfo,
): void {
  for (const type of types) {
    for (const field of selectedFields(type, nodes, info)) {
      const plan = field.definition.extensions.plan;
      if (plan === undefined) continue;
      const composite = compositeTypeOf(field.definition);
      plan({
        row,
        key: field.key,
        args: argumentsOf(field, info),
        nodes: field.nodes,
        types: composite === undefined ? [] : objectTypesOf(composite, info),
        info,
      });
    }
  }
}

/** `select ... from ...` of a planned row; the caller adds conditions. */
export function selectText(row: RowPlan): string {
  const list = Array.from(row.selected, ([name, sql]) => `${sql} as "${name}"`);
  const from = row.entity.from ?? tableName(row.entity.table);
  return `select ${list.length === 0 ? '1 as "@"' : list.join(', ')} from ${from} ${row.alias}`;
}

/** The name that a field's own rows are selected under. */
export function relationName(key: string | number): string {
  return `@${key}`;
}

/** What a related row's condition is written with. */
export type Joins = (parent: RowPlan, child: RowPlan) => string;

// ------------------------------------------------------------------------------------------------------- plans of fields

/** A field that reads columns of its parent's row. */
export function fromColumns(...properties: string[]): FieldPlan {
  return ({ row }) => {
    for (const property of properties) selectColumn(row, property);
  };
}

/** A field that answers one row of another entity, or null: where several fit, the first in the order. */
export function toOne(entity: Entity, joins: Joins, order?: (child: RowPlan) => string): FieldPlan {
  return ({ row, key, nodes, types, info }) => {
    const child = createRowPlan(entity, row.parameters, pathTo(row, key));
    planFields(child, types, nodes, info);
    const condition = joins(row, child);
    const ordered = order === undefined ? '' : ` order by ${order(child)}`;
    row.selected.set(
      relationName(key),
      `(select to_json(x) from (${selectText(child)} where ${condition}${ordered} limit 1) x)`,
    );
  };
}

/** A field that answers the value of an SQL expression. */
export function toExpression(write: (row: RowPlan) => string): FieldPlan {
  return ({ row, key }) => {
    row.selected.set(relationName(key), write(row));
  };
}

/** Reads what {@link toOne} or {@link toExpression} put on the parent's row. */
export function relationOf<T>(parent: object, info: GraphQLResolveInfo): T {
  return (parent as Record<string, T>)[relationName(info.path.key)] as T;
}

export function pathTo(row: RowPlan, key: string): string {
  return row.path === '' ? key : `${row.path}.${key}`;
}
