import { describe, expect, it, test } from 'vitest';
import { collectedBy, restartFaults } from '../../../../test/collectors/collected-by.ts';
import { conformance } from '../../../testing/index.ts';
import { fillsCsv } from './index.ts';

const folder = new URL('./fixtures', import.meta.url).pathname;
const path = `${folder}/fills.csv.gz`;
const [first, second] = [`0x${'a1'.repeat(20)}`, `0x${'b2'.repeat(20)}`];
const start = 1_700_000_000_000;

describe('a table of fills', () => {
  test('sorted by wallet comes out in the order of time, and within a millisecond of start positions', async () => {
    const { drafts } = await collectedBy(fillsCsv, { path });
    expect(drafts.map(({ key, tsEvent, payload }) => [key, tsEvent - start, payload.startPosition])).toEqual([
      [first, 0, '0.0'],
      [second, 50, '0.0'],
      [second, 50, '3.0'],
      [first, 100, '1.0'],
      [first, 500, '1.5'],
      [second, 500, '0.0'],
    ]);
    expect(drafts[0]).toMatchObject({
      dedupe: `${first}:ETH:${start}:501:11`,
      tsIngest: start + 600,
      payload: {
        price: '2000.5',
        size: '1.0',
        side: 'buy',
        crossed: true,
        feeToken: 'USDC',
        hash: null,
        orderId: 11,
      },
    });
  });

  test('tells the liquidated wallet from the one that takes its position over', async () => {
    const { drafts } = await collectedBy(fillsCsv, { path });
    expect(drafts.slice(4).map(draft => draft.payload.liquidatedUser)).toEqual([first, null]);
    expect(drafts.slice(4).map(draft => draft.payload.tradeId)).toEqual([null, null]);
  });

  test('reports rows that do not fit, with file and line', async () => {
    const { rejections } = await collectedBy(fillsCsv, { path });
    expect(rejections).toEqual([
      { source: path, line: 8, reason: 'the price must be a decimal; found "twenty"' },
      { source: path, line: 9, reason: 'the wallet must be an address; found nothing' },
    ]);
  });

  test('may have any columns, constants and words', async () => {
    const mapping = {
      user: 'wallet',
      coin: 'market',
      side: { column: 'direction', values: { long: 'B', short: 'A' } },
      price: 'cost',
      size: 'amount',
      time: 'when',
      feeToken: { constant: 'USDC' },
    };
    const { drafts } = await collectedBy(fillsCsv, { path: `${folder}/own-columns.csv`, mapping });
    expect(drafts.map(draft => draft.payload)).toMatchObject([
      { user: first, coin: 'ETH', side: 'buy', price: '2000', fee: null, feeToken: 'USDC' },
      { user: first, coin: 'ETH', side: 'sell', price: '2001', startPosition: null },
    ]);
  });

  test('without the columns of the mapping is refused with the names of those that are missing', async () => {
    await expect(collectedBy(fillsCsv, { path: `${folder}/own-columns.csv` })).rejects.toThrow(
      /lacks `w`, `coin`, `side`.*Found: when,wallet,direction,market,cost,amount/,
    );
  });

  test('in a folder is found by its columns, whatever else lies there', async () => {
    expect((await collectedBy(fillsCsv, { path: folder })).drafts).toHaveLength(6);
  });

  test('that does not fit into memory comes out the same', async () => {
    const inMemory = await collectedBy(fillsCsv, { path });
    const spilled = await collectedBy(fillsCsv, { path, sortMemoryMb: 0.0001 });
    expect(spilled.drafts).toEqual(inMemory.drafts);
  });

  test('is taken up after any draft', async () => {
    expect(await restartFaults(fillsCsv, { path })).toEqual([]);
  });
});

describe('conformance of fills-csv', () => {
  for (const check of conformance(fillsCsv, { config: { path } })) it(check.name, check.run);
});
