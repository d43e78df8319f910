import { expect, test } from 'vitest';
import { manualClock } from './manual-clock.ts';

test('sleeps end in the order of their times, each at its own', async () => {
  const clock = manualClock(1000);
  const ended: [string, number][] = [];
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms);
    ended.push([name, clock.now()]);
  };
  void sleep('late', 500);
  void sleep('early', 200);
  await clock.advance(300);
  expect([ended, clock.now(), clock.sleeping]).toEqual([[['early', 1200]], 1300, 1]);
  await clock.set(2000);
  expect(ended).toEqual([
    ['early', 1200],
    ['late', 1500],
  ]);
});

test('a sleep that begins when another ends is due within the same move', async () => {
  const clock = manualClock(0);
  let beats = 0;
  void (async () => {
    while (beats < 10) {
      await clock.sleep(100);
      beats++;
    }
  })();
  await clock.advance(350);
  expect(beats).toBe(3);
});

test('an aborted sleep ends at once, without error', async () => {
  const clock = manualClock(0);
  const stop = new AbortController();
  const sleep = clock.sleep(1000, stop.signal);
  stop.abort();
  await sleep;
  await clock.sleep(1000, stop.signal);
  expect([clock.now(), clock.sleeping]).toEqual([0, 0]);
});

test('time does not go back', async () => {
  await expect(manualClock(1000).set(999)).rejects.toThrow(/cannot go back/);
});
