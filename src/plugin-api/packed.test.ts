import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dropList, listPage, listStart, makeList, packed } from './index.ts';

test('a state by itself is plain data with the numbers of a new key', () => {
  const initial = packed<{ note: string }>([1, Number.NaN, 3]);
  const state = initial();
  expect([...state.numbers]).toEqual([1, Number.NaN, 3]);
  expect(state.first).toBe(0);
  expect(structuredClone(state)).toEqual(state);
  expect(initial().numbers).not.toBe(state.numbers);
});

test('lists never stand in each other, are zero when they are made, and are used again', () => {
  const step = fc.record({ length: fc.constantFrom(4, 8, 64, 512, 5_000), drop: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const { lists } = packed([])();
      const held: { list: number; length: number; mark: number }[] = [];
      for (const [mark, { length, drop }] of steps.entries()) {
        const list = makeList(lists, length);
        const start = listStart(list);
        expect(list).toBeGreaterThan(0);
        expect(
          listPage(lists, list)
            .subarray(start, start + length)
            .every(number => number === 0),
        ).toBe(true);
        expect(start + length).toBeLessThanOrEqual(listPage(lists, list).length);
        listPage(lists, list).fill(mark + 1, start, start + length);
        held.push({ list, length, mark: mark + 1 });
        if (drop % 3 !== 0) continue;
        const [gone] = held.splice(drop % held.length, 1);
        dropList(lists, gone!.list, gone!.length);
      }
      for (const { list, length, mark } of held) {
        const numbers = listPage(lists, list).subarray(listStart(list), listStart(list) + length);
        expect(numbers.every(number => number === mark)).toBe(true);
      }
    }),
  );
});

test('a list that was given back is the next one of its length', () => {
  const { lists } = packed([])();
  const first = makeList(lists, 8);
  makeList(lists, 8);
  dropList(lists, first, 8);
  expect(makeList(lists, 4)).not.toBe(first);
  expect(makeList(lists, 8)).toBe(first);
});
