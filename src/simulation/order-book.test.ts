import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOrderBook, type Order, type Side } from './order-book.ts';

let ids = 0;
const order = (account: number, side: Side, tick: number, lots: number): Order => ({
  id: ++ids,
  account,
  side,
  tick,
  first: lots,
  lots,
});

describe('the order book', () => {
  it('gives an incoming order the best price first, and at one price the oldest order first', () => {
    const book = createOrderBook();
    const early = order(1, -1, 101, 5);
    const late = order(2, -1, 101, 5);
    const better = order(3, -1, 100, 2);
    for (const each of [early, late, better]) book.add(each);
    const matches = book.match(order(9, 1, 101, 9));
    expect(matches.map(({ maker, tick, lots }) => [maker.account, tick, lots])).toEqual([
      [3, 100, 2],
      [1, 101, 5],
      [2, 101, 2],
    ]);
    expect(book.bestAsk).toBe(101);
    expect(late.lots).toBe(3);
  });

  it('stops at the limit of the incoming order and leaves the rest of it unfilled', () => {
    const book = createOrderBook();
    book.add(order(1, 1, 99, 4));
    book.add(order(1, 1, 97, 4));
    const incoming = order(2, -1, 98, 10);
    expect(book.match(incoming).map(match => match.lots)).toEqual([4]);
    expect(incoming.lots).toBe(6);
    expect(book.bestBid).toBe(97);
  });

  it('cancels a resting order of the same account instead of trading with it', () => {
    const book = createOrderBook();
    const own = order(1, -1, 100, 5);
    book.add(own);
    book.add(order(2, -1, 100, 5));
    expect(book.match(order(1, 1, 100, 5)).map(match => match.maker.account)).toEqual([2]);
    expect(own.lots).toBe(0);
    expect(book.bestAsk).toBeUndefined();
  });

  it('shows levels best first with the sum of their sizes', () => {
    const book = createOrderBook();
    book.add(order(1, 1, 99, 4));
    book.add(order(2, 1, 99, 1));
    book.add(order(1, 1, 98, 7));
    expect(book.levels(1, 5)).toEqual([
      { tick: 99, lots: 5, orders: 2 },
      { tick: 98, lots: 7, orders: 1 },
    ]);
  });

  it('agrees with a plain list of orders sorted by price and time', () => {
    const step = fc.record({
      side: fc.constantFrom<Side>(1, -1),
      tick: fc.integer({ min: 95, max: 105 }),
      lots: fc.integer({ min: 1, max: 9 }),
      account: fc.integer({ min: 1, max: 1_000 }),
      act: fc.constantFrom('add', 'add', 'match', 'cancel'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const book = createOrderBook();
        let plain: { order: Order; lots: number }[] = [];
        for (const { side, tick, lots, account, act } of steps) {
          if (act === 'cancel') {
            const victim = plain[account % Math.max(1, plain.length)];
            if (victim !== undefined) book.cancel(victim.order);
            plain = plain.filter(each => each !== victim);
            continue;
          }
          const incoming = order(account, side, tick, lots);
          const opposite = plain
            .filter(each => each.order.side !== side && (each.order.tick - tick) * side <= 0)
            .sort((a, b) => (a.order.tick - b.order.tick) * side || a.order.id - b.order.id);
          if (act === 'add') {
            if (opposite.length > 0) continue;
            book.add(incoming);
            plain.push({ order: incoming, lots });
            continue;
          }
          const expected: [number, number][] = [];
          let left = lots;
          for (const each of opposite) {
            if (left === 0) break;
            if (each.order.account === account) {
              each.lots = 0;
              continue;
            }
            const taken = Math.min(left, each.lots);
            expected.push([each.order.id, taken]);
            each.lots -= taken;
            left -= taken;
          }
          plain = plain.filter(each => each.lots > 0);
          expect(book.match(incoming).map(match => [match.maker.id, match.lots])).toEqual(expected);
        }
        const bids = plain.filter(each => each.order.side === 1).map(each => each.order.tick);
        expect(book.bestBid).toBe(bids.length === 0 ? undefined : Math.max(...bids));
      }),
    );
  });
});
