import { beforeEach, describe, expect, test } from 'vitest';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { type MarketPrices, marketPrices } from './market-prices.ts';

const start = Date.UTC(2026, 5, 1);
const context = (over: object = {}) => ({
  prevDayPx: '90.0',
  dayNtlVlm: '1000.5',
  markPx: '100.0',
  midPx: '100.5',
  funding: '0.0000125',
  openInterest: '7.5',
  premium: '0.0003',
  oraclePx: '99.9',
  impactPxs: ['99', '101'],
  dayBaseVlm: '10.25',
  ...over,
});

let drafts: Collected[] = [];
let rejections: string[] = [];
let prices: MarketPrices;
beforeEach(() => {
  drafts = [];
  rejections = [];
  prices = marketPrices({
    midsEveryMs: 1_000,
    contextsEveryMs: 60_000,
    withMids: true,
    withContexts: true,
    push: draft => drafts.push(draft),
    reject: reason => rejections.push(reason),
  });
  const places = new Map([
    ['', ['BTC', 'OLD', 'ETH']],
    ['xyz', ['xyz:NVDA']],
  ]);
  prices.use({ markets: [], places }, new Set(['BTC', 'ETH', 'xyz:NVDA', '@1', '@2']));
});
const of = (ref: string) => drafts.filter(draft => draft.ref.id === ref).map(({ payload }) => payload);

describe('prices', () => {
  test('of contexts go to the market at their place, delisted ones left out', () => {
    const ctxs = [
      ['', [context(), context({ markPx: '1.0' }), context({ markPx: '200.0' })]],
      ['xyz', [context({ markPx: '300.0' })]],
    ];
    expect(prices.perpContexts({ ctxs }, start)).toBe(true);
    expect(of('mark').map(row => [(row as { coin: string }).coin, (row as { mark: string }).mark])).toEqual([
      ['BTC', '100.0'],
      ['ETH', '200.0'],
      ['xyz:NVDA', '300.0'],
    ]);
    expect(of('ticker')[0]).toEqual({
      coin: 'BTC',
      price: '100.0',
      previousPrice: '90.0',
      dayVolume: '10.25',
      dayVolumeUsd: '1000.5',
    });
    expect(of('funding')[0]).toEqual({ coin: 'BTC', rate: 0.0000125, premium: 0.0003 });
  });

  test('are not told of a list that is longer or shorter than the markets known', () => {
    expect(prices.perpContexts({ ctxs: [['', [context(), context()]]] }, start)).toBe(false);
    expect(drafts).toEqual([]);
  });

  test('of spot pairs go by the name in the context, whatever its place', () => {
    prices.spotContexts(
      [context({ coin: '@2', markPx: '2.0' }), context({ coin: '@1', markPx: '1.0' })],
      start,
    );
    expect(of('mark')).toEqual([
      expect.objectContaining({ coin: '@2', mark: '2.0' }),
      expect.objectContaining({ coin: '@1', mark: '1.0' }),
    ]);
  });

  test('that are no numbers are null', () => {
    prices.namedContexts(['BTC'], [context({ premium: 'NaN', midPx: null })], start);
    expect(of('funding')).toEqual([{ coin: 'BTC', rate: 0.0000125, premium: null }]);
    expect(of('mark')).toEqual([expect.objectContaining({ mid: null, mark: '100.0' })]);
  });

  test('in mids are told when they change, not more often than once a second, with all that is known besides', () => {
    prices.namedContexts(['BTC'], [context()], start);
    prices.mids({ mids: { BTC: '100.5', NOBODY: '1' } }, start + 1_000);
    prices.mids({ mids: { BTC: '101' } }, start + 2_000);
    prices.mids({ mids: { BTC: '102' } }, start + 2_500);
    prices.mids({ mids: { BTC: '102' } }, start + 3_000);
    expect(of('mark').map(row => (row as { mid: string }).mid)).toEqual(['100.5', '101', '102']);
    expect(of('mark').at(-1)).toEqual({
      coin: 'BTC',
      mid: '102',
      mark: '100.0',
      oracle: '99.9',
      openInterest: '7.5',
      dayVolumeUsd: '1000.5',
    });
    expect(rejections).toEqual([]);
  });

  test('and tickers come once a minute, each market at a time of its own', () => {
    for (let second = 0; second <= 180; second++)
      prices.namedContexts(['BTC'], [context()], start + second * 1_000);
    // At once, at its own time within the first minute, and a minute after that: 0, s, s + 60, s + 120.
    expect(of('ticker')).toHaveLength(4);
  });
});
