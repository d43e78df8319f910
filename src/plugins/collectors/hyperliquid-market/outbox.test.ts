import { describe, expect, it } from 'vitest';
import { draft, trade } from '../../../plugin-api/index.ts';
import { testCollectorContext } from '../../../testing/index.ts';
import { createOutbox } from './outbox.ts';

const someone = `0x${'1'.repeat(40)}` as const;
const aTrade = (tradeId: number) =>
  draft(trade, {
    key: 'BTC',
    tsEvent: tradeId,
    dedupe: `BTC:${tradeId}`,
    payload: {
      coin: 'BTC',
      price: '100000',
      size: '1',
      takerSide: 'buy',
      buyer: someone,
      seller: someone,
      tradeId,
      hash: null,
    },
  });

describe('drafts on their way to the core', () => {
  it('are dropped when nobody takes them, and the whole time of that is told as soon as there is room', async () => {
    let now = 1_000;
    const holes: unknown[] = [];
    const stop = new AbortController();
    const ctx = testCollectorContext(
      {},
      {
        get now() {
          return now;
        },
        signal: stop.signal,
      },
    );
    const outbox = createOutbox(ctx, { capacity: 2, full: (...hole) => holes.push(hole) });
    outbox.pushAll([aTrade(1), aTrade(2)]);
    now = 5_000;
    outbox.push(aTrade(3));
    now = 9_000;
    outbox.push(aTrade(4));
    expect(holes).toEqual([]);
    now = 12_000;
    for await (const taken of outbox.batches()) {
      expect(taken.map(({ dedupe }) => dedupe)).toEqual(['BTC:1', 'BTC:2']);
      break;
    }
    expect(holes).toEqual([['trade', 5_000, 12_000]]);
    expect(outbox.dropped.get('trade')).toBe(2);
    stop.abort();
  });
});
