import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addWake, createWakeQueue, restoreWakes, snapshotWakes, takeWake } from './wake-queue.ts';

const wishes = fc.array(fc.record({ time: fc.integer({ min: 0, max: 6000 }), feature: fc.nat({ max: 2 }) }), {
  maxLength: 60,
});
const inOrder = (items: readonly { time: number; feature: number; slot: number }[]) =>
  items
    .toSorted((a, b) => a.time - b.time || a.feature - b.feature || a.slot - b.slot)
    .map(item => item.slot);

test('wakes come by time, then by the plan, then as they were asked for', () => {
  fc.assert(
    fc.property(wishes, items => {
      const queue = createWakeQueue();
      const entered = items.map((item, slot) => ({ ...item, slot }));
      for (const { time, feature, slot } of entered) addWake(queue, time, feature, slot);
      const taken: number[] = [];
      while (queue.next < Infinity) taken.push(takeWake(queue).slot);
      expect(taken).toEqual(inOrder(entered));
    }),
  );
});

test('wakes that are asked for while others come, and those of a restored queue, keep this order', () => {
  fc.assert(
    fc.property(wishes, wishes, (before, during) => {
      let queue = createWakeQueue();
      let slot = 0;
      let now = 0;
      const waiting: { time: number; feature: number; slot: number }[] = [];
      const add = (time: number, feature: number) => {
        addWake(queue, time, feature, slot);
        waiting.push({ time, feature, slot: slot++ });
      };
      for (const { time, feature } of before) add(time, feature);
      const later = [...during];
      while (queue.next < Infinity) {
        const expected = inOrder(waiting)[0];
        const wake = takeWake(queue);
        expect(wake.slot).toBe(expected);
        waiting.splice(
          waiting.findIndex(item => item.slot === wake.slot),
          1,
        );
        now = wake.time;
        const next = later.pop();
        if (next !== undefined) add(now + next.time, next.feature);
        if (later.length % 7 === 3) {
          const restored = createWakeQueue();
          restoreWakes(restored, structuredClone(snapshotWakes(queue)), queue.inserted);
          queue = restored;
        }
      }
      expect(waiting).toEqual([]);
    }),
  );
});
