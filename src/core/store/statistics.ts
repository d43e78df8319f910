import type { Engine } from './engine.ts';
import { type FilterName, filterNames } from './filters.ts';
import type { StoragePolicy } from './policy.ts';

/** What the database holds and what it takes. */
export interface StoreStatistics {
  readonly engine: 'pglite' | 'postgres';
  readonly databaseBytes: number;
  readonly tables: readonly TableStatistics[];
  readonly filters: readonly FilterStatistics[];
  readonly policy: StoragePolicy;
}

export interface TableStatistics {
  readonly table: string;
  readonly rows: number;
  /** Rows, oversized values and indexes. */
  readonly bytes: number;
}

/** What a filter of the storage policy has done since the database was made. */
export interface FilterStatistics {
  readonly filter: FilterName;
  readonly kept: number;
  readonly dropped: number;
  /** Share of what it saw that it kept; null when it saw nothing. */
  readonly share: number | null;
}

export async function readStatistics(engine: Engine, policy: StoragePolicy): Promise<StoreStatistics> {
  const sizes = await engine.query<{ table: string; bytes: number }>(
    `select c.relname as "table", pg_total_relation_size(c.oid) as bytes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') order by c.relname collate "C"`,
  );
  // Note: exact counts, in one statement; the planner's own are guesses until the next ANALYZE.
  const counts = await engine.query<{ table: string; rows: number }>(
    sizes
      .map(({ table }) => `select '${table}' as "table", count(*) as rows from "${table}"`)
      .join(' union all '),
  );
  const rows = new Map(counts.map(count => [count.table, count.rows]));
  const outcomes = await engine.query<{ filter: string; outcome: string; count: number }>(
    'select filter, outcome, count from filter_counts',
  );
  const [size] = await engine.query<{ bytes: number }>(
    'select pg_database_size(current_database()) as bytes',
  );
  return {
    engine: engine.name,
    databaseBytes: size?.bytes ?? 0,
    tables: sizes.map(({ table, bytes }) => ({ table, rows: rows.get(table) ?? 0, bytes })),
    filters: filterNames.map(filter => {
      const countOf = (outcome: string) =>
        outcomes.find(found => found.filter === filter && found.outcome === outcome)?.count ?? 0;
      const kept = countOf('kept');
      const dropped = countOf('dropped');
      return { filter, kept, dropped, share: kept + dropped === 0 ? null : kept / (kept + dropped) };
    }),
    policy,
  };
}
