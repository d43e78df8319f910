import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decompressFrameSync } from 'lz4-napi';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeFills } from '../../src/plugins/collectors/node-fills/index.ts';
import { createExchangeState } from '../../src/testing/exchange/state/create-exchange-state.ts';
import type { WireFill } from '../../src/testing/exchange/state/wire.ts';
import { nodeBlockSchemas, nodeLineSchemas } from '../../src/testing/exchange/wire/node-lines.ts';
import { createNodeFileWriter } from '../../src/testing/index.ts';
import { collectedBy } from '../collectors/collected-by.ts';

/** Half a minute before an hour begins. */
const start = Date.UTC(2026, 10, 20, 6, 59, 30);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'node-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const state = () =>
  createExchangeState({
    seed: 4,
    start,
    markets: 'load',
    wallets: 40,
    tradesPerSecond: 60,
    coins: { perps: 8, builder: 6, spot: 4 },
  });

const linesOf = (file: string): string[] => readFileSync(path.join(folder, file), 'utf8').trim().split('\n');

describe("a node's files", () => {
  test('have lines as nodes write them, in the hour in which the node saw them', () => {
    const writer = createNodeFileWriter(folder);
    const market = state();
    for (const block of market.runUntil(start + 60_000)) writer.write(block);
    const written = writer.close();
    expect(Object.keys(written)).toEqual(
      expect.arrayContaining([
        'node_fills/hourly/20261120/6',
        'node_fills/hourly/20261120/7',
        'node_trades/hourly/20261120/7',
        'node_fills_by_block/hourly/20261120/7',
      ]),
    );
    for (const [file, count] of Object.entries(written)) {
      const kind = (file.split('/')[0] as string).replace('_by_block', '') as keyof typeof nodeLineSchemas;
      const schema = (file.includes('_by_block') ? nodeBlockSchemas : nodeLineSchemas)[kind];
      const lines = linesOf(file);
      expect(lines).toHaveLength(count);
      for (const line of lines) expect(schema.safeParse(JSON.parse(line)).error).toBeUndefined();
    }
    // The last block before seven was seen after seven.
    const first = JSON.parse(linesOf('node_fills_by_block/hourly/20261120/7')[0] as string);
    expect(first.block_time < '2026-11-20T07').toBe(true);
    expect(first.local_time > '2026-11-20T07').toBe(true);
  });

  test('have both halves of each trade, the buyer first', () => {
    const writer = createNodeFileWriter(folder, { kinds: ['node_fills', 'node_trades'], form: 'lines' });
    const market = state();
    for (const block of market.runUntil(start + 20_000)) writer.write(block);
    writer.close();
    const fills = linesOf('node_fills/hourly/20261120/6').map(line => JSON.parse(line) as [string, WireFill]);
    const trades = linesOf('node_trades/hourly/20261120/6').map(line => JSON.parse(line));
    expect(trades.length).toBeGreaterThan(300);
    const halves = fills.filter(([, fill]) => trades.some(trade => trade.hash === fill.hash || fill.tid > 0));
    expect(halves.length).toBeGreaterThanOrEqual(2 * trades.length);
    for (const [place, trade] of trades.slice(0, 50).entries()) {
      const pair = halves.slice(2 * place, 2 * place + 2);
      expect(pair.map(([user]) => user)).toEqual(trade.side_info.map(({ user }: { user: string }) => user));
      expect(pair.map(([, fill]) => fill.side)).toEqual(['B', 'A']);
      expect(new Set(pair.map(([, fill]) => fill.tid)).size).toBe(1);
      expect(trade.side_info[0].start_pos).toBe(pair[0]?.[1].startPosition);
    }
  });

  test('of blocks may be compressed, and are read by the collector of archives', async () => {
    const writer = createNodeFileWriter(folder, { kinds: ['node_fills'], form: 'blocks', lz4: true });
    const market = state();
    let trades = 0;
    for (const block of market.runUntil(start + 60_000)) {
      writer.write(block);
      for (const rows of block.trades.values()) trades += rows.length;
    }
    const written = writer.close();
    expect(Object.keys(written)).toEqual([
      'node_fills_by_block/hourly/20261120/6.lz4',
      'node_fills_by_block/hourly/20261120/7.lz4',
    ]);
    const raw = decompressFrameSync(readFileSync(path.join(folder, Object.keys(written)[0] as string)));
    expect(raw.toString().trim().split('\n')).toHaveLength(Object.values(written)[0] as number);
    const { drafts, rejections } = await collectedBy(nodeFills, { path: folder });
    expect(rejections).toEqual([]);
    expect(drafts.filter(({ ref }) => ref.id === 'fill').length).toBeGreaterThanOrEqual(2 * trades);
  });
});
