import type { Logger } from '../../plugin-api/index.ts';
import { type Archived, archiveRows } from './archive.ts';
import type { Engine } from './engine.ts';
import { cutoff, type Retention } from './policy.ts';

/** What a run of retention did. */
export interface Retained {
  readonly tables: readonly {
    readonly table: string;
    readonly deleted: number;
    readonly archived: readonly Archived[];
  }[];
}

export interface RetainOptions {
  readonly engine: Engine;
  readonly retention: Retention;
  /** A time of the tape. */
  readonly now: number;
  readonly log?: Logger | undefined;
}

/** Rows of a table that expire together. */
export interface Expiry {
  readonly table: string;
  /** The column that tells a row's age. */
  readonly time: string;
  readonly keptDays: number | null;
  /** A further condition. */
  readonly where?: string;
}

/** Rows that are deleted in one statement, so that the writer never waits long. */
const chunkRows = 5_000;

/** What expires, and when. Signals that were measured, leaderboards, funding, scores and daily values stay. */
export function expiries(retention: Retention): Expiry[] {
  const byInterval = (intervals: string[], keptDays: number | null): Expiry => ({
    table: 'candles',
    time: 'open_time',
    keptDays,
    where: `interval in (${intervals.map(interval => `'${interval}'`).join(', ')})`,
  });
  const bySeqTime = (table: string, keptDays: number | null): Expiry => ({
    table,
    time: 'ts_ingest',
    keptDays,
  });
  return [
    { table: 'trades', time: 'ts_event', keptDays: retention.trades },
    { table: 'fills', time: 'ts_event', keptDays: retention.fills },
    byInterval(['1m', '3m'], retention.candles1m),
    byInterval(['5m'], retention.candles5m),
    byInterval(['15m', '30m'], retention.candles15m),
    byInterval(['1h', '2h', '4h', '8h', '12h', '1d', '3d', '1w'], retention.candlesLonger),
    { table: 'books', time: 'ts_event', keptDays: retention.books },
    { table: 'orders', time: 'ts_event', keptDays: retention.orders },
    { table: 'position_snapshots', time: 'ts_event', keptDays: retention.positionSnapshots },
    { table: 'other_events', time: 'ts_event', keptDays: retention.otherEvents },
    bySeqTime('position_events', retention.positionEvents),
    bySeqTime('decisions', retention.decisions),
    bySeqTime('signals', retention.signals),
    bySeqTime('history', retention.history),
  ];
}

/** Deletes what has expired, in small steps; where a folder is configured, a row is in an archive before it is deleted. */
export async function retain({ engine, retention, now, log }: RetainOptions): Promise<Retained> {
  const tables: { table: string; deleted: number; archived: readonly Archived[] }[] = [];
  for (const expiry of expiries(retention)) {
    const before = cutoff(now, expiry.keptDays);
    if (before === undefined) continue;
    const { archiveFolder } = retention;
    if (archiveFolder !== undefined) {
      const archived = await archiveRows({ engine, expiry, before, folder: archiveFolder, now });
      const deleted = archived.reduce((sum, { added }) => sum + added, 0);
      if (deleted > 0) tables.push({ table: expiry.table, deleted, archived });
    } else {
      const deleted = await deleteExpired(engine, expiry, before);
      if (deleted > 0) tables.push({ table: expiry.table, deleted, archived: [] });
    }
  }
  for (const { table, deleted } of tables) log?.info('expired rows deleted', { table, deleted });
  return { tables };
}

/** The condition under which rows have expired; `$1` is the time. */
export function expired({ time, where }: Expiry): string {
  return `"${time}" < $1${where === undefined ? '' : ` and ${where}`}`;
}

async function deleteExpired(engine: Engine, expiry: Expiry, before: number): Promise<number> {
  let deleted = 0;
  for (;;) {
    const gone = await engine.transaction(transaction =>
      transaction.query(
        `delete from "${expiry.table}" where ctid = any(array(
           select ctid from "${expiry.table}" where ${expired(expiry)} limit ${chunkRows})) returning 1`,
        [before],
      ),
    );
    deleted += gone.length;
    if (gone.length < chunkRows) return deleted;
  }
}
