import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDedupeWindow } from './dedupe-window.ts';

const make = () => createDedupeWindow({ minimumKeys: 3, minimumSpanMs: 100 });

describe('the de-duplication window', () => {
  it('knows a key of the same ref again, and no other', () => {
    const window = make();
    expect(window.add('trade', 'a', 0)).toBe(true);
    expect(window.add('trade', 'a', 5)).toBe(false);
    expect(window.add('fill', 'a', 5)).toBe(true);
  });

  it('keeps a key while it is among the last keys, however old it is', () => {
    const window = make();
    for (const [index, key] of ['a', 'b', 'c'].entries()) window.add('trade', key, index * 1_000);
    expect(window.add('trade', 'a', 9_000)).toBe(false);
  });

  it('keeps a key for its time, however many follow, up to ten times the least number of keys', () => {
    const window = createDedupeWindow({ minimumKeys: 10, minimumSpanMs: 100 });
    for (let index = 0; index < 99; index++) window.add('trade', `k${index}`, index);
    expect(window.add('trade', 'k0', 99)).toBe(false);
  });

  it.each([
    ['one time that was far in the future', 1_000, 1e12],
    ['one time that was far in the past', 1_000, -1e12],
    ['times that stand still', 0, 0],
    ['times that go back', -1, 0],
  ])('grew without end after %s', (_, step, odd) => {
    const window = make();
    window.add('trade', 'odd', odd);
    for (let index = 0; index < 10_000; index++) window.add('trade', `k${index}`, index * step);
    // Two generations, each of at most 10 x 3 keys, or of 100 ms at one key a millisecond.
    expect(window.size).toBeLessThanOrEqual(2 * 102);
  });

  it('forgets in the end, so that its size is bounded', () => {
    const window = make();
    for (let index = 0; index < 10_000; index++) window.add('trade', `k${index}`, index);
    // Two generations of at least 100 ms each, at one key a millisecond.
    expect(window.size).toBeLessThanOrEqual(2 * 102);
    expect(window.add('trade', 'k0', 10_000)).toBe(true);
  });

  it('never forgets a key within its limits, and is the same after a round trip', () => {
    const step = fc.record({ key: fc.integer({ min: 0, max: 30 }), wait: fc.integer({ min: 0, max: 60 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), steps => {
        let window = make();
        let time = 0;
        const accepted: { key: string; time: number }[] = [];
        for (const { key, wait } of steps) {
          time += wait;
          const isNew = window.add('trade', `${key}`, time);
          const last = accepted.findLastIndex(item => item.key === `${key}`);
          if (last !== -1) {
            const since = accepted.length - 1 - last;
            if (since < 3 || (since < 30 && time - accepted[last]!.time < 100)) expect(isNew).toBe(false);
          } else {
            expect(isNew).toBe(true);
          }
          if (isNew) accepted.push({ key: `${key}`, time });
          const again = make();
          again.restore(structuredClone([...window.save()]));
          window = again;
        }
      }),
    );
  });
});
