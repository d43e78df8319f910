import { describe, expect, test } from 'vitest';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import { readUniverse } from './universe.ts';

const perps = { universe: [{ name: 'BTC', szDecimals: 5 }] };
const builder = { universe: [{ name: 'xyz:NVDA', szDecimals: 3 }] };
const whole = {
  perpDexs: [null, { name: 'xyz' }],
  allPerpMetas: [perps, builder],
  spotMetaAndAssetCtxs: [{ tokens: [], universe: [] }, []],
};

const read = (answers: Record<string, unknown>) => {
  const request = async ({ type }: { type: string }) => answers[type];
  return readUniverse({ request } as unknown as InfoClient, () => 0, 'high');
};

describe('the universe', () => {
  test('holds the markets of every exchange', async () => {
    const { markets } = await read(whole);
    expect(markets.map(({ coin }) => coin)).toEqual(['BTC', 'xyz:NVDA']);
  });

  test.each([
    ['no perpetuals', { allPerpMetas: null }],
    ['an empty list of perpetuals', { perpDexs: [], allPerpMetas: [] }],
    ['no exchanges', { perpDexs: null }],
    ['fewer exchanges than lists of perpetuals', { perpDexs: [null] }],
    ['more exchanges than lists of perpetuals', { allPerpMetas: [perps] }],
    ['no spot pairs', { spotMetaAndAssetCtxs: null }],
  ])('is refused where the exchange answers %s', async (_, odd) => {
    await expect(read({ ...whole, ...odd })).rejects.toThrow(/^Expected /);
  });
});
