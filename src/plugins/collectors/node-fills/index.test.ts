import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compressFrameSync } from 'lz4-napi';
import { describe, expect, it, test } from 'vitest';
import { collectedBy, restartFaults } from '../../../../test/collectors/collected-by.ts';
import { conformance } from '../../../testing/index.ts';
import { nodeFills } from './index.ts';

const path = new URL('./fixtures/lines.jsonl', import.meta.url).pathname;
const folder = new URL('./fixtures/hourly', import.meta.url).pathname;
const start = 1_700_000_000_000;

describe("a node's lines", () => {
  test('become fills, and a trade where both halves are there', async () => {
    const { drafts } = await collectedBy(nodeFills, { path });
    expect(drafts.map(({ ref, dedupe }) => `${ref.id} ${dedupe.replace(/(0x)?(..)\2{19}/g, '$2')}`)).toEqual([
      `fill a1:ETH:${start}:501:11`,
      `fill b2:ETH:${start}:501:12`,
      `trade ETH:${start}:501`,
      `fill a1:ETH:${start + 10}:502:13`,
      `fill c3:SOL:${start + 10}:504:14`,
      `fill a1:ETH:${start + 10}:503:13`,
      `fill b2:BTC:${start + 25}:505:15`,
    ]);
    expect(drafts[2]?.payload).toMatchObject({
      buyer: `0x${'a1'.repeat(20)}`,
      seller: `0x${'b2'.repeat(20)}`,
      takerSide: 'buy',
    });
    expect(drafts[6]?.payload).toMatchObject({
      liquidatedUser: `0x${'c3'.repeat(20)}`,
      startPosition: '0.0',
    });
  });

  test('of one millisecond follow the start positions, or the file when that is wished', async () => {
    const order = async (settings: object) => {
      const { drafts } = await collectedBy(nodeFills, { path, trades: false, ...settings });
      return drafts.slice(2, 5).map(draft => draft.payload.startPosition);
    };
    expect(await order({})).toEqual(['1.0', '0.0', '3.0']);
    expect(await order({ orderByStartPosition: false })).toEqual(['3.0', '0.0', '1.0']);
  });

  test('could be known a while after they happened', async () => {
    const { drafts } = await collectedBy(nodeFills, { path, availabilityMs: 250 });
    expect(drafts.map(draft => (draft.tsIngest ?? 0) - draft.tsEvent)).toEqual(Array(7).fill(250));
  });

  test('that are malformed are reported with file and line, and nothing else is lost', async () => {
    const { rejections } = await collectedBy(nodeFills, { path });
    expect(rejections).toEqual([
      { source: path, line: 4, reason: 'the line is not JSON' },
      { source: path, line: 6, reason: 'the wallet must be an address; found "0x12"' },
    ]);
  });

  test('are the same from gzip and LZ4 files', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'node-fills-'));
    try {
      const content = await readFile(path);
      const plain = (await collectedBy(nodeFills, { path })).drafts.map(draft => draft.dedupe);
      for (const [name, bytes] of [
        ['a.gz', gzipSync(content)],
        ['b.lz4', compressFrameSync(content)],
      ] as const) {
        await writeFile(join(temporary, name), bytes);
        const { drafts, progress } = await collectedBy(nodeFills, { path: join(temporary, name) });
        expect(drafts.map(draft => draft.dedupe)).toEqual(plain);
        expect(progress.at(-1)).toMatchObject({ done: bytes.length, total: bytes.length, unit: 'bytes' });
      }
    } finally {
      await rm(temporary, { recursive: true });
    }
  });

  test('are taken up after any draft', async () => {
    expect(await restartFaults(nodeFills, { path })).toEqual([]);
    expect(await restartFaults(nodeFills, { path: folder })).toEqual([]);
  });

  test('of another source are not skipped by the cursor of this one', async () => {
    const { drafts } = await collectedBy(nodeFills, { path });
    const other = await collectedBy(nodeFills, { path: folder }, { cursor: drafts.at(-1)?.cursor });
    expect(other.drafts).toHaveLength(4);
  });
});

describe('blocks in hourly files', () => {
  test('come in the order of the hours, known when the node saw them', async () => {
    const { drafts } = await collectedBy(nodeFills, { path: folder });
    expect(
      drafts.map(draft => `${draft.ref.id} ${draft.payload.coin} ${(draft.tsIngest ?? 0) - start}`),
    ).toEqual(['fill ETH 450', 'fill ETH 450', 'trade ETH 450', 'fill BTC 700']);
  });
});

test('a trade of the older files becomes two fills without a trade id', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'node-trades-'));
  try {
    const [buyer, seller] = [`0x${'a1'.repeat(20)}`, `0x${'b2'.repeat(20)}`];
    const line = {
      coin: 'BTC',
      side: 'A',
      time: '2023-11-14T22:13:20.184115013',
      px: '40000.0',
      sz: '0.01',
      hash: '0x5',
      trade_dir_override: 'Na',
      side_info: [
        { user: buyer, start_pos: '-1.5', oid: 8, twap_id: null, cloid: null },
        { user: seller, start_pos: '2.0', oid: 9, twap_id: 3, cloid: null },
      ],
    };
    await writeFile(join(temporary, 'trades'), JSON.stringify(line));
    const { drafts } = await collectedBy(nodeFills, { path: temporary });
    expect(drafts.map(draft => draft.payload)).toMatchObject([
      {
        user: buyer,
        side: 'buy',
        startPosition: '-1.5',
        crossed: false,
        tradeId: null,
        orderId: 8,
        fee: null,
      },
      { user: seller, side: 'sell', startPosition: '2.0', crossed: true, tradeId: null, twapId: 3 },
    ]);
  } finally {
    await rm(temporary, { recursive: true });
  }
});

test('a file of something else is refused before anything of it is taken', async () => {
  const other = new URL('../candles-csv/fixtures/candles_1h_own.csv', import.meta.url).pathname;
  await expect(collectedBy(nodeFills, { path: other })).rejects.toMatchObject({
    code: 'INPUT_MALFORMED',
    message: expect.stringContaining('5 malformed of 5 read; the first: line 1: the line is not JSON'),
  });
});

describe('conformance of node-fills', () => {
  for (const check of conformance(nodeFills, { config: { path } })) it(check.name, check.run);
});
