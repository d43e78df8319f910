import type { GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import type { Database } from '../context.ts';
import { type CursorValue, readCursor, writeCursor } from '../cursor.ts';
import { InputError, shown } from '../failure.ts';
import { columnOf } from './columns.ts';
import { beyond, type OrderTerm, orderList } from './order.ts';
import {
  createParameters,
  createRowPlan,
  type Entity,
  type FieldPlan,
  type Joins,
  pathTo,
  planFields,
  type RowPlan,
  relationName,
  selectColumn,
  selectText,
} from './plan.ts';
import { compositeTypeOf, objectTypesOf, type SelectedField, selectedFields } from './selection.ts';

/** The most rows of a page, and how many it has when nobody says. */
export const pageLimits = { most: 200, usual: 50 } as const;

/** A list that can be paged through. `Args` are the field's own arguments, besides the four of a page. */
export interface Listing<Args> {
  readonly entity: Entity;
  /** The order; its last terms make it total. Rows are paged by place in this order, never by number. */
  order(args: Args): readonly OrderTerm[];
  /** The order's name in cursors; a cursor of another name is refused. */
  orderName(args: Args): string;
  /** Conditions for the rows. Throws InputError for an argument that cannot be what was meant. */
  conditions(args: Args, row: RowPlan): readonly string[];
}

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

interface Page {
  readonly size: number;
  readonly backward: boolean;
  readonly after: readonly CursorValue[] | undefined;
  readonly before: readonly CursorValue[] | undefined;
}

/** A page of rows in the shape that the relay types read. */
export interface Connection<Row> {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | null;
}

const totalName = (key: string) => `${relationName(key)}:total`;

/** A field that answers a page of rows related to its parent's. */
export function toMany<Args>(listing: Listing<Args>, joins: Joins): FieldPlan {
  return ({ row, key, args, nodes, types, info }) => {
    const child = createRowPlan(listing.entity, row.parameters, pathTo(row, key));
    const connection = planConnection(listing, args as Args & PageArguments, child, { nodes, types, info });
    const joined = joins(row, child);
    row.selected.set(
      relationName(key),
      `(select coalesce(json_agg(x), '[]'::json) from (${connection.text([joined])}) x)`,
    );
    if (connection.counted) row.selected.set(totalName(key), connection.count([joined]));
  };
}

/** Makes the page of {@link toMany} from what the statement brought. */
export function connectionOf<Row>(
  listing: Listing<never>,
  parent: object,
  args: object,
  info: GraphQLResolveInfo,
): Connection<Row> {
  const key = String(info.path.key);
  const values = parent as Record<string, unknown>;
  const rows = values[relationName(key)] as Record<string, CursorValue>[];
  const total = values[totalName(key)];
  return page(
    listing as Listing<object>,
    args,
    rows,
    total === undefined ? null : Number(total),
  ) as Connection<Row>;
}

/** Answers a root field that lists rows, by one statement with all that is selected below it. */
export async function queryConnection<Args, Row>(
  listing: Listing<Args>,
  args: Args & PageArguments,
  { database, info }: { database: Database; info: GraphQLResolveInfo },
): Promise<Connection<Row>> {
  const parameters = createParameters();
  const row = createRowPlan(listing.entity, parameters, '');
  const returned = info.parentType.getFields()[info.fieldName];
  const composite = returned && compositeTypeOf(returned);
  const types = composite ? objectTypesOf(composite, info) : [];
  const connection = planConnection(listing, args, row, { nodes: info.fieldNodes, types, info });
  if (connection.counted) row.selected.set('@total', connection.count([]));
  const text = connection.text([]);
  const rows = await database.query<Record<string, CursorValue>>(text, parameters.values);
  let total: number | null = null;
  if (connection.counted) {
    total = rows.length > 0 ? Number(rows[0]!['@total']) : await countAlone(listing, args, database);
  }
  return page(listing, args, rows, total) as Connection<Row>;
}

// Note: the count rides on the rows. Only a page without rows, past the end or of nothing, needs a statement of its own.
async function countAlone<Args>(listing: Listing<Args>, args: Args, database: Database): Promise<number> {
  const parameters = createParameters();
  const row = createRowPlan(listing.entity, parameters, '');
  row.selected.set('count', 'count(*)::float8');
  const conditions = listing.conditions(args, row);
  const text = `${selectText(row)}${where(conditions)}`;
  const [counted] = await database.query<{ count: number }>(text, parameters.values);
  return Number(counted?.count ?? 0);
}

interface Selection {
  readonly nodes: SelectedField['nodes'];
  readonly types: readonly GraphQLObjectType[];
  readonly info: GraphQLResolveInfo;
}

function planConnection<Args>(
  listing: Listing<Args>,
  args: Args & PageArguments,
  row: RowPlan,
  { nodes, types, info }: Selection,
) {
  const terms = listing.order(args);
  const pageOf = readPage(args, { listing, args, path: row.path });
  for (const term of terms) selectColumn(row, term.property);
  let counted = false;
  // Note: of a result union only the connection has edges; the failures have nothing to plan.
  for (const type of types) {
    for (const field of selectedFields(type, nodes, info)) {
      const name = field.definition.name;
      if (name === 'totalCount') counted = true;
      if (name === 'nodes') planNodes(row, field, info);
      if (name !== 'edges') continue;
      const edge = compositeTypeOf(field.definition) as GraphQLObjectType;
      for (const inner of selectedFields(edge, field.nodes, info)) {
        if (inner.definition.name === 'node') planNodes(row, inner, info);
      }
    }
  }
  const conditions = listing.conditions(args, row);
  const ordered = { table: listing.entity.table, alias: row.alias, terms };
  const text = (more: readonly string[]): string => {
    const all = [...more, ...conditions];
    const { bind } = row.parameters;
    if (pageOf.after) all.push(beyond(ordered, pageOf.after, 'after', bind));
    if (pageOf.before) all.push(beyond(ordered, pageOf.before, 'before', bind));
    const order = orderList(ordered, pageOf.backward);
    return `${selectText(row)}${where(all)} order by ${order} limit ${pageOf.size + 1}`;
  };
  const count = (more: readonly string[]): string => {
    const from = selectText({ ...row, selected: new Map([['count', 'count(*)::float8']]) });
    return `(${from}${where([...more, ...conditions])})`;
  };
  return { text, count, counted };
}

function planNodes(row: RowPlan, field: SelectedField, info: GraphQLResolveInfo): void {
  const composite = compositeTypeOf(field.definition);
  if (composite) planFields(row, objectTypesOf(composite, info), field.nodes, info);
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
}

function page<Args>(
  listing: Listing<Args>,
  args: Args & PageArguments,
  rows: readonly Record<string, CursorValue>[],
  totalCount: number | null,
): Connection<Record<string, CursorValue>> {
  const { size, backward, after, before } = readPage(args, { listing, args, path: '' });
  const more = rows.length > size;
  const kept = more ? rows.slice(0, size) : [...rows];
  if (backward) kept.reverse();
  const order = listing.orderName(args);
  const properties = listing.order(args).map(term => term.property);
  const edges = kept.map(node => ({
    cursor: writeCursor(
      order,
      properties.map(property => node[property] ?? null),
    ),
    node,
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: backward ? before !== undefined : more,
      hasPreviousPage: backward ? more : after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}

function readPage<Args>(
  { first, after, last, before }: PageArguments,
  { listing, args, path }: { listing: Listing<Args>; args: Args; path: string },
): Page {
  const order = listing.orderName(args);
  const accepts = listing
    .order(args)
    .map(({ property }) => columnOf(listing.entity.table, 't', property).accepts);
  const named = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (first != null && last != null) {
    throw new InputError({
      code: 'PAGE_AMBIGUOUS',
      argument: named('last'),
      expected: '`first` or `last`',
      found: 'both',
      whatToDo: 'Page forwards with `first` and `after`, or backwards with `last` and `before`.',
    });
  }
  const size = first ?? last ?? pageLimits.usual;
  if (!Number.isInteger(size) || size < 1 || size > pageLimits.most) {
    throw new InputError({
      code: 'PAGE_SIZE_INVALID',
      argument: named(last == null ? 'first' : 'last'),
      expected: `an integer from 1 to ${pageLimits.most}`,
      found: shown(size),
      whatToDo: 'Ask for a smaller page and go on with `after` and its `endCursor`.',
    });
  }
  return {
    size,
    backward: last != null,
    after: after == null ? undefined : readCursor(after, { order, accepts, argument: named('after') }),
    before: before == null ? undefined : readCursor(before, { order, accepts, argument: named('before') }),
  };
}
