import type { Engine } from './engine.ts';
import { filterNames } from './filters.ts';
import type { StoragePolicy } from './policy.ts';

/** What the database holds and what it takes. */
export interface StoreStatistics {
  readonly engine: 'pglite' | 'postgres';
  readonly databaseBytes: number;
  readonly tables: readonly TableStatistics[];
  /** Every table of what was told, the filtered ones first. */
  readonly filters: readonly FilterStatistics[];
  /** Bytes of all rows that were stored, of the bytes of all that could have been; null when nothing was told. */
  readonly storedShare: number | null;
  readonly policy: StoragePolicy;
}

export interface TableStatistics {
  readonly table: string;
  readonly rows: number;
  /** Rows, oversized values and indexes. */
  readonly bytes: number;
}

/** What the storage policy did with what one table could hold, since the database was made. */
export interface FilterStatistics {
  /** The table. */
  readonly filter: string;
  readonly kept: number;
  readonly dropped: number;
  /** Share of the rows that it could hold that were kept; null when there were none. */
  readonly share: number | null;
  /** As they are sent to the database; of what was dropped by a sample of one in sixteen. */
  readonly keptBytes: number;
  readonly droppedBytes: number;
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
  const outcomes = await engine.query<Counted>(
    'select filter, outcome, count, bytes, measured from filter_counts order by filter collate "C"',
  );
  const [size] = await engine.query<{ bytes: number }>(
    'select pg_database_size(current_database()) as bytes',
  );
  const names = new Set([...filterNames, ...outcomes.map(({ filter }) => filter)]);
  const filters = [...names].map(filter => filterStatistics(filter, outcomes, rows.get(filter) ?? 0));
  const kept = filters.reduce((sum, { keptBytes }) => sum + keptBytes, 0);
  const all = filters.reduce((sum, { keptBytes, droppedBytes }) => sum + keptBytes + droppedBytes, 0);
  return {
    engine: engine.name,
    databaseBytes: size?.bytes ?? 0,
    tables: sizes.map(({ table, bytes }) => ({ table, rows: rows.get(table) ?? 0, bytes })),
    filters,
    storedShare: all === 0 ? null : kept / all,
    policy,
  };
}

interface Counted {
  readonly filter: string;
  readonly outcome: string;
  readonly count: number;
  readonly bytes: number;
  readonly measured: number;
}

function filterStatistics(filter: string, outcomes: readonly Counted[], rows: number): FilterStatistics {
  const of = (outcome: string): Counted =>
    outcomes.find(found => found.filter === filter && found.outcome === outcome) ?? {
      ...{ filter, outcome, count: 0, bytes: 0, measured: 0 },
    };
  const told = of('told');
  const measured = ['kept', 'dropped', 'told'].map(of);
  const sizes = measured.reduce((sum, { bytes }) => sum + bytes, 0);
  const sized = measured.reduce((sum, one) => sum + one.measured, 0);
  /** Of rows of which none was measured the size is that of the others. */
  const mean = ({ bytes, measured: count }: Counted): number =>
    count > 0 ? bytes / count : sized > 0 ? sizes / sized : 0;
  // Note: of a table that holds only the last word each word could have been a row, and those that are there were kept.
  const kept = told.count > 0 ? Math.min(rows, told.count) : of('kept').count;
  const dropped = told.count > 0 ? told.count - kept : of('dropped').count;
  const [keptMean, droppedMean] =
    told.count > 0 ? [mean(told), mean(told)] : [mean(of('kept')), mean(of('dropped'))];
  return {
    filter,
    kept,
    dropped,
    share: kept + dropped === 0 ? null : kept / (kept + dropped),
    keptBytes: Math.round(kept * keptMean),
    droppedBytes: Math.round(dropped * droppedMean),
  };
}
