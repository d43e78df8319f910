import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createKeyspaces,
  findSlot,
  joinSlot,
  keyAt,
  keyTextAt,
  nameSlot,
  pairSlot,
  restoreKeys,
  snapshotKeys,
  sortSlots,
} from './keyspace.ts';

const names = fc.oneof(
  fc.string({ minLength: 1, maxLength: 4 }),
  fc.nat({ max: 300 }).map(n => `0x${n.toString(16).padStart(40, '0')}`),
);

test('every key keeps the slot that it was given first, as a map would have it, also after a snapshot', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(names, names), { maxLength: 200 }), pairs => {
      const spaces = createKeyspaces();
      const expected = new Map<string, number>();
      for (const [trader, coin] of pairs) {
        const text = JSON.stringify([trader, coin]);
        if (!expected.has(text)) expected.set(text, expected.size);
        expect(pairSlot(spaces['trader:coin'], trader, coin)).toBe(expected.get(text));
      }
      const copy = createKeyspaces();
      restoreKeys(copy, structuredClone(snapshotKeys(spaces)));
      for (const [text, slot] of expected) {
        const [trader, coin] = JSON.parse(text) as [string, string];
        for (const { 'trader:coin': space, trader: traders } of [spaces, copy]) {
          expect(findSlot(space, [trader, coin])).toBe(slot);
          expect(keyAt(space, slot)).toEqual([trader, coin]);
          expect(findSlot(traders, trader)).toBe(nameSlot(spaces.trader, trader));
        }
      }
      expect(findSlot(copy['trader:coin'], ['nobody at all', 'BTC'])).toBe(-1);
    }),
  );
});

test("a pair's parts and the market are found from it", () => {
  const spaces = createKeyspaces();
  nameSlot(spaces.coin, 'ETH');
  const slot = pairSlot(spaces['trader:coin'], '0xa', 'xyz:NVDA');
  expect(keyTextAt(spaces.coin, joinSlot(spaces, 'trader:coin', 'coin', slot))).toBe('xyz:NVDA');
  expect(keyTextAt(spaces.trader, joinSlot(spaces, 'trader:coin', 'trader', slot))).toBe('0xa');
  expect(joinSlot(spaces, 'trader', 'market', 0)).toBe(-1);
  expect(joinSlot(spaces, 'trader', 'market', nameSlot(spaces.market, 'market'))).toBe(0);
  expect(keyTextAt(spaces['trader:coin'], slot)).toBe('0xa:xyz:NVDA');
});

test('slots are sorted by the text of their keys', () => {
  const { coin, 'trader:coin': pairs } = createKeyspaces();
  for (const name of ['SOL', 'BTC', 'ETH']) nameSlot(coin, name);
  expect(sortSlots(coin, [0, 1, 2])).toEqual([1, 2, 0]);
  pairSlot(pairs, '0xb', 'BTC');
  pairSlot(pairs, '0xa', 'SOL');
  pairSlot(pairs, '0xa', 'ETH');
  expect(sortSlots(pairs, [0, 1, 2])).toEqual([2, 1, 0]);
});
