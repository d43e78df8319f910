import { createHash } from 'node:crypto';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import * as tables from '../../schema/tables/index.ts';
import { quoted } from './copy-table.ts';
import type { Store } from './store.ts';

/** A hash of everything that the tape came to, the same on both engines and however the tape was cut into batches. */
export interface Fingerprint {
  readonly hash: string;
  /** Of each table, so that a difference can be found. */
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly hash: string }>>;
}

/** Every table whose rows follow from the tape alone. */
const resultTables: readonly PgTable[] = [
  tables.trades,
  tables.fills,
  tables.candles,
  tables.books,
  tables.funding,
  tables.fundingPayments,
  tables.orders,
  tables.positionSnapshots,
  tables.transfers,
  tables.commands,
  tables.otherEvents,
  tables.accounts,
  tables.marks,
  tables.markDays,
  tables.tickers,
  tables.metrics,
  tables.exchangeLeaderboard,
  tables.traders,
  tables.positions,
  tables.positionEvents,
  tables.rows,
  tables.history,
  tables.categoryEvents,
  tables.signals,
  tables.alerts,
  tables.decisions,
  tables.decisionCounts,
  tables.faults,
  tables.gaps,
  tables.leaderboard,
  tables.filterCounts,
];

/** Hashes all result tables, but for the runs that rows were made in. `except` names tables to leave out. */
export async function fingerprint(
  store: Pick<Store, 'query'>,
  { except = [] }: { readonly except?: readonly string[] } = {},
): Promise<Fingerprint> {
  const hashes: Record<string, { rows: number; hash: string }> = {};
  const sum = createHash('sha256');
  for (const table of resultTables) {
    const { name, primaryKeys, columns } = getTableConfig(table);
    if (except.includes(name)) continue;
    const key = primaryKeys[0]?.columns ?? columns.filter(column => column.primary);
    const order = key.map(column => `t.${quoted(column.name)}`).join(', ');
    const [found] = await store.query<{ rows: number; hash: string }>(
      `select count(*) as rows,
              encode(sha256(coalesce(string_agg(sha256(convert_to((to_jsonb(t) - 'run')::text, 'UTF8')), ''::bytea order by ${order}), ''::bytea)), 'hex') as hash
       from ${quoted(name)} t`,
    );
    hashes[name] = found!;
    sum.update(`${name} ${found!.rows} ${found!.hash}\n`);
  }
  return { hash: sum.digest('hex'), tables: hashes };
}
