import { expect, it } from 'vitest';
import { systemClock } from './clock.ts';

it.each([2 ** 31, 1e12])('a sleep of %d ms, longer than a timer can be, ended at once', async ms => {
  const stop = new AbortController();
  let over = false;
  const sleep = systemClock.sleep(ms, stop.signal).then(() => {
    over = true;
  });
  await systemClock.sleep(30);
  expect(over).toBe(false);
  stop.abort();
  await sleep;
});

it('a sleep ends in time, and not at all later when its signal has been aborted', async () => {
  const before = performance.now();
  await systemClock.sleep(20);
  expect(performance.now() - before).toBeGreaterThanOrEqual(19);
  await systemClock.sleep(1e9, AbortSignal.abort());
});
