import { expect, test } from 'vitest';
import { createSilence } from './silence.ts';

/** Hears messages at a steady rate, looking once in a second. */
function hear(
  silence: ReturnType<typeof createSilence>,
  perSecond: number,
  seconds: number,
  from = 0,
): number {
  for (let second = 1; second <= seconds; second++) {
    for (let n = 0; n < perSecond; n++) silence.heard();
    silence.missing((from + second) * 1_000);
  }
  return (from + seconds) * 1_000;
}

test('after a steady rate a silence misses the rate times its length', () => {
  const silence = createSilence(0);
  const end = hear(silence, 10, 30);
  expect(silence.missing(end)).toBe(0);
  expect(silence.missing(end + 5_000)).toBeCloseTo(50, 6);
  expect(silence.since()).toBe(end);
});

test('few messages tell nothing', () => {
  const silence = createSilence(0);
  const end = hear(silence, 3, 33);
  expect(silence.missing(end + 600_000)).toBe(0);
});

test('the rate follows what comes, so that a quiet hour is not taken for a loss', () => {
  const silence = createSilence(0);
  const busy = hear(silence, 100, 60);
  const quiet = hear(silence, 1, 600, busy / 1_000);
  // A minute fills the memory to 1 - e^-1, of which e^-10 is left ten minutes later: 99 x .632 x .0000454 = .00284 a second.
  expect(silence.missing(quiet + 10_000)).toBeCloseTo(10.0284, 3);
});

test('messages after a silence end it', () => {
  const silence = createSilence(0);
  const end = hear(silence, 10, 30);
  expect(silence.missing(end + 60_000)).toBeCloseTo(600, 6);
  silence.heard();
  expect(silence.missing(end + 60_000)).toBe(0);
});
