import { readCursor, writeCursor } from '../../schema/graphql/cursor.ts';
import type {
  FeedCondition,
  FeedFilter,
  FeedItem,
  FeedPlace,
  FeedRow,
  FeedStream,
} from '../../schema/graphql/index.ts';
import { columnOf, propertiesOf, type Table, tableName } from '../../schema/graphql/sql/columns.ts';
import * as tables from '../../schema/tables/index.ts';
import type { OutputBatch } from '../event.ts';

/** An append-only stream: its table, and which batches add to it. */
export interface StreamSource {
  readonly name: FeedStream;
  readonly table: Table;
  /** The order's name in cursors; the same as in the connection of the table. */
  readonly order: string;
  readonly addedBy: (batch: OutputBatch) => boolean;
}

export const streamSources: readonly StreamSource[] = [
  {
    name: 'positionEvents',
    table: tables.positionEvents,
    order: 'positionEvents',
    addedBy: batch => batch.history.some(({ ref }) => ref.id === 'wallet.position'),
  },
  { name: 'signals', table: tables.signals, order: 'signals', addedBy: batch => batch.signals.length > 0 },
  { name: 'alerts', table: tables.alerts, order: 'alerts', addedBy: batch => batch.alerts.length > 0 },
  {
    name: 'categories',
    table: tables.categoryEvents,
    order: 'categoryEvents',
    addedBy: batch => batch.history.some(({ ref }) => ref.kind === 'category'),
  },
  {
    name: 'faults',
    table: tables.faults,
    order: 'faults',
    addedBy: batch => batch.faults.length > 0 || batch.events.some(({ type }) => type === 'core.fault'),
  },
];

export function compare(a: FeedPlace, b: FeedPlace): number {
  return a[0] - b[0] || a[1] - b[1];
}

/** Before the first row of every stream. */
export const beginning: FeedPlace = [0, -1];

export function cursorAt(order: string, place: FeedPlace): string {
  return writeCursor(order, place);
}

/** The place that a cursor names. Throws InputError for one that cannot be read or belongs elsewhere. */
export function placeOf(order: string, cursor: string): FeedPlace {
  const [seq, index] = readCursor(cursor, {
    order,
    accepts: [Number.isSafeInteger, Number.isSafeInteger],
    argument: 'after',
  });
  return [Number(seq), Number(index)];
}

/** The statement that reads a stream's rows behind a place. */
export function readStatement(
  { table }: StreamSource,
  { after, upTo, conditions = [], limit }: FeedFilter & { after: FeedPlace; upTo?: FeedPlace; limit: number },
): { readonly text: string; readonly values: unknown[] } {
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const column = (property: string) => columnOf(table, 't', property);
  const list = propertiesOf(table).map(property => `${column(property).selected} as "${property}"`);
  const place = `(${column('seq').plain}, ${column('index').plain})`;
  const bound = ([seq, index]: FeedPlace) => `(${bind(seq)}::bigint, ${bind(index)}::bigint)`;
  const all = [`${place} > ${bound(after)}`];
  if (upTo !== undefined) all.push(`${place} <= ${bound(upTo)}`);
  for (const { property, anyOf, atLeast } of conditions) {
    const { plain, cast } = column(property);
    if (anyOf !== undefined) all.push(`${plain} = any(${bind(anyOf)}::text[])`);
    if (atLeast !== undefined) all.push(`${plain} >= ${cast(bind(atLeast))}`);
  }
  const text =
    `select ${list.join(', ')} from ${tableName(table)} t where ${all.join(' and ')} ` +
    `order by ${column('seq').plain}, ${column('index').plain} limit ${limit}`;
  return { text, values };
}

/** Whether a row passes a filter. */
export function passes(row: FeedRow, { conditions, matches }: FeedFilter): boolean {
  if (conditions !== undefined) for (const one of conditions) if (!holds(row, one)) return false;
  return matches === undefined || matches(row);
}

function holds(row: FeedRow, { property, anyOf, atLeast }: FeedCondition): boolean {
  const value = row[property];
  if (anyOf !== undefined && !anyOf.includes(value as string)) return false;
  return atLeast === undefined || (typeof value === 'number' && value >= atLeast);
}

export function itemOf(order: string, row: FeedRow): FeedItem {
  const place: FeedPlace = [Number(row.seq), Number(row.index)];
  return { cursor: cursorAt(order, place), place, row };
}
