/*
 * From starting the process to the first answered query, over a database that holds a million trades: the time that a user waits
 * after a restart. The peer of the same run is a bare `node` process that only opens the same database and counts one table.
 *
 * BENCH_QUICK=1 takes a hundred thousand trades.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApp } from '../src/core/app.ts';
import { defineCollector, trade } from '../src/plugin-api/index.ts';
import { decodeTrade } from '../src/plugins/collectors/hyperliquid-messages/trades.ts';
import { isQuick, report } from './support/report.ts';
import { tradeLines } from './support/trades.ts';

const count = isQuick ? 100_000 : 1_000_000;
const rounds = 5;
const targetMs = 2_000;
const root = path.join(import.meta.dirname, '..');

/** An application that has seen a million trades and was stopped: its database, its tape and its last snapshot. */
async function prepare(folder: string): Promise<void> {
  const from = Date.UTC(2025, 9, 10);
  const source = defineCollector({
    id: 'bench-trades',
    version: '1.0.0',
    api: '^1.0.0',
    doc: 'Trades made from a seed.',
    emits: [trade],
    availability: 'declared',
    async *collect() {
      const lines = tradeLines({
        count,
        wallets: 20_000,
        coins: 200,
        choice: 'zipf',
        seed: 5,
        rate: 250,
        from,
        firstId: 1,
      });
      for (const line of lines) {
        const made = decodeTrade(JSON.parse(line));
        if (typeof made === 'string') throw new Error(made);
        yield { ...made, tsIngest: made.tsEvent + 100 };
      }
    },
  });
  const app = await createApp({
    plugins: [source],
    config: {
      database: { url: `pglite://${folder}/database` },
      tape: { folder: path.join(folder, 'tape'), fsync: 'never' },
      storage: { tradeMinNotionalUsd: 0 },
      log: { level: 'error' },
      plugins: { 'bench-trades': {} },
    },
  });
  await app.start();
  await app.done;
  await app.stop();
}

/** Ends a process and waits until it is gone. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

/** Milliseconds from spawning `hypersonar start` to the first answer. */
async function firstAnswer(folder: string): Promise<number> {
  const environment = {
    ...process.env,
    DATABASE_URL: `pglite://${folder}/database`,
    HYPERSONAR_TAPE: path.join(folder, 'tape'),
    PORT: '4499',
    LOG_LEVEL: 'error',
    HYPERSONAR_STORAGE_TRADE_MIN_NOTIONAL_USD: '0',
  };
  const start = performance.now();
  const child = spawn(process.execPath, [path.join(root, 'bin/hypersonar.js'), 'start', '--no-collect'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const body = JSON.stringify({
    query: '{ trades(first: 1) { ... on TradeConnection { nodes { price } } } }',
  });
  try {
    for (;;) {
      const response = await fetch('http://127.0.0.1:4499/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }).catch(() => undefined);
      if (response?.ok) {
        const text = await response.text();
        if (text.includes('"price"')) return performance.now() - start;
      }
      if (child.exitCode !== null) throw new Error(`hypersonar start ended with ${child.exitCode}`);
      if (performance.now() - start > 120_000) throw new Error('no answer within two minutes');
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  } finally {
    await end(child);
  }
}

/** Milliseconds in which a bare process opens the database and reads one row. */
async function bareOpen(folder: string): Promise<number> {
  const script = `import { PGlite } from '@electric-sql/pglite';
    const database = await PGlite.create(${JSON.stringify(path.join(folder, 'database'))});
    await database.query('select price from trades limit 1');
    await database.close();`;
  const start = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    stdio: 'ignore',
  });
  await new Promise((resolve, reject) =>
    child.once('exit', code => (code === 0 ? resolve(code) : reject(new Error(`exit ${code}`)))),
  );
  return performance.now() - start;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-bench-'));
try {
  await prepare(folder);
  const bare: number[] = [];
  const full: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await bareOpen(folder));
    full.push(await firstAnswer(folder));
  }
  const ms = median(full);
  const ratio = median(bare) / ms;
  report(
    'cold start',
    `${Math.round(ms)} ms to the first answer over ${count} trades (target ${targetMs}); ${ratio.toFixed(2)} of a bare process that opens the same database`,
    { ms, targetMs, bareMs: median(bare), ratio, trades: count },
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
