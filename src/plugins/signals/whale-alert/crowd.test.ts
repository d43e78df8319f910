import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../../../test/fixtures/wallet-rows.ts';
import { whaleAlertConfig } from './config.ts';
import { biasOf, consensusOf, emptyCrowd, type Move, moveCrowd } from './crowd.ts';

const config = whaleAlertConfig.parse({ consensusTraders: 1 });
const move: fc.Arbitrary<Move> = fc.record({
  trader: fc.integer({ min: 1, max: 6 }).map(addressOf),
  sizeAfter: fc.integer({ min: -50, max: 50 }),
  isWhale: fc.boolean(),
  isElite: fc.boolean(),
});

describe('the crowd of a coin', () => {
  it('keeps sums that equal counting its members', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), moves => {
        const crowd = emptyCrowd();
        const last = new Map<string, Move>();
        for (const each of moves) {
          moveCrowd(crowd, [each], 0, config);
          last.set(each.trader, each);
        }
        const held = [...last.values()].filter(each => each.sizeAfter !== 0);
        const long = held.filter(each => each.isWhale && each.sizeAfter > 0);
        const whales = held.filter(each => each.isWhale);
        const elite = held.filter(each => each.isElite);
        const sum = (list: readonly Move[]) =>
          list.reduce((total, each) => total + Math.abs(each.sizeAfter), 0);
        expect(crowd.members.size).toBe(held.filter(each => each.isWhale || each.isElite).length);
        expect(crowd.whales).toBe(whales.length);
        expect(biasOf(crowd)).toBeCloseTo(
          whales.length === 0 ? 0 : (2 * sum(long) - sum(whales)) / sum(whales),
          9,
        );
        expect(consensusOf(crowd, config)).toBe(
          elite.length === 0 ? undefined : elite.filter(each => each.sizeAfter > 0).length / elite.length,
        );
      }),
    );
  });

  it('shifts to the mirror image when all sides are flipped', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), moves => {
        const crowd = emptyCrowd();
        const mirror = emptyCrowd();
        for (const [now, each] of moves.entries()) {
          const one = moveCrowd(crowd, [each], now, config);
          const other = moveCrowd(mirror, [{ ...each, sizeAfter: 0 - each.sizeAfter }], now, config);
          expect(biasOf(crowd)).toBeGreaterThanOrEqual(-1);
          expect(biasOf(crowd)).toBeLessThanOrEqual(1);
          expect(biasOf(mirror)).toBeCloseTo(-biasOf(crowd), 12);
          expect(other.bias === undefined).toBe(one.bias === undefined);
          expect(other.consensus === undefined).toBe(one.consensus === undefined);
        }
      }),
    );
  });
});
