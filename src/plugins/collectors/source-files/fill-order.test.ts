import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { decodeFill, type FillDraft } from '../hyperliquid-messages/fills.ts';
import { orderByStartPosition } from './fill-order.ts';

const wallet = (digit: string) => `0x${digit.repeat(40)}`;

function fill(user: string, startPosition: string, side: 'B' | 'A', sz: string, coin = 'ETH'): FillDraft {
  const tid = Math.abs(Number(startPosition) * 1_000) + 1;
  return decodeFill(user, {
    coin,
    px: '1',
    sz,
    side,
    time: 1,
    startPosition,
    tid: Math.round(tid),
    oid: 1,
  }) as FillDraft;
}

function ordered(fills: readonly FillDraft[]): FillDraft[] {
  const drafts = [...fills] as unknown as Collected[];
  orderByStartPosition(drafts);
  return drafts as unknown as FillDraft[];
}

test('fills of one moment are put where the position before them says', () => {
  const [a, b] = [wallet('a'), wallet('b')];
  const first = fill(a, '0.0', 'B', '2');
  const second = fill(a, '2.0', 'B', '0.5');
  const third = fill(a, '2.5', 'A', '1');
  const between = fill(b, '5', 'A', '1');
  expect(ordered([third, between, first, second])).toEqual([first, between, second, third]);
});

test('the coins of a wallet do not mix', () => {
  const eth = [fill(wallet('a'), '1', 'B', '1'), fill(wallet('a'), '0', 'B', '1')];
  const sol = [fill(wallet('a'), '7', 'B', '1', 'SOL'), fill(wallet('a'), '6', 'B', '1', 'SOL')];
  const found = ordered([eth[0], sol[0], eth[1], sol[1]] as FillDraft[]);
  expect(found.map(draft => draft.payload.startPosition)).toEqual(['0', '6', '1', '7']);
});

test('an order that chains is left alone, also when positions come back to where they were', () => {
  const fills = [
    fill(wallet('a'), '0', 'B', '1'),
    fill(wallet('a'), '1', 'A', '1'),
    fill(wallet('a'), '0', 'B', '1'),
  ];
  expect(ordered(fills)).toEqual(fills);
});

test('fills that nothing connects keep their order', () => {
  const fills = [
    fill(wallet('a'), '9', 'B', '1'),
    fill(wallet('a'), '3', 'B', '1'),
    fill(wallet('a'), '30', 'B', '1'),
  ];
  expect(ordered(fills)).toEqual(fills);
});

test('any shuffled chain of buys is restored', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, fc.infiniteStream(fc.nat()), (cents, random) => {
      let position = 0;
      const fills = cents.map(size => {
        const draft = fill(wallet('a'), (position / 1e4).toFixed(4), 'B', (size / 1e4).toFixed(4));
        position += size;
        return draft;
      });
      const shuffled = fills
        .map(draft => ({ draft, at: random.next().value as number }))
        .sort((a, b) => a.at - b.at);
      expect(ordered(shuffled.map(({ draft }) => draft))).toEqual(fills);
    }),
  );
});
