import { boolean, doublePrecision, snakeCase } from 'drizzle-orm/pg-core';
import type { Ref } from '../../plugin-api/index.ts';
import { integer64, name } from '../tables/columns.ts';
import * as tables from '../tables/index.ts';
import { propertiesOf } from './sql/columns.ts';
import {
  createRowPlan,
  type Entity,
  type FieldPlan,
  plainColumn,
  type RowPlan,
  relationName,
  selectColumn,
  selectText,
} from './sql/plan.ts';

/** Who is tracked, with what the last selection said; no table, but the rows of two. */
export const trackedTraderColumns = snakeCase.table('tracked_traders', {
  address: name().primaryKey(),
  by: name().notNull(),
  tier: name(),
  since: integer64(),
  because: name(),
  score: doublePrecision(),
  likelyActive: boolean(),
  activityReason: name(),
  activityConfidence: doublePrecision(),
});

export const entities = {
  traders: { table: tables.traders },
  positions: { table: tables.positions },
  positionSnapshots: { table: tables.positionSnapshots },
  positionEvents: { table: tables.positionEvents },
  fills: { table: tables.fills },
  trades: { table: tables.trades },
  candles: { table: tables.candles },
  orders: { table: tables.orders },
  books: { table: tables.books },
  funding: { table: tables.funding },
  tickers: { table: tables.tickers },
  markDays: { table: tables.markDays },
  leaderboard: { table: tables.leaderboard },
  signals: { table: tables.signals },
  alerts: { table: tables.alerts },
  decisions: { table: tables.decisions },
  decisionCounts: { table: tables.decisionCounts },
  faults: { table: tables.faults },
  gaps: { table: tables.gaps },
  rows: { table: tables.rows },
  categoryEvents: { table: tables.categoryEvents },
  runs: { table: tables.runs },
  marks: { table: tables.marks },
  selection: { table: tables.selection },
  trackedTraders: {
    table: trackedTraderColumns,
    from:
      '(select t.address, t.tracked_by as "by", t.tracked_tier as tier, t.tracked_since as since, s.because, s.score, ' +
      's.likely_active, s.activity_reason, s.activity_confidence from "traders" t left join "selection" s on s.address = t.address ' +
      `where t.tracked and t.tracked_by <> 'tape')`,
  },
} as const satisfies Record<string, Entity>;

/** The columns of {@link coinsOf}, which is no table. */
export const coinColumns = snakeCase.table('coins', { coin: name().primaryKey() });

// Note: `select distinct` reads the whole index; this reads one entry of it for each coin.
const distinct = (table: string) =>
  `(with recursive c(coin) as ((select coin from ${table} order by coin limit 1) union all ` +
  `(select (select p.coin from ${table} p where p.coin > c.coin order by p.coin limit 1) from c where c.coin is not null)) ` +
  'select coin from c where coin is not null)';

/** Every coin that anything is known of. */
export function coinsOf(refs: readonly Ref[]): Entity {
  const rows = refs
    .filter(ref => ref.entity === 'coin' && ref.kind !== 'event' && ref.kind !== 'signal')
    .map(
      ref =>
        `select key from "rows" where ref = '${ref.id.replaceAll("'", "''")}' and version = ${ref.version}`,
    );
  const sources = [
    'select coin from "marks"',
    ...['"trades"', '"candles"', '"positions"'].map(table => `select coin from ${distinct(table)} d`),
    ...rows,
  ];
  return { table: coinColumns, from: `(${sources.join(' union ')})` };
}

/** A field that answers the stored row of a ref, by the key that the parent's row gives. */
export function toStoredRow(ref: Pick<Ref, 'id' | 'version'>, keyOf: (parent: RowPlan) => string): FieldPlan {
  return ({ row, key }) => {
    const child = createRowPlan(entities.rows, row.parameters, row.path);
    for (const property of propertiesOf(tables.rows)) {
      if (property !== 'index' && property !== 'entity') selectColumn(child, property);
    }
    const { bind } = row.parameters;
    const conditions = [
      `${plainColumn(child, 'key')} = ${keyOf(row)}`,
      `${plainColumn(child, 'ref')} = ${bind(ref.id)}::text`,
      `${plainColumn(child, 'version')} = ${bind(ref.version)}::integer`,
    ];
    row.selected.set(
      relationName(key),
      `(select to_json(x) from (${selectText(child)} where ${conditions.join(' and ')}) x)`,
    );
  };
}
