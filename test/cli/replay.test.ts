import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compressors } from './parquet-compressors.ts';
import { runCommand } from './run-command.ts';
import { writeRecording } from './simulated-recording.ts';

vi.setConfig({ testTimeout: 240_000 });

let cwd = '';
let lines = 0;
beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'hypersonar-cli-'));
  lines = await writeRecording(path.join(cwd, 'recording'));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

const run = (...words: string[]) => runCommand(words, { cwd });
const database = 'pglite://.hypersonar/replay-recording/database';

describe('replay', () => {
  it('reads a recording and sums up what came of it', async () => {
    const { code, out, err } = await run('replay', 'recording');
    expect(err).toContain('replaying recording (recording)');
    expect(code).toBe(0);
    // One more event closes the last beat.
    expect(out).toContain(`${(lines + 1).toLocaleString('en-US')} events in`);
    expect(out).toMatch(/per second/);
    expect(out).toMatch(/Leaderboard, all time/);
    expect(err).toContain('hypersonar report --database');
  });

  it('finds everything there when it is run again, and tells the same as JSON', async () => {
    const { code, out } = await run('replay', 'recording', '--json');
    expect(code).toBe(0);
    const summary = JSON.parse(out) as {
      newEvents: number;
      events: number;
      wallets: number;
      leaderboard: unknown[];
    };
    expect(summary.newEvents).toBe(0);
    expect(summary.events).toBe(lines + 1);
    expect(summary.wallets).toBeGreaterThan(30);
    expect(summary.leaderboard).toHaveLength(10);
  });

  it('exports what the database holds as CSV, and it reads back', async () => {
    const { code, err } = await run('export', 'trades', '--out', 'trades.csv', '--database', database);
    expect(code, err).toBe(0);
    const rows = parse(await readFile(path.join(cwd, 'trades.csv')), { columns: true }) as Record<
      string,
      string
    >[];
    const recorded = (await readFile(path.join(cwd, 'recording/trade.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).data as Record<string, unknown>);
    expect(rows).toHaveLength(recorded.length);
    const byId = new Map(rows.map(row => [row.tradeId, row]));
    for (const trade of recorded.slice(0, 50)) {
      expect(byId.get(String(trade.tradeId))).toMatchObject({
        coin: trade.coin,
        price: trade.price,
        size: trade.size,
        buyer: trade.buyer,
        hash: trade.hash,
      });
    }
  });

  it('exports the rows of a ref as Parquet, field by field', async () => {
    const { code, err } = await run(
      'export',
      'features',
      '--out',
      'features.parquet',
      '--database',
      database,
    );
    expect(code, err).toBe(0);
    const file = await asyncBufferFromFile(path.join(cwd, 'features.parquet'));
    const rows = await parquetReadObjects({ file, compressors });
    expect(rows.length).toBeGreaterThan(30);
    const [first] = rows as { key: string; txCount: number; totalValue: number; avgValue: number }[];
    expect(first?.key).toMatch(/^0x[0-9a-f]{40}$/);
    expect(first!.avgValue * first!.txCount).toBeCloseTo(first!.totalValue, 3);
  });

  it('names the connections when it is asked for one that is not', async () => {
    const { code, err } = await run('export', 'traids', '--out', 'x.csv', '--database', database);
    expect(code).toBe(1);
    expect(err).toContain('Did you mean trades?');
  });

  it('reports on wallets as text and as a page', async () => {
    const { code, out } = await run('report', '--html', 'report.html', '--database', database);
    expect(code).toBe(0);
    const [address] = /0x[0-9a-f]{40}/.exec(out) ?? [];
    expect(address).toBeDefined();
    expect(await readFile(path.join(cwd, 'report.html'), 'utf8')).toContain(address);
    const one = await run('report', address!.toUpperCase().replace('0X', '0x'), '--database', database);
    expect(one.out).toContain(address);
    const none = await run('report', `0x${'0'.repeat(40)}`, '--database', database);
    expect(none.code).toBe(1);
    expect(none.err).toContain('Expected wallets that are in the database');
  });

  it('counts what the database holds', async () => {
    const { code, out } = await run('stats', '--json', '--database', database);
    expect(code).toBe(0);
    const statistics = JSON.parse(out) as {
      checkpoint: number;
      filters: { filter: string; kept: number }[];
      latency: { what: string; p50: number }[];
      runs: { mode: string; endedAt: number }[];
    };
    expect(statistics.checkpoint).toBe(lines + 1);
    // Every event of the simulated history is known 60 ms after it happened.
    expect(statistics.latency.find(row => row.what === 'position events')?.p50).toBe(60);
    expect(statistics.runs[0]).toMatchObject({ mode: 'replay', endedAt: expect.any(Number) });
    const text = await run('stats', '--database', database);
    expect(text.out).toContain('What the storage policy kept');
  });

  it('proves that two runs are equal, with the plugins registered in either order', async () => {
    const { code, out } = await run('replay', 'recording', '--verify');
    expect(out).toContain('Both are equal, byte for byte.');
    expect(code).toBe(0);
    const hashes = [...out.matchAll(/results ([0-9a-f]{64})/g)].map(match => match[1]);
    expect(hashes).toHaveLength(2);
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('says what it can read when it is given something else', async () => {
    const missing = await run('replay', 'nothing-here');
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('SOURCE_NOT_FOUND');
    await writeFile(path.join(cwd, 'letter.txt'), 'Dear reader,\n');
    const unknown = await run('replay', 'letter.txt');
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('SOURCE_UNKNOWN');
    expect(unknown.err).toContain("a node's fills");
  });
});
