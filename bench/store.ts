import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OutputBatch, TapeEvent } from '../src/core/event.ts';
import { rowsOfBatch, type TableRows } from '../src/core/store/batch-rows.ts';
import { type CopyBuffer, createCopyBuffer } from '../src/core/store/copy-buffer.ts';
import type { Engine } from '../src/core/store/engine.ts';
import { createFilters } from '../src/core/store/filters.ts';
import { migratePgliteTables, migratePostgresTables } from '../src/core/store/migrate.ts';
import { openPglite } from '../src/core/store/pglite.ts';
import { storagePolicySchema } from '../src/core/store/policy.ts';
import { openPostgres } from '../src/core/store/postgres.ts';
import { createTracking } from '../src/core/store/tracking.ts';
import { createTradersSeen } from '../src/core/store/traders-seen.ts';
import { createVolumes } from '../src/core/store/volumes.ts';
import { createStoreWriter } from '../src/core/store/writer.ts';
import { trade } from '../src/plugin-api/index.ts';
import { startPostgres } from '../test/support/postgres.ts';

/*
 * How fast the store's writer is beside a bare binary COPY of the same rows (trades, and the wallets that they name) into the same
 * tables, in turns in one run. The writer also sorts and filters events, merges wallets that are there already, and keeps counts,
 * cursors and the checkpoint, in the same transaction; the bare COPY only encodes and commits.
 */

const quick = process.env.BENCH_QUICK === '1';
const batchRows = 5_000;
const rounds = quick ? 24 : 120;
/** Half an hour of tape, in which most wallets of the hour are seen. */
const warmup = 40;
const policy = storagePolicySchema.parse({});
let traders = createTradersSeen(false);
const targets = { postgres: 0.9, pglite: 0.8 } as const;

/** A seeded uniform number: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const random = seeded(7);
const coins = Array.from({ length: 40 }, (_, i) => ['BTC', 'ETH', 'SOL', 'HYPE'][i] ?? `COIN${i}`);
const wallets = Array.from(
  { length: 20_000 },
  () => `0x${Array.from({ length: 40 }, () => Math.floor(random() * 16).toString(16)).join('')}`,
);
/** A few take part in most trades, as on the exchange: a batch names some 1,300 wallets. */
const skewed = <T>(items: readonly T[], power: number): T =>
  items[Math.floor(items.length * random() ** power)]!;

function batchOf(number: number): OutputBatch {
  const fromSeq = number * batchRows + 1;
  const events: TapeEvent[] = [];
  for (let seq = fromSeq; seq < fromSeq + batchRows; seq++) {
    const coin = skewed(coins, 3);
    const time = 1_760_000_000_000 + seq * 9;
    events.push({
      seq,
      ref: trade,
      type: 'trade',
      key: coin,
      tsEvent: time,
      tsIngest: time + 80,
      source: 'bench',
      dedupe: `${coin}:${time}:${seq}`,
      payload: {
        coin,
        price: (1 + random() * 100_000).toFixed(2),
        size: (2_000 + random() * 10).toFixed(4),
        takerSide: random() < 0.5 ? 'buy' : 'sell',
        buyer: skewed(wallets, random() < 0.5 ? 30 : 20),
        seller: skewed(wallets, random() < 0.5 ? 30 : 20),
        tradeId: 100_000_000_000_000 + seq,
        hash: `0x${seq.toString(16).padStart(64, 'f')}`,
      },
    });
  }
  return {
    fromSeq,
    toSeq: fromSeq + batchRows - 1,
    now: events.at(-1)!.tsIngest,
    events,
    latest: [],
    history: [],
    signals: [],
    alerts: [],
    decisions: [],
    decisionCounts: [],
    faults: [],
  };
}

/** The rows that a batch comes to, by table. */
function rowsOf(batch: OutputBatch): readonly TableRows[] {
  const tracking = createTracking(false, []);
  const filters = createFilters(policy, tracking, { books: new Map(), snapshots: new Map() });
  return rowsOfBatch(batch, { filters, tracking, traders, volumes: createVolumes(), run: 'bench' }).tables;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;

async function measure(writing: Engine, copying: Engine): Promise<void> {
  const writer = createStoreWriter(writing, policy);
  const buffers = new Map<string, CopyBuffer>();
  const times = { write: [] as number[], copy: [] as number[], encode: [] as number[], rows: [] as number[] };
  traders = createTradersSeen(false);
  for (let round = 0; round < rounds + warmup; round++) {
    const batch = batchOf(round);
    const tables = rowsOf(batch);
    // Rows that replace others have no others to meet here: only a COPY into an empty table can be bare.
    for (const { table } of tables) {
      if (!table.append)
        await copying.transaction(transaction => transaction.query(`truncate ${table.name}`));
    }
    const write = async () => {
      const start = performance.now();
      await writer.write(batch, { run: 'bench', cursors: new Map([['bench', String(batch.toSeq)]]) });
      return performance.now() - start;
    };
    const copy = async () => {
      const start = performance.now();
      let encoding = 0;
      await copying.transaction(async transaction => {
        for (const { table, items } of tables) {
          const began = performance.now();
          const buffer = buffers.get(table.name) ?? createCopyBuffer();
          buffers.set(table.name, buffer);
          buffer.clear();
          for (const item of items) table.encode(buffer, item as never);
          encoding += performance.now() - began;
          await transaction.copy(table.target, [buffer.view()]);
        }
      });
      return [performance.now() - start, encoding] as const;
    };
    if (round < warmup) {
      await write();
      if (round >= warmup - 5) await copy();
      continue;
    }
    let written: number;
    let copied: readonly [number, number];
    if (round % 2 === 0) {
      written = await write();
      copied = await copy();
    } else {
      copied = await copy();
      written = await write();
    }
    times.write.push(written);
    times.copy.push(copied[0]);
    times.encode.push(copied[1]);
    times.rows.push(tables.reduce((sum, { items }) => sum + items.length, 0));
  }
  const write = median(times.write);
  const copy = median(times.copy);
  const encode = median(times.encode);
  const rows = median(times.rows);
  const result = {
    bench: 'store',
    engine: writing.name,
    ratio: Number((copy / write).toFixed(3)),
    target: targets[writing.name],
    rowsPerSecond: Math.round((rows / write) * 1000),
    copyRowsPerSecond: Math.round((rows / copy) * 1000),
    /** To a COPY of rows that were encoded before the clock started. */
    ratioToEncoded: Number(((copy - encode) / write).toFixed(3)),
    encodeMs: Number(encode.toFixed(2)),
    rowsPerBatch: rows,
    rounds,
  };
  console.log(
    `store.write on ${result.engine}: ${result.ratio} of bare binary COPY (target ${result.target}), ` +
      `${result.rowsPerSecond} rows/s beside ${result.copyRowsPerSecond}`,
  );
  console.log(JSON.stringify(result));
}

const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-bench-'));
try {
  const engines = await Promise.all(['write', 'copy'].map(name => openPglite(path.join(folder, name))));
  for (const engine of engines) await migratePgliteTables(engine);
  await measure(engines[0]!, engines[1]!);
  for (const engine of engines) await engine.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}

const server = process.env.TEST_DATABASE_URL === undefined ? await startPostgres() : undefined;
const serverUrl = process.env.TEST_DATABASE_URL ?? server!.url;
const databases = ['hypersonar_bench_write', 'hypersonar_bench_copy'];
const admin = openPostgres(serverUrl);
try {
  const engines: Engine[] = [];
  for (const name of databases) {
    await admin.query(`drop database if exists ${name}`);
    await admin.query(`create database ${name}`);
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    await migratePostgresTables(url.href);
    engines.push(openPostgres(url.href));
  }
  await measure(engines[0]!, engines[1]!);
  for (const engine of engines) await engine.close();
  for (const name of databases) await admin.query(`drop database if exists ${name} with (force)`);
} finally {
  await admin.close();
  await server?.stop();
}
