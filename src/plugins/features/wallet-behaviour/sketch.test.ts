import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropList, listPage, listStart, makeList } from '../../../plugin-api/index.ts';
import { binCount, countBin, entropyOf, sizeBin } from './histogram.ts';
import { isFull, setAdd, setHas, widerSet } from './number-set.ts';
import { addCounterparty, counterparties } from './sketch.ts';
import * as at from './slots.ts';
import { initialBehaviour } from './state.ts';

const config = { exactCounterparties: 64, sketchRegisters: 512 };

/** Spread over 52 bits as addresses are. */
const nth = (index: number) =>
  ((index * 2_654_435_761) % 2 ** 32) * 2 ** 20 + ((index * 40_503) % 2 ** 20) + 1;

describe('distinct counterparties', () => {
  it('is exact up to the bound, whatever the order and the repetitions', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 400 }), numbers => {
        const distinct = new Set(numbers).size;
        fc.pre(distinct <= 64);
        const state = initialBehaviour();
        for (const number of numbers) addCounterparty(state, nth(number), config);
        expect(counterparties(state)).toBe(distinct);
      }),
    );
  });

  it('is within four standard errors of the truth beyond it', () => {
    for (const many of [100, 300, 1_000, 3_000, 30_000]) {
      const state = initialBehaviour();
      for (let index = 0; index < many; index++) {
        addCounterparty(state, nth(index), config);
        if (index % 3 === 0) addCounterparty(state, nth(index), config);
      }
      const error = Math.abs(counterparties(state) / many - 1);
      expect(error).toBeLessThan((4 * 1.04) / Math.sqrt(512));
      expect(state.numbers[at.otherPlaces]).toBe(64);
    }
  });
});

describe('the set of numbers', () => {
  it('holds what was added and nothing else', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { maxLength: 200 }),
        members => {
          const { lists } = initialBehaviour();
          let list = makeList(lists, 4);
          let places = 4;
          const has = (member: number) => setHas(listPage(lists, list), listStart(list), places, member);
          for (const [count, member] of members.entries()) {
            expect(has(member)).toBe(false);
            if (isFull(count, places)) {
              const wider = widerSet(lists, listPage(lists, list), listStart(list), places);
              dropList(lists, list, places);
              list = wider;
              places *= 2;
            }
            setAdd(listPage(lists, list), listStart(list), places, member);
          }
          for (const member of members) expect(has(member)).toBe(true);
          const held = listPage(lists, list).slice(listStart(list), listStart(list) + places);
          expect([...held].filter(value => value !== 0).sort()).toEqual([...members].sort());
        },
      ),
    );
  });
});

describe('histograms', () => {
  it('count each bin apart, though two share a number', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 23 }), { maxLength: 500 }), bins => {
        const n: number[] = new Array(13).fill(0);
        for (const bin of bins) countBin(n, 0, bin, 1, 12);
        let entropy = 0;
        for (let bin = 0; bin < 24; bin++) {
          const count = bins.filter(other => other === bin).length;
          expect(binCount(n, 0, bin)).toBe(count);
          if (count > 0) entropy -= (count / bins.length) * Math.log2(count / bins.length);
        }
        if (bins.length > 0)
          expect(entropyOf(n[12]!, bins.length, 24)).toBeCloseTo(entropy / Math.log2(24), 10);
      }),
    );
  });

  it('tell no entropy of one bin, and all of it of bins that are equal, after any number of corrections', () => {
    const n: number[] = new Array(6).fill(0);
    for (let round = 0; round < 10_000; round++) {
      countBin(n, 0, round % 10, 1, 5);
      countBin(n, 0, (round * 7) % 10, 1, 5);
      countBin(n, 0, round % 10, -1, 5);
    }
    expect(entropyOf(n[5]!, 10_000, 10)).toBeCloseTo(1, 12);
    const single: number[] = new Array(6).fill(0);
    for (let count = 0; count < 5_000; count++) countBin(single, 0, 3, 1, 5);
    expect(entropyOf(single[5]!, 5_000, 10)).toBe(0);
  });

  it('cuts notionals into half-decades from 10 to 1 M', () => {
    expect([1, 10, 31, 32, 99, 100, 3_162, 3_163, 99_999, 316_228, 1e6, 1e9].map(sizeBin)).toEqual([
      0, 0, 0, 1, 1, 2, 4, 5, 7, 9, 9, 9,
    ]);
  });
});
