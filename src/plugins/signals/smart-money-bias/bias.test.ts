import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../../../test/fixtures/wallet-rows.ts';
import { actionOf, biasOf } from './bias.ts';
import { smartMoneyBiasConfig } from './config.ts';
import {
  type Holders,
  initialState,
  netOf,
  readNewcomers,
  refreshWeights,
  setHolder,
  sumAgain,
} from './holders.ts';

const config = smartMoneyBiasConfig.parse({});
/** Traders 1, 2, 3 and so on with sizes and weights. */
function holders(...list: readonly (readonly [size: number, weight: number])[]): Holders {
  const state = initialState();
  for (const [index, [to, by]] of list.entries()) setHolder(state, addressOf(index + 1), to, by);
  return state.holders;
}

const size = fc.oneof(
  fc.double({ min: 1e-4, max: 1e4, noNaN: true }),
  fc.double({ min: -1e4, max: -1e-4, noNaN: true }),
);
const weight = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 3, noNaN: true }));

describe('the bias of a coin', () => {
  it('weighs positions and says how surely', () => {
    // Contributions at 100,000 USD: 2 x 1 M = +2, 1 x .5 M = -.5, 1 x .1 M = +.1. net = 1.6/2.6.
    // nEff = 4^2 / (4 + 1 + 1) = 16/6; top share 2/2.6; confidence 1.6/2.6 x (16/6)/30 x .6/2.6.
    const row = biasOf(holders([10, 2], [-5, 1], [1, 1]), 100_000, config);
    expect(row).toMatchObject({
      action: 'BUY',
      plain: 'LONG',
      netExposureUsd: 600_000,
      netExposureCoins: 6,
      longTraders: 2,
      shortTraders: 1,
      price: 100_000,
    });
    expect(row?.net).toBeCloseTo(1.6 / 2.6, 12);
    expect(row?.nEff).toBeCloseTo(16 / 6, 12);
    expect(row?.topShare).toBeCloseTo(2 / 2.6, 12);
    expect(row?.confidence).toBeCloseTo(0.012623, 6);
    expect(row?.contributions).toEqual([
      { trader: addressOf(1), weight: 2, size: 10, notionalUsd: 1_000_000, contribution: 2 },
      { trader: addressOf(2), weight: 1, size: -5, notionalUsd: -500_000, contribution: -0.5 },
      { trader: addressOf(3), weight: 1, size: 1, notionalUsd: 100_000, contribution: 0.1 },
    ]);
  });

  it('counts nobody without a weight, and is not known when only such traders hold the coin', () => {
    expect(biasOf(holders([10, 1], [-1_000, 0]), 1, config)).toMatchObject({
      net: 1,
      longTraders: 1,
      shortTraders: 0,
    });
    expect(biasOf(holders([10, 0]), 1, config)).toBeUndefined();
    expect(biasOf(holders(), 1, config)).toBeUndefined();
  });

  it('has no confidence in a single trader, and full diversification from 30 on', () => {
    expect(biasOf(holders([10, 2]), 1, config)?.confidence).toBe(0);
    const equal = (count: number) => Array.from({ length: count }, () => [1, 1] as const);
    // 1 x 15/30 x 14/15
    expect(biasOf(holders(...equal(15)), 1, config)?.confidence).toBeCloseTo(14 / 30, 12);
    // 1 x 1 x 39/40
    expect(biasOf(holders(...equal(40)), 1, config)?.confidence).toBeCloseTo(39 / 40, 12);
  });

  it.each([
    [0.2, 'NEUTRAL'],
    [0.2001, 'BUY'],
    [-0.2, 'NEUTRAL'],
    [-0.2001, 'SELL'],
    [0, 'NEUTRAL'],
  ])('with net %d says %s', (net, action) => {
    expect(actionOf(net, config)).toBe(action);
  });

  it.each([
    [6, 4, 'MIXED'],
    [7, 4, 'LONG'],
    [4, 6, 'MIXED'],
    [4, 7, 'SHORT'],
  ])('with %d longs and %d shorts is plainly %s', (longs, shorts, plain) => {
    const list = [...Array(longs).fill([1, 1]), ...Array(shorts).fill([-1, 1])];
    expect(biasOf(holders(...list), 1, config)?.plain).toBe(plain);
  });

  it('shows the ten largest contributions, equal ones by address', () => {
    const list = Array.from({ length: 14 }, (_, index) => [index < 2 ? 5 : 1, 1] as const);
    const shown = biasOf(holders(...list), 1, config)?.contributions.map(each => each.trader);
    expect(shown).toEqual(Array.from({ length: 10 }, (_, index) => addressOf(index + 1)));
    const { traders, sizes, weights, places } = holders(...list);
    const reversed = {
      traders: traders.toReversed(),
      sizes: sizes.toReversed(),
      weights: weights.toReversed(),
      places,
    };
    expect(biasOf(reversed, 1, config)?.contributions.map(each => each.trader)).toEqual(shown);
  });

  it('stays in its ranges, and turns into its mirror image when all sides are flipped', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(size, weight), { maxLength: 40 }), list => {
        const row = biasOf(holders(...list), 3.7, config);
        const mirror = biasOf(holders(...list.map(([s, w]) => [-s, w] as const)), 3.7, config);
        if (row === undefined || mirror === undefined) return row === mirror;
        expect(Math.abs(row.net)).toBeLessThanOrEqual(1);
        expect(row.confidence).toBeGreaterThanOrEqual(0);
        expect(row.confidence).toBeLessThanOrEqual(1);
        expect(row.topShare).toBeLessThanOrEqual(1);
        expect(mirror.net).toBe(-row.net);
        expect(mirror.confidence).toBe(row.confidence);
        expect(mirror.netExposureCoins).toBe(-row.netExposureCoins);
        expect(mirror.longTraders).toBe(row.shortTraders);
        return mirror.action === { BUY: 'SELL', SELL: 'BUY', NEUTRAL: 'NEUTRAL' }[row.action];
      }),
    );
  });
});

describe('the holders of a coin', () => {
  it('keep sums that equal summing again after any changes', () => {
    const change = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.oneof(fc.constant(0), size), weight);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), changes => {
        const state = initialState();
        for (const [trader, to, by] of changes) setHolder(state, addressOf(trader), to, by);
        const { long, short } = state;
        sumAgain(state);
        expect(long).toBeCloseTo(state.long, 6);
        expect(short).toBeCloseTo(state.short, 6);
        const open = new Map(changes.map(([trader, to]) => [addressOf(trader), to] as const));
        for (const [trader, to] of open) if (to === 0) open.delete(trader);
        const { traders, sizes, places } = state.holders;
        expect(new Map(traders.map((trader, place) => [trader, sizes[place]]))).toEqual(open);
        expect(new Map(traders.map((trader, place) => [trader, place]))).toEqual(places);
      }),
    );
  });

  it('leave nothing behind when all have closed', () => {
    const state = initialState();
    setHolder(state, 'a', 0.1, 0.3);
    setHolder(state, 'b', 0.2, 0.7);
    setHolder(state, 'a', 0, 0.3);
    setHolder(state, 'b', 0, 0.7);
    expect(state).toMatchObject({ long: 0, short: 0 });
    expect(netOf(state.long, state.short)).toBeUndefined();
  });

  it('have their weights read in turn', () => {
    const state = initialState();
    for (const trader of ['a', 'b', 'c']) setHolder(state, trader, 1, 1);
    const read: string[] = [];
    const weightOf = (trader: string) => {
      read.push(trader);
      return 2;
    };
    refreshWeights(state, 2, weightOf);
    refreshWeights(state, 2, weightOf);
    refreshWeights(state, 9, weightOf);
    expect(read).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a']);
    expect(state.long).toBeCloseTo(6, 12);
  });

  it('have those who came without a weight read apart, once', () => {
    const state = initialState();
    setHolder(state, 'a', 1, 0);
    setHolder(state, 'b', 1, 1);
    setHolder(state, 'c', 1, 0);
    setHolder(state, 'c', 0, 0);
    const read: string[] = [];
    for (let tick = 0; tick < 2; tick++) {
      readNewcomers(state, trader => {
        read.push(trader);
        return 0.5;
      });
    }
    expect(read).toEqual(['a']);
    expect(state.long).toBe(1.5);
  });

  it('count as changed when a weighted size moves, not when a weight does', () => {
    const changedBy = (to: number, by: number, from = 1) => {
      const state = initialState();
      setHolder(state, 'a', 1, from);
      state.changed = false;
      setHolder(state, 'a', to, by);
      return state.changed;
    };
    expect(changedBy(1, 1)).toBe(false);
    expect(changedBy(1, 2)).toBe(false);
    expect(changedBy(2, 1)).toBe(true);
    expect(changedBy(0, 1)).toBe(true);
    expect(changedBy(2, 0, 0)).toBe(false);
  });
});
