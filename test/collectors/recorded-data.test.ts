import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { rowProblem } from '../../src/core/row-check.ts';
import type { CollectorPlugin, Fields } from '../../src/plugin-api/index.ts';
import { accountsCsv } from '../../src/plugins/collectors/accounts-csv/index.ts';
import { candlesCsv } from '../../src/plugins/collectors/candles-csv/index.ts';
import { fillsCsv } from '../../src/plugins/collectors/fills-csv/index.ts';
import { fundingCsv } from '../../src/plugins/collectors/funding-csv/index.ts';
import { decodeChannel } from '../../src/plugins/collectors/hyperliquid-messages/channels.ts';
import { decodeNodeLine } from '../../src/plugins/collectors/hyperliquid-messages/node-lines.ts';
import { nodeFills } from '../../src/plugins/collectors/node-fills/index.ts';
import { userFills } from '../../src/plugins/collectors/user-fills/index.ts';
import { type AnyDraft, collectedBy } from './collected-by.ts';

const data = process.env.HYPERSONAR_DATA ?? '../shared/data';
const at = (path: string) => join(data, path);

/** How many fills begin where the last one of that wallet and coin ended, and how many do not. */
function chain(drafts: readonly AnyDraft[]): { joined: number; broken: number } {
  const positions = new Map<string, number>();
  const count = { joined: 0, broken: 0 };
  for (const { ref, payload } of drafts) {
    if (ref.id !== 'fill' || payload.startPosition === null) continue;
    const name = `${payload.user}:${payload.coin}`;
    const start = Number(payload.startPosition);
    const before = positions.get(name);
    if (before !== undefined) {
      if (Math.abs(before - start) <= 1e-6 * Math.max(1, Math.abs(start))) count.joined += 1;
      else count.broken += 1;
    }
    positions.set(name, start + (payload.side === 'buy' ? 1 : -1) * Number(payload.size));
  }
  return count;
}

/** Checks every draft against its ref, and that the order is that of the times at which they could be known. */
function expectFitting(drafts: readonly AnyDraft[]): void {
  let latest = 0;
  for (const draft of drafts) {
    const { tsIngest = 0 } = draft;
    if (tsIngest < latest) throw new Error(`${draft.dedupe} is known at ${tsIngest}, after ${latest}`);
    latest = tsIngest;
    const problem = rowProblem((draft.ref as unknown as { fields: Fields }).fields, draft.payload);
    if (problem !== undefined) throw new Error(`${draft.dedupe}: ${problem}`);
  }
}

const counted = (drafts: readonly AnyDraft[]) => {
  const counts: Record<string, number> = {};
  for (const { ref } of drafts) counts[ref.id] = (counts[ref.id] ?? 0) + 1;
  return counts;
};

async function timed(plugin: CollectorPlugin, settings: Readonly<Record<string, unknown>>) {
  const before = performance.now();
  const collection = await collectedBy(plugin, settings);
  const seconds = (performance.now() - before) / 1_000;
  const rate = Math.round(collection.drafts.length / seconds);
  console.info(`${plugin.id}: ${collection.drafts.length} drafts in ${seconds.toFixed(1)} s, ${rate}/s`);
  return collection;
}

describe.skipIf(!existsSync(at('vault-fills')))('recorded fills of vaults', () => {
  const crash = at('vault-fills/crash-2025-10.node_fills.jsonl.gz');

  test('the crash tape is read whole, and its start positions chain in 99 % of pairs', async () => {
    const lines = gunzipSync(readFileSync(crash)).toString().trimEnd().split('\n');
    const before = performance.now();
    for (const line of lines) JSON.parse(line);
    console.info(
      `JSON.parse alone: ${Math.round(lines.length / ((performance.now() - before) / 1_000))} lines/s`,
    );
    const { drafts, rejections } = await timed(nodeFills, { path: crash });
    expect(rejections).toEqual([]);
    expect(counted(drafts).fill).toBe(59_873);
    expectFitting(drafts);
    const { joined, broken } = chain(drafts);
    expect(broken / (joined + broken)).toBeLessThan(0.01);
  });

  test('all rows of the table come out in the order of time, with chaining start positions', async () => {
    const { drafts, rejections } = await timed(fillsCsv, { path: at('vault-fills/fills.csv.gz') });
    expect(rejections).toEqual([]);
    expect(drafts).toHaveLength(1_242_652);
    expectFitting(drafts);
    expect(new Set(drafts.map(draft => draft.dedupe)).size).toBe(1_242_652);
    const { joined, broken } = chain(drafts);
    expect(broken / (joined + broken)).toBeLessThan(0.01);
  }, 300_000);

  test('equity over time is read whole', async () => {
    const { drafts, rejections } = await timed(accountsCsv, { path: at('vault-fills') });
    expect(rejections).toEqual([]);
    expect(drafts).toHaveLength(180_245);
    expectFitting(drafts);
  });
});

describe.skipIf(!existsSync(at('wallet-fills')))('recorded answers', () => {
  test('of ten wallets are read whole beside what is no answer', async () => {
    const { drafts, rejections } = await timed(userFills, { path: at('wallet-fills') });
    expect(drafts).toHaveLength(24_000);
    expect(rejections.map(rejection => rejection.reason)).toEqual([
      expect.stringContaining('golden_metrics.json'),
    ]);
    expectFitting(drafts);
  });

  test('of TWAP slices chain with the ordinary fills', async () => {
    const { drafts } = await collectedBy(userFills, { path: at('wallet-fills/twap') });
    expect(drafts.filter(draft => draft.payload.twapId !== null)).toHaveLength(2_000);
    const slices = drafts.filter(draft => draft.payload.twapId !== null);
    expect(chain(slices).broken).toBe(0);
  });
});

describe.skipIf(!existsSync(at('market')))('recorded markets', () => {
  test('candles of three lengths come out together in the order in which they could be known', async () => {
    const { drafts, rejections } = await timed(candlesCsv, { path: at('market') });
    expect(rejections).toEqual([]);
    expect(new Set(drafts.map(draft => draft.payload.interval))).toEqual(new Set(['5m', '1h', '4h']));
    expect(drafts).toHaveLength(922_372);
    expectFitting(drafts);
  }, 300_000);

  test('funding rates are read whole', async () => {
    const { drafts, rejections } = await timed(fundingCsv, { path: at('market') });
    expect(rejections).toEqual([]);
    expect(drafts).toHaveLength(414_396);
    expectFitting(drafts);
  });
});

describe.skipIf(!existsSync(at('messages')))('recorded messages', () => {
  const facts = { receivedAt: 1_700_000_000_000, user: `0x${'1a'.repeat(20)}` };
  const decoded = (channel: string, body: unknown) => {
    const drafts = decodeChannel(channel, body, facts);
    for (const draft of drafts) {
      if (typeof draft !== 'string') expectFitting([draft as unknown as AnyDraft]);
    }
    return drafts;
  };
  const reasons = (drafts: readonly unknown[]) => drafts.filter(draft => typeof draft === 'string');
  const json = (file: string) => JSON.parse(readFileSync(at(`messages/ws/${file}`), 'utf8')) as unknown;

  test.each([
    ['BookTicker.txt', ['book']],
    ['Klines.txt', ['candle']],
    ['Order.txt', ['order']],
    ['OrderBook.txt', ['book']],
    ['Prices.txt', ['mark', 'mark']],
    ['Trades.txt', ['trade']],
    ['UserEventTrade.txt', ['fill']],
  ])('of the socket, %s, are decoded', (file, kinds) => {
    const text = readFileSync(at(`messages/ws/${file}`), 'utf8');
    const frame = JSON.parse(text.slice(text.indexOf('\n=') + 2)) as { channel: string; data: unknown };
    const drafts = decoded(frame.channel, frame.data);
    expect(drafts.map(draft => (typeof draft === 'string' ? draft : draft.ref.id))).toEqual(kinds);
  });

  test('of the socket that were saved as JSON are decoded', () => {
    const trades = decoded('trades', json('ws_trades_BTC_first20.json'));
    expect([trades.length, reasons(trades)]).toEqual([20, []]);
    const mids = decoded('allMids', json('11-allMids.json'));
    expect(mids.length).toBeGreaterThan(100);
    expect(reasons(mids)).toEqual([]);
    for (const frame of json('4-webData2-openPosition-all.json') as { channel: string; data: unknown }[]) {
      const drafts = decoded(frame.channel, frame.data);
      expect(reasons(drafts)).toEqual([]);
      if (frame.channel === 'webData2') {
        expect(drafts.map(draft => (draft as { ref: { id: string } }).ref.id)).toEqual(['position']);
      }
    }
  });

  test("of a node's files are decoded", () => {
    const found: Record<string, number> = {};
    for (const file of readdirSync(at('messages/node'))) {
      for (const line of readFileSync(at(`messages/node/${file}`), 'utf8')
        .trimEnd()
        .split('\n')) {
        const result = decodeNodeLine(JSON.parse(line));
        if (typeof result === 'string') {
          found[`${file}: not read`] = (found[`${file}: not read`] ?? 0) + 1;
          continue;
        }
        expect(reasons(result.drafts)).toEqual([]);
        expectFitting(result.drafts as unknown as AnyDraft[]);
        const name = `${file}: ${(result.drafts[0] as unknown as AnyDraft).ref.id}`;
        found[name] = (found[name] ?? 0) + result.drafts.length;
      }
    }
    expect(found).toEqual({
      'misc_events: not read': 27,
      'node_fills: fill': 26,
      'node_order_statuses: order': 10,
      'node_trades: fill': 16,
    });
  });
});
