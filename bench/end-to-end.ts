/*
 * From a tape on disk to committed rows: reading, ledger, market state, the 36 features, scores, categories and signals, and one
 * transaction per batch, beside a bare binary COPY of all the rows that came out, into the same tables of another database, in the
 * same run. The COPY is given ready-made rows and does nothing but encode and commit.
 *
 * BENCH_QUICK=1 takes fewer trades.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtInPlugins } from '../src/core/app.ts';
import { systemClock } from '../src/core/clock.ts';
import type { OutputBatch, TapeEvent } from '../src/core/event.ts';
import { createPipeline } from '../src/core/pipeline.ts';
import { makePlan } from '../src/core/plan.ts';
import { recover } from '../src/core/recovery.ts';
import { rowsOfBatch, type TableRows } from '../src/core/store/batch-rows.ts';
import { createCopyBuffer } from '../src/core/store/copy-buffer.ts';
import type { Engine } from '../src/core/store/engine.ts';
import { createFilters } from '../src/core/store/filters.ts';
import { storagePolicySchema } from '../src/core/store/policy.ts';
import { createStore, openDatabase } from '../src/core/store/store.ts';
import { createTracking } from '../src/core/store/tracking.ts';
import { createTradersSeen } from '../src/core/store/traders-seen.ts';
import { createVolumes } from '../src/core/store/volumes.ts';
import { openTape } from '../src/core/tape/open.ts';
import type { Tape } from '../src/core/tape/tape.ts';
import { createWriter } from '../src/core/writer.ts';
import { mark } from '../src/plugin-api/index.ts';
import { decodeTrade } from '../src/plugins/collectors/hyperliquid-messages/trades.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { isQuick, report } from './support/report.ts';
import { tradeLines } from './support/trades.ts';

const count = isQuick ? 60_000 : 300_000;
const rate = 250;
const batchEvents = 5_000;
const begin = Date.UTC(2025, 9, 10);
const target = 0.5;
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const policy = storagePolicySchema.parse({});

/** Trades of 20 k wallets in 200 coins, with a mid for each of the forty busiest coins once a second. */
async function writeTape(tape: Tape): Promise<void> {
  const lines = tradeLines({
    count,
    wallets: 20_000,
    coins: 200,
    choice: 'zipf',
    seed: 3,
    rate,
    from: begin,
    firstId: 1,
  });
  let events: TapeEvent[] = [];
  let seq = 0;
  let second = 0;
  const add = (event: Omit<TapeEvent, 'seq' | 'source' | 'type' | 'tsIngest'>) =>
    events.push({ ...event, seq: ++seq, type: event.ref.id, source: 'bench', tsIngest: event.tsEvent + 100 });
  for (const line of lines) {
    const draft = decodeTrade(JSON.parse(line));
    if (typeof draft === 'string') throw new Error(draft);
    if (draft.tsEvent >= begin + second * 1_000) {
      for (let coin = 0; coin < 40; coin++) {
        const name = coin === 0 ? 'BTC' : `C${coin}`;
        const mid = ((1_000 / (coin + 1)) * (1 + Math.sin(second / 50) / 100)).toPrecision(6);
        const payload = { coin: name, mid, mark: mid, oracle: null, openInterest: null, dayVolumeUsd: null };
        add({ ref: mark, key: name, tsEvent: begin + second * 1_000, dedupe: `${name}:${second}`, payload });
      }
      second++;
    }
    add(draft);
    if (events.length >= batchEvents) {
      await tape.append(events);
      events = [];
    }
  }
  await tape.append(events);
}

/** Replays the tape into a database; answers the milliseconds and what was written. */
async function computeAndStore(tape: Tape, engine: Engine): Promise<{ ms: number; batches: OutputBatch[] }> {
  const store = createStore(engine);
  const plan = makePlan({ plugins: builtInPlugins.filter(({ kind }) => kind !== 'collector') });
  const pipeline = createPipeline({ plan });
  await pipeline.start();
  const batches: OutputBatch[] = [];
  const signal = new AbortController().signal;
  const writer = createWriter({
    ...{ tape, pipeline, store, signal, log: silent, clock: systemClock, run: 'bench' },
    publish: batch => void batches.push(batch),
  });
  const start = performance.now();
  await recover({
    ...{
      tape,
      writer,
      signal,
      batchEvents,
      log: silent,
      checkpoint: 0,
      snapshots: undefined,
      configHash: '',
    },
    restore: () => undefined,
    recall: () => undefined,
  });
  return { ms: performance.now() - start, batches };
}

/** Copies the rows of each batch in one transaction; what replaces rows meets an empty table. */
async function copyOnly(
  batches: readonly OutputBatch[],
  engine: Engine,
): Promise<{ ms: number; rows: number }> {
  const traders = createTradersSeen(false);
  const tracking = createTracking(false, []);
  const filters = createFilters(policy, tracking, { books: new Map(), snapshots: new Map() });
  const buffer = createCopyBuffer();
  let ms = 0;
  let rows = 0;
  for (const batch of batches) {
    const tables: readonly TableRows[] = rowsOfBatch(batch, {
      filters,
      tracking,
      traders,
      volumes: createVolumes(),
      run: 'bench',
    }).tables;
    const replacing = tables.filter(({ table }) => !table.append).map(({ table }) => table.name);
    if (replacing.length > 0) {
      await engine.transaction(transaction => transaction.query(`truncate ${replacing.join(', ')}`));
    }
    const start = performance.now();
    await engine.transaction(async transaction => {
      for (const { table, items } of tables) {
        buffer.clear();
        for (const item of items) table.encode(buffer, item as never);
        await transaction.copy(table.target, [buffer.view()]);
        rows += items.length;
      }
    });
    ms += performance.now() - start;
  }
  return { ms, rows };
}

async function measure(name: string, tape: Tape, urls: readonly [string, string]): Promise<void> {
  const engine = await openDatabase({ url: urls[0] });
  const other = await openDatabase({ url: urls[1] });
  const { ms, batches } = await computeAndStore(tape, engine);
  const copy = await copyOnly(batches, other);
  await engine.close();
  await other.close();
  const ratio = copy.ms / ms;
  const events = batches.reduce((sum, batch) => sum + batch.events.length, 0);
  report(
    `end to end on ${name}`,
    `${ratio.toFixed(2)} of a bare binary COPY of the same ${copy.rows} rows (target ${target}); ${Math.round((events / ms) * 1_000)} events/s`,
    { ratio, target, events, rows: copy.rows, ms, copyMs: copy.ms },
  );
}

const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-bench-'));
const server = await startPostgres();
try {
  const tape = await openTape({
    folder: path.join(folder, 'tape'),
    fsync: 'never',
    retentionMs: Number.MAX_SAFE_INTEGER,
  });
  await writeTape(tape);
  await measure('pglite', tape, [`pglite://${folder}/a`, `pglite://${folder}/b`]);
  const admin = await openDatabase({ url: server.url });
  const urls = ['bench_a', 'bench_b'].map(
    name => Object.assign(new URL(server.url), { pathname: `/${name}` }).href,
  );
  for (const name of ['bench_a', 'bench_b']) await admin.query(`create database ${name}`);
  await admin.close();
  await measure('postgres', tape, [urls[0] ?? '', urls[1] ?? '']);
  await tape.close();
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
