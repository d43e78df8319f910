import { describe, expect, it } from 'vitest';
import { createItemQueue } from './item-queue.ts';
import { beatDraft, type SourceItem } from './source-item.ts';

const items = (from: number, to: number): SourceItem[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    source: 'test',
    draft: beatDraft(from + index),
    stamp: 'live',
  }));
const times = (taken: readonly SourceItem[] | undefined) => taken?.map(({ draft }) => draft.tsEvent);

describe('the queue between sources and writer', () => {
  it('gives items in order, at most as many as asked for', async () => {
    const queue = createItemQueue(100);
    await queue.push(items(1, 3));
    await queue.push(items(4, 5));
    expect(times(await queue.take({ max: 4, lingerMs: 0 }))).toEqual([1, 2, 3, 4]);
    expect(queue.size).toBe(1);
    expect(times(await queue.take({ max: 4, lingerMs: 0 }))).toEqual([5]);
  });

  it('holds a source back while it is full', async () => {
    const queue = createItemQueue(3);
    let accepted = 0;
    const pushing = (async () => {
      for (let index = 0; index < 4; index++) {
        await queue.push(items(index * 2 + 1, index * 2 + 2));
        accepted++;
      }
    })();
    await new Promise(resolve => setImmediate(resolve));
    expect([accepted, queue.size]).toEqual([1, 4]);
    await queue.take({ max: 3, lingerMs: 0 });
    await new Promise(resolve => setImmediate(resolve));
    expect([accepted, queue.size]).toEqual([2, 3]);
    await queue.take({ max: 3, lingerMs: 0 });
    await queue.take({ max: 3, lingerMs: 0 });
    await pushing;
  });

  it('waits a little for more, but not for ever', async () => {
    const queue = createItemQueue(100);
    const taking = queue.take({ max: 10, lingerMs: 40 });
    queue.pushNow(items(1, 1)[0]!);
    queue.pushNow(items(2, 2)[0]!);
    expect(times(await taking)).toEqual([1, 2]);
  });

  it('gives what is left when it is closed, then ends, and lets go of whoever waits', async () => {
    const queue = createItemQueue(1);
    const pushing = queue.push(items(1, 2));
    queue.close();
    await pushing;
    expect(times(await queue.take({ max: 10, lingerMs: 0 }))).toEqual([1, 2]);
    expect(await queue.take({ max: 10, lingerMs: 0 })).toBeUndefined();
    await queue.push(items(3, 3));
    expect(queue.size).toBe(0);
  });
});
