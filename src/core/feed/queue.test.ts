import { describe, expect, it } from 'vitest';
import { createQueue } from './queue.ts';

describe('a bounded queue', () => {
  it('gives its values in order and refuses what has no room', async () => {
    const queue = createQueue<number>({ capacity: 2 });
    expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, true, false]);
    expect(await queue.next()).toEqual({ done: false, value: 1 });
    expect(queue.push(4)).toBe(true);
    expect([(await queue.next()).value, (await queue.next()).value]).toEqual([2, 4]);
  });

  it('lets readers go at once when it is ended while they wait', async () => {
    const queue = createQueue<number>({ capacity: 1 });
    const waiting = [queue.next(), queue.next()];
    queue.end();
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(queue.push(1)).toBe(true);
    expect(await queue.next()).toEqual({ done: true, value: undefined });
  });

  it('fails its reader once, then is over', async () => {
    const queue = createQueue<number>({ capacity: 1 });
    const waiting = queue.next();
    queue.fail(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect((await queue.next()).done).toBe(true);

    const unread = createQueue<number>({ capacity: 1 });
    unread.fail(new Error('gone'));
    await expect(unread.next()).rejects.toThrow('gone');
    expect((await unread.next()).done).toBe(true);
  });

  it('says when a reader finds it empty, so that it can be filled', async () => {
    let asked = 0;
    const queue = createQueue<number>({
      capacity: 1,
      onEmpty: () => {
        asked += 1;
        queue.push(asked);
      },
    });
    expect([(await queue.next()).value, (await queue.next()).value]).toEqual([1, 2]);
  });
});
