import type { OutputBatch } from '../event.ts';
import { type BatchRows, rowsOfBatch, type TableRows } from './batch-rows.ts';
import { type Checkpoint, checkpointAfter, moveCheckpoint, notStored, readCheckpoint } from './checkpoint.ts';
import { type CopyBuffer, createCopyBuffer } from './copy-buffer.ts';
import type { CopyTable } from './copy-table.ts';
import { sqlState } from './database-errors.ts';
import { createQueue, type Engine, type WriteTransaction } from './engine.ts';
import { createFilters, type FilterMemory, type Filters } from './filters.ts';
import type { StoragePolicy } from './policy.ts';
import { createTracking, type Tracking } from './tracking.ts';
import { createTradersSeen, type TradersSeen } from './traders-seen.ts';

export interface WriteMeta {
  readonly run: string;
  /** Where each collector goes on after this batch; those that are not named stay where they are. */
  readonly cursors: ReadonlyMap<string, string>;
}

export interface StoreWriter {
  write(batch: OutputBatch, meta: WriteMeta): Promise<void>;
  /** Rows sent to latest tables since the last time that this was asked; each leaves a dead one behind. */
  takeReplaced(): number;
}

/** Bytes of a chunk that is sent while the next one is encoded. */
const chunkBytes = { pglite: 1 << 19, postgres: 1 << 17 } as const;
/** Batches that go by way of the stage after one that held rows which were there already: there will be more of them. */
const stagedAfterDuplicates = 16;
const uniqueViolation = '23505';

interface State {
  checkpoint: Checkpoint;
  readonly tracking: Tracking;
  readonly filters: Filters;
  readonly traders: TradersSeen;
}

/** The one writer of a database: a batch is stored in one transaction, checkpoint included, or not at all. */
export function createStoreWriter(engine: Engine, policy: StoragePolicy): StoreWriter {
  const queue = createQueue();
  const buffer = createCopyBuffer(chunkBytes[engine.name] + (1 << 16));
  let state: State | undefined;
  let staged = 0;
  let replaced = 0;

  async function store(batch: OutputBatch, meta: WriteMeta): Promise<void> {
    state ??= await loadState(engine, policy);
    const { checkpoint } = state;
    const rest = notStored(batch, checkpoint);
    if (rest === undefined) return;
    const after = checkpointAfter(rest, checkpoint);
    const rows = rowsOfBatch(rest, { ...state, run: meta.run });
    const write = (optimistic: boolean) =>
      engine.transaction(async transaction => {
        for (const part of rows.tables) await writeTable(transaction, part, optimistic);
        await writeRest(transaction, rows, meta, after.seq);
        await moveCheckpoint(transaction, checkpoint, after);
      });
    if (staged > 0) {
      staged--;
      await write(false);
    } else {
      try {
        await write(true);
      } catch (error) {
        if (sqlState(error) !== uniqueViolation) throw error;
        staged = stagedAfterDuplicates;
        await write(false);
      }
    }
    state.checkpoint = after;
  }

  async function writeTable(
    transaction: WriteTransaction,
    { table, items }: TableRows,
    optimistic: boolean,
  ): Promise<void> {
    const chunks = encode(buffer, table, items, chunkBytes[engine.name]);
    if (table.append && optimistic) return transaction.copy(table.target, chunks);
    await transaction.prepare(table.createStage);
    await transaction.copy(table.stageTarget, chunks);
    await transaction.query(table.merge);
    if (!table.append) replaced += items.length;
  }

  return {
    write: (batch, meta) =>
      queue(async () => {
        try {
          await store(batch, meta);
        } catch (error) {
          // What was remembered may be of a batch that was not stored.
          state = undefined;
          throw error;
        }
      }),
    takeReplaced() {
      const count = replaced;
      replaced = 0;
      return count;
    },
  };
}

function* encode(
  buffer: CopyBuffer,
  table: CopyTable<never>,
  items: readonly unknown[],
  size: number,
): Generator<Uint8Array> {
  buffer.clear();
  for (let i = 0; i < items.length; i++) {
    table.encode(buffer, items[i] as never);
    if (buffer.length >= size) {
      yield buffer.view();
      buffer.clear();
    }
  }
  if (buffer.length > 0) yield buffer.view();
}

/** Writes what is too little for COPY, in one statement each. */
async function writeRest(
  transaction: WriteTransaction,
  rows: BatchRows,
  meta: WriteMeta,
  seq: number,
): Promise<void> {
  if (rows.tracking.length > 0) {
    const last = new Map(rows.tracking.map(change => [change.address, change]));
    await transaction.query(
      `update traders as t set tracked = c.tracked, tracked_by = c."trackedBy"
       from json_to_recordset($1::text::json) as c(address text, tracked boolean, "trackedBy" text)
       where t.address = c.address`,
      [JSON.stringify([...last.values()])],
    );
  }
  if (rows.filterCounts.length > 0) {
    await transaction.query(
      `insert into filter_counts as t (filter, outcome, count)
       select filter, outcome, count from json_to_recordset($1::text::json) as c(filter text, outcome text, count bigint)
       on conflict (filter, outcome) do update set count = t.count + excluded.count`,
      [JSON.stringify(rows.filterCounts)],
    );
  }
  if (rows.decisionCounts.length > 0) {
    await transaction.query(
      `insert into decision_counts as t (plugin, emitted, because, count)
       select plugin, emitted, because, count
       from json_to_recordset($1::text::json) as c(plugin text, emitted boolean, because text, count bigint)
       on conflict (plugin, emitted, because) do update set count = t.count + excluded.count`,
      [JSON.stringify(rows.decisionCounts)],
    );
  }
  if (meta.cursors.size > 0) {
    await transaction.query(
      `insert into source_cursors as t (source, cursor, seq)
       select source, cursor, $2 from json_to_recordset($1::text::json) as c(source text, cursor text)
       on conflict (source) do update set cursor = excluded.cursor, seq = excluded.seq`,
      [JSON.stringify([...meta.cursors].map(([source, cursor]) => ({ source, cursor }))), seq],
    );
  }
}

async function loadState(engine: Engine, policy: StoragePolicy): Promise<State> {
  const [checkpoint, decided, books, snapshots] = await Promise.all([
    readCheckpoint(engine),
    engine.query<{ address: string; tracked: boolean; trackedBy: string | null }>(
      policy.trackAll
        ? `select address, tracked, tracked_by as "trackedBy" from traders where not tracked and tracked_by = 'hand'`
        : `select address, tracked, tracked_by as "trackedBy" from traders
           where tracked or (not tracked and tracked_by = 'hand')`,
    ),
    engine.query<{ key: string; time: number; value: number | null }>(
      `select distinct on (coin) coin as key, ts_event as time, mid as value from books order by coin, ts_event desc, seq desc`,
    ),
    engine.query<{ key: string; time: number; value: number }>(
      `select distinct on (wallet, coin) wallet || ':' || coin as key, ts_event as time, size::float8 as value
       from position_snapshots order by wallet, coin, ts_event desc, seq desc`,
    ),
  ]);
  const memory: FilterMemory = { books: new Map(), snapshots: new Map() };
  for (const { key, time, value } of books) memory.books.set(key, { time, value });
  for (const { key, time, value } of snapshots) memory.snapshots.set(key, { time, value });
  const tracking = createTracking(policy.trackAll, decided);
  return {
    checkpoint,
    tracking,
    filters: createFilters(policy, tracking, memory),
    traders: createTradersSeen(policy.trackAll),
  };
}
