import { describe, expect, test } from 'vitest';
import { chooseMarkets, chooseSubscriptions } from './choose.ts';
import { marketConfig } from './config.ts';
import type { Market } from './universe.ts';

const market = (coin: string, kind: Market['kind'], dayVolumeUsd: number): Market => ({
  coin,
  kind,
  dex: kind === 'builder' ? coin.slice(0, coin.indexOf(':')) : '',
  decimals: 2,
  dayVolumeUsd,
});
const all = [
  market('@1', 'spot', 9_000),
  market('@2', 'spot', 90_000),
  market('xyz:NVDA', 'builder', 500_000),
  market('flx:GOLD', 'builder', 5_000_000),
  market('ARB', 'perp', 1_000),
  market('BTC', 'perp', 1_000_000),
];
const coinsOf = (markets: readonly Market[]) => markets.map(({ coin }) => coin);
const universe = (given: object) => marketConfig.parse({ universe: given });

describe('markets', () => {
  test('come with perpetuals first, then builder perpetuals, then spot, each by volume', () => {
    expect(coinsOf(chooseMarkets(all, universe({})))).toEqual([
      'BTC',
      'ARB',
      'flx:GOLD',
      'xyz:NVDA',
      '@2',
      '@1',
    ]);
  });

  test('are those that are configured', () => {
    expect(coinsOf(chooseMarkets(all, universe({ dexes: ['xyz'], spot: 1, exclude: ['ARB'] })))).toEqual([
      'BTC',
      'xyz:NVDA',
      '@2',
    ]);
    const named = universe({ perps: false, dexes: [], spot: 0, include: ['@1'] });
    expect(coinsOf(chooseMarkets(all, named))).toEqual(['@1']);
  });

  test('do not take each other’s place before one has twice the volume of the other', () => {
    const pair = (first: number, second: number) => [
      market('@1', 'spot', first),
      market('@2', 'spot', second),
    ];
    const one = universe({ spot: 1 });
    expect(coinsOf(chooseMarkets(pair(70_000, 80_000), one))).toEqual(['@2']);
    expect(coinsOf(chooseMarkets(pair(70_000, 80_000), one, new Set(['@1'])))).toEqual(['@1']);
    expect(coinsOf(chooseMarkets(pair(70_000, 150_000), one, new Set(['@1'])))).toEqual(['@2']);
  });
});

describe('subscriptions', () => {
  test('are for all streams, trades before books', () => {
    const config = marketConfig.parse({ universe: { dexes: [], spot: 0 }, bestPrices: 1, books: ['ARB'] });
    expect(chooseSubscriptions(all, config).wanted.map(({ subscription }) => subscription)).toEqual([
      { type: 'allDexsAssetCtxs' },
      { type: 'allMids' },
      { type: 'trades', coin: 'BTC' },
      { type: 'trades', coin: 'ARB' },
      { type: 'bbo', coin: 'BTC' },
      { type: 'l2Book', coin: 'ARB' },
    ]);
  });

  test('that do not fit are named, and so are markets that the exchange does not have', () => {
    // Of ten, nine can be held: one in twenty is kept free, and there are no halves.
    const config = marketConfig.parse({ subscriptions: 10, books: ['BTC', 'NOPE'], bestPrices: 0 });
    const { wanted, leftOut, unknown } = chooseSubscriptions(all, config);
    expect(wanted).toHaveLength(9);
    expect(leftOut.map(({ stream, coin }) => `${stream} ${coin}`)).toEqual(['books BTC']);
    expect(unknown).toEqual(['NOPE']);
  });
});
