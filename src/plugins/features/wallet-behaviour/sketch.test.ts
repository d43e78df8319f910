import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binCount, countBin, entropyOf, sizeBin } from './histogram.ts';
import { setAdd, setHas } from './number-set.ts';
import { addCounterparty, counterparties } from './sketch.ts';
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
      expect(state.others).toHaveLength(64);
    }
  });
});

describe('the set of numbers', () => {
  it('holds what was added and nothing else', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { maxLength: 200 }),
        members => {
          let set: number[] = [];
          for (const [count, member] of members.entries()) {
            expect(setHas(set, member)).toBe(false);
            set = setAdd(set, count, member);
          }
          for (const member of members) expect(setHas(set, member)).toBe(true);
          expect(set.filter(value => value !== 0).sort()).toEqual([...members].sort());
        },
      ),
    );
  });
});

describe('histograms', () => {
  it('count each bin apart, though two share a number', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 23 }), { maxLength: 500 }), bins => {
        const n: number[] = new Array(12).fill(0);
        for (const bin of bins) countBin(n, 0, bin, 1);
        let entropy = 0;
        for (let bin = 0; bin < 24; bin++) {
          const count = bins.filter(other => other === bin).length;
          expect(binCount(n, 0, bin)).toBe(count);
          if (count > 0) entropy -= (count / bins.length) * Math.log2(count / bins.length);
        }
        if (bins.length > 0) expect(entropyOf(n, 0, 24)).toBeCloseTo(entropy / Math.log2(24), 10);
      }),
    );
  });

  it('cuts notionals into half-decades from 10 to 1 M', () => {
    expect([1, 10, 31, 32, 99, 100, 3_162, 3_163, 99_999, 316_228, 1e6, 1e9].map(sizeBin)).toEqual([
      0, 0, 0, 1, 1, 2, 4, 5, 7, 9, 9, 9,
    ]);
  });
});
