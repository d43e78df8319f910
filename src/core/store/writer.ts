import { InvariantError } from '../errors.ts';
import type { OutputBatch } from '../event.ts';
import { amend } from './amendments.ts';
import { type BatchRows, rowsOfBatch, type TableRows, toldTables } from './batch-rows.ts';
import { type Checkpoint, checkpointAfter, notStored, readCheckpoint } from './checkpoint.ts';
import { type CopyBuffer, createCopyBuffer, storableJson } from './copy-buffer.ts';
import type { CopyTable } from './copy-table.ts';
import { sqlState } from './database-errors.ts';
import { createQueue, type Engine, type WriteTransaction } from './engine.ts';
import { createFilters, type FilterMemory, type Filters } from './filters.ts';
import type { StoragePolicy } from './policy.ts';
import { createTracking, readDecided, type Tracking } from './tracking.ts';
import { createTradersSeen, type TradersSeen } from './traders-seen.ts';
import { createVolumes, type VolumeCount, type Volumes } from './volumes.ts';

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
  readonly volumes: Volumes;
  readonly traders: TradersSeen;
}

/** The one writer of a database: a batch is stored in one transaction, checkpoint included, or not at all. */
export function createStoreWriter(engine: Engine, policy: StoragePolicy): StoreWriter {
  const queue = createQueue();
  const buffers = [0, 1].map(() => createCopyBuffer(chunkBytes[engine.name] + (1 << 16)));
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
        // Note: statements are not waited for one by one, so that rows are encoded while the database works on those before.
        const sent: Promise<unknown>[] = [];
        const send = (statement: Promise<unknown>) => {
          statement.catch(() => undefined);
          sent.push(statement);
        };
        try {
          const kept: VolumeCount[] = [];
          for (const part of rows.tables) {
            const bytes = await writeTable(transaction, send, part, optimistic);
            const { length: count } = part.items;
            if (!toldTables.has(part.table.name)) continue;
            kept.push({ filter: part.table.name, outcome: 'kept', count, bytes, measured: count });
          }
          if (rows.amendments.length > 0)
            send(transaction.query(amend.sql, [amend.given(rows.amendments)], amend.name));
          replaced += rows.amendments.length;
          send(
            finishBatch(transaction, { ...rows, volumes: [...kept, ...rows.left] }, meta, checkpoint, after),
          );
        } catch (error) {
          send(Promise.reject(error));
        }
        for (const statement of sent) await statement;
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

  /** Resolves to their size when the table's rows are encoded and taken; statements after that are only sent. */
  async function writeTable(
    transaction: WriteTransaction,
    send: (statement: Promise<unknown>) => void,
    { table, items }: TableRows,
    optimistic: boolean,
  ): Promise<number> {
    let bytes = 0;
    const chunks = counted(encode(buffers, table, items, chunkBytes[engine.name]), length => {
      bytes += length;
    });
    if (table.append && optimistic) {
      await transaction.copy(table.target, chunks);
      return bytes;
    }
    send(transaction.prepare(table.createStage));
    await transaction.copy(table.stageTarget, chunks);
    send(transaction.query(table.merge, [], `merge-${table.name}`));
    if (!table.append) replaced += items.length;
    return bytes;
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

function* counted(chunks: Iterable<Uint8Array>, count: (bytes: number) => void): Generator<Uint8Array> {
  for (const chunk of chunks) {
    count(chunk.length);
    yield chunk;
  }
}

/** Chunks of encoded rows, each of which stays as it is while the one after it is made. */
export function* encode(
  buffers: readonly CopyBuffer[],
  table: CopyTable<never>,
  items: readonly unknown[],
  size: number,
): Generator<Uint8Array> {
  let turn = 0;
  let buffer = buffers[turn]!;
  buffer.clear();
  for (let i = 0; i < items.length; i++) {
    table.encode(buffer, items[i] as never);
    if (buffer.length < size) continue;
    yield buffer.view();
    turn = 1 - turn;
    buffer = buffers[turn]!;
    buffer.clear();
  }
  if (buffer.length > 0) yield buffer.view();
}

/**
 * Note: what is too little for COPY goes in one statement, which is parsed once per connection: five small ones took a tenth of the
 * time of a batch of 5,000 trades.
 */
const finish = {
  name: 'finish-batch',
  sql: `with given as (select $1::text::json as j),
    kept as (
      insert into filter_counts as t (filter, outcome, count, bytes, measured)
      select c.* from given, json_to_recordset(j->'volumes')
        as c(filter text, outcome text, count bigint, bytes bigint, measured bigint)
      on conflict (filter, outcome) do update set count = t.count + excluded.count, bytes = t.bytes + excluded.bytes,
        measured = t.measured + excluded.measured),
    decided as (
      insert into decision_counts as t (plugin, emitted, because, count)
      select c.* from given, json_to_recordset(j->'decisions') as c(plugin text, emitted boolean, because text, count bigint)
      on conflict (plugin, emitted, because) do update set count = t.count + excluded.count),
    tracked as (
      update traders as t set tracked = c.tracked, tracked_by = c."trackedBy", tracked_tier = c.tier, tracked_since = c.since
      from given, json_to_recordset(j->'tracking')
        as c(address text, tracked boolean, "trackedBy" text, tier text, since bigint)
      where t.address = c.address collate "C"),
    cursors as (
      insert into source_cursors as t (source, cursor, seq)
      select c.source, c.cursor, (j->'to'->>'seq')::bigint
      from given, json_to_recordset(j->'cursors') as c(source text, cursor text)
      on conflict (source) do update set cursor = excluded.cursor, seq = excluded.seq)
    insert into meta as t (key, value) select 'checkpoint', (j->'to')::jsonb from given
    on conflict (key) do update set value = excluded.value
      where t.value = (($1::text::json)->'from')::jsonb
    returning key`,
};

/** Writes counts, tracking and cursors, and moves the checkpoint, unless somebody else has moved it. */
async function finishBatch(
  transaction: WriteTransaction,
  rows: BatchRows & { readonly volumes: readonly VolumeCount[] },
  meta: WriteMeta,
  from: Checkpoint,
  to: Checkpoint,
): Promise<void> {
  const tracking = new Map(rows.tracking.map(change => [change.address, change]));
  const given = storableJson({
    volumes: rows.volumes,
    decisions: rows.decisionCounts,
    tracking: [...tracking.values()],
    cursors: [...meta.cursors].map(([source, cursor]) => ({ source, cursor })),
    from,
    to,
  });
  const moved = await transaction.query(finish.sql, [given], finish.name);
  if (moved.length === 1) return;
  throw new InvariantError(
    'STORE_CHECKPOINT_MOVED',
    `Expected the database to be at event ${from.seq}, where this process left it, found that another one has moved it. ` +
      'Two processes write one database: stop one of them, then start the other again.',
  );
}

/** Reads what the writer must remember; on its own connection, so that a lost one is met here and made anew. */
function loadState(engine: Engine, policy: StoragePolicy): Promise<State> {
  return engine.transaction(async transaction => {
    const checkpoint = await readCheckpoint(transaction);
    const decided = await readDecided(transaction);
    const books = await transaction.query<{ key: string; time: number; value: number | null }>(
      `select distinct on (coin) coin as key, ts_event as time, mid as value
       from books order by coin, seq desc`,
    );
    const snapshots = await transaction.query<{ key: string; time: number; value: number }>(
      `select distinct on (wallet, coin) wallet || ':' || coin as key, ts_event as time, size::float8 as value
       from position_snapshots order by wallet, coin, seq desc`,
    );
    const memory: FilterMemory = { books: new Map(), snapshots: new Map() };
    for (const { key, time, value } of books) memory.books.set(key, { time, value });
    for (const { key, time, value } of snapshots) memory.snapshots.set(key, { time, value });
    const tracking = createTracking(policy.trackAll, decided);
    return {
      checkpoint,
      tracking,
      filters: createFilters(policy, tracking, memory),
      volumes: createVolumes(),
      traders: createTradersSeen(policy.trackAll),
    };
  });
}
