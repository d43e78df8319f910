import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { recording } from '../../src/plugins/collectors/recording/index.ts';
import { type Exchange, startExchange } from '../../src/testing/exchange/index.ts';
import { collectedBy } from '../collectors/collected-by.ts';
import { runCommand, startCommand } from './run-command.ts';

vi.setConfig({ testTimeout: 120_000 });

let cwd = '';
let exchange: Exchange;
beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'hypersonar-record-'));
  exchange = await startExchange({
    seed: 3,
    markets: 'load',
    wallets: 40,
    tradesPerSecond: 60,
    coins: { perps: 6, builder: 3, spot: 2 },
  });
});
afterAll(async () => {
  await exchange.stop();
  await rm(cwd, { recursive: true, force: true });
});

const record = (...words: string[]) => ['record', '--exchange', exchange.url, ...words];

async function linesOf(folder: string, stream: string): Promise<Record<string, unknown>[]> {
  const names = (await readdir(path.join(cwd, folder))).filter(name => name.startsWith(`${stream}-`)).sort();
  const texts = await Promise.all(
    names.map(async name => {
      const bytes = await readFile(path.join(cwd, folder, name));
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    }),
  );
  return texts
    .join('')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>);
}

describe('record', () => {
  it('writes each stream to its files as it comes, with the holes, and reports at the end', async () => {
    const command = startCommand(
      record(
        '--out',
        'tape',
        '--streams',
        'trades,bbo,l2Book,candle,allMids,activeAssetCtx',
        '--coins',
        'all',
        '--duration',
        '9s',
        '--json',
      ),
      { cwd },
    );
    await command.shown(/recording trades, bbo/);
    await new Promise(resolve => setTimeout(resolve, 4_000));
    exchange.faults.inject({ kind: 'drop' });
    const { code, out, err } = await command.ended;
    expect(code, err).toBe(0);
    const report = JSON.parse(out) as {
      durationMs: number;
      reconnects: number;
      coins: number;
      streams: { stream: string; messages: number; items: number; subscriptions: number; files: string[] }[];
      gaps: { stream: string; scope: string | null }[];
    };
    expect(report.coins).toBe(11);
    expect(report.durationMs).toBeGreaterThanOrEqual(9_000);
    expect(report.reconnects).toBeGreaterThanOrEqual(1);
    const trades = await linesOf('tape', 'trades');
    const said = report.streams.find(({ stream }) => stream === 'trades');
    expect(said).toMatchObject({ subscriptions: 11, messages: trades.length });
    expect(said?.items).toBe(trades.reduce((sum, { data }) => sum + (data as unknown[]).length, 0));
    expect(said!.items).toBeGreaterThan(200);
    expect(Object.keys(trades[0]!)).toEqual(['ts', 'stream', 'data']);
    const holes = await linesOf('tape', 'gaps');
    expect(holes.length).toBe(report.gaps.length);
    expect(new Set(report.gaps.filter(gap => gap.stream === 'trade').map(({ scope }) => scope)).size).toBe(
      11,
    );
  });

  it('makes recordings that replay: every trade, price and book once, and the holes', async () => {
    const { drafts, gaps, rejections } = await collectedBy(recording, { path: path.join(cwd, 'tape') });
    expect(rejections).toEqual([]);
    const kinds = new Set(drafts.map(({ ref }) => ref.id));
    expect([...kinds].sort()).toEqual(['book', 'funding', 'mark', 'trade']);
    const ids = new Set(
      (await linesOf('tape', 'trades')).flatMap(({ data }) =>
        (data as { coin: string; time: number; tid: number }[]).map(
          ({ coin, time, tid }) => `${coin}:${time}:${tid}`,
        ),
      ),
    );
    const replayed = new Set(drafts.filter(({ ref }) => ref.id === 'trade').map(({ dedupe }) => dedupe));
    expect(replayed).toEqual(ids);
    expect(gaps.length).toBe((await linesOf('tape', 'gaps')).length);
    const { code, out, err } = await runCommand(['replay', 'tape', '--json'], { cwd });
    expect(code, err).toBe(0);
    const summary = JSON.parse(out) as { events: number; wallets: number };
    expect(summary.events).toBeGreaterThan(ids.size);
    expect(summary.wallets).toBeGreaterThan(10);
  });

  it('never writes over a recording, and continues one only when it is asked to, with the time between as a hole', async () => {
    const before = await readdir(path.join(cwd, 'tape'));
    const refused = await runCommand(record('--out', 'tape', '--duration', '1s'), { cwd });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('RECORDING_EXISTS');
    expect(await readdir(path.join(cwd, 'tape'))).toEqual(before);
    const trades = (await linesOf('tape', 'trades')).length;
    const words = record(
      '--out',
      'tape',
      '--streams',
      'trades',
      '--coins',
      'BTC',
      '--duration',
      '2s',
      '--append',
      '--gzip',
    );
    const { code, out, err } = await runCommand(words, { cwd });
    expect(code, err).toBe(0);
    expect(out).toMatch(/trades +1 +\d+ +\d+ +0 /);
    expect((await linesOf('tape', 'trades')).length).toBeGreaterThan(trades);
    const between = (await linesOf('tape', 'gaps')).find(
      ({ data }) => (data as { reason: string }).reason === 'not recorded',
    );
    expect(between?.data).toMatchObject({ stream: 'trade', scope: null, healed: false });
    expect(await readdir(path.join(cwd, 'tape'))).toContain('report-2.json');
  });

  it('says what it does not know', async () => {
    const { code, err } = await runCommand(record('--out', 'none', '--coins', 'BTC,NOPE'), { cwd });
    expect(code).toBe(1);
    expect(err).toContain('found NOPE');
    const users = await runCommand(record('--out', 'none', '--streams', 'userFills'), { cwd });
    expect(users.err).toContain('Expected --users');
  });
});
