import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { collectedBy, restartFaults } from '../../../../test/collectors/collected-by.ts';
import { conformance } from '../../../testing/index.ts';
import { recording } from './index.ts';

const path = new URL('./fixtures', import.meta.url).pathname;
const start = 1_700_000_000_000;

describe('a recording', () => {
  test('brings the streams of all its files in the order in which they were received', async () => {
    const { drafts } = await collectedBy(recording, { path });
    const lines = drafts.map(
      draft => `${(draft.tsIngest ?? 0) - start} ${draft.ref.id} ${draft.key} ${draft.tsEvent - start}`,
    );
    expect(lines).toEqual([
      '150 trade ETH 0',
      '150 trade ETH 0',
      '200 trade SOL 50',
      '1150 mark SOL 1150',
      '1150 trade ETH 1000',
      '1650 trade ETH 1500',
      '2000 candle SOL 0',
      '2200 book SOL 2190',
      '60500 candle ETH 60000',
    ]);
  });

  test('has a candle of the stream as it stood when it was complete', async () => {
    const { drafts } = await collectedBy(recording, { path: `${path}/candles.jsonl` });
    expect(drafts.map(draft => draft.payload)).toEqual([
      expect.objectContaining({
        interval: '1m',
        openTime: start,
        closeTime: start + 60_000,
        close: '2.5',
        trades: 2,
      }),
    ]);
  });

  test('keeps what a line of a tape says of itself, and works the rest out for lines written by hand', async () => {
    const { drafts } = await collectedBy(recording, { path: `${path}/mixed.jsonl.gz` });
    expect(drafts[0]).toMatchObject({ key: 'SOL', tsEvent: start + 50, dedupe: `SOL:${start + 50}:9` });
    expect(drafts[1]).toMatchObject({ key: 'SOL', dedupe: `SOL:SOL:${start + 1_150}` });
    expect(drafts[1]?.payload).toEqual({
      coin: 'SOL',
      mid: '20.4',
      mark: null,
      oracle: null,
      openInterest: null,
      dayVolumeUsd: null,
    });
  });

  test('keeps trades of a venue that names nobody, apart from each other even without ids', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nameless-'));
    const file = join(folder, 'trades.jsonl');
    const coin = 'venue:BTC-USD';
    const line = (size: string) =>
      JSON.stringify({
        ts: start,
        stream: 'trade',
        data: { coin, price: '80000.1', size, takerSide: 'buy', buyer: null, seller: null, tradeId: null },
      });
    await writeFile(file, `${line('1')}\n${line('2')}\n`);
    const { drafts, rejections } = await collectedBy(recording, { path: file });
    expect(rejections).toEqual([]);
    expect(drafts[0]?.payload).toEqual({
      ...{ coin, price: '80000.1', size: '1', takerSide: 'buy' },
      ...{ buyer: null, seller: null, tradeId: null, hash: null },
    });
    expect(drafts.map(draft => draft.dedupe)).toEqual([
      `${coin}:${start}:buy:80000.1:1`,
      `${coin}:${start}:buy:80000.1:2`,
    ]);
    await rm(folder, { recursive: true });
  });

  test('reports a torn end, an unknown stream and a payload that does not fit, with file and line', async () => {
    const { rejections } = await collectedBy(recording, { path: `${path}/mixed.jsonl.gz` });
    expect(rejections).toEqual([
      { source: `${path}/mixed.jsonl.gz`, line: 6, reason: expect.stringContaining('"weather" is neither') },
      { source: `${path}/mixed.jsonl.gz`, line: 8, reason: expect.stringContaining('`size`') },
      { source: `${path}/mixed.jsonl.gz`, line: 9, reason: 'the line is not JSON' },
    ]);
  });

  test('passes on the gaps that were noted when it was made', async () => {
    const { gaps } = await collectedBy(recording, { path });
    expect(gaps).toEqual([
      { stream: 'trade', key: 'SOL', from: start + 100, to: start + 400, reason: 'reconnect' },
    ]);
  });

  test('is replayed at the speed that is asked for', async () => {
    const total = async (speed: unknown) => {
      const { sleeps } = await collectedBy(recording, { path, speed });
      return sleeps.reduce((sum, ms) => sum + ms, 0);
    };
    // From the first line received (150) to the last candle that is complete (60500).
    expect(await total(1)).toBe(60_350);
    expect(await total(10)).toBeCloseTo(6_035, 6);
    expect(await total('max')).toBe(0);
  });

  test('goes on after any of its drafts', async () => {
    expect(await restartFaults(recording, { path })).toEqual([]);
  });

  test('stops at once when it is aborted', async () => {
    expect((await collectedBy(recording, { path }, { aborted: true })).drafts).toEqual([]);
  });

  test('that is none is refused, with what was expected', async () => {
    const other = new URL('../node-fills/fixtures/lines.jsonl', import.meta.url).pathname;
    await expect(collectedBy(recording, { path: other })).rejects.toThrow(
      /mostly malformed and is refused. Expected: lines such as \{"ts"/,
    );
    await expect(collectedBy(recording, { path: `${path}/absent` })).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
    });
  });
});

describe('conformance of recording', () => {
  for (const check of conformance(recording, { config: { path } })) it(check.name, check.run);
});
