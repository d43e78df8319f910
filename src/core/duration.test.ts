import { expect, test } from 'vitest';
import { durationMs, durationText } from './duration.ts';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
])('%s are %d milliseconds', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each(['', '5', '0s', '-1s', '5 m', '1w', '0.1ms', '1e3s'])(
  '%j is no duration, and the error says what one is',
  text => {
    expect(() => durationMs(text)).toThrow(/A duration is a positive number and a unit/);
  },
);

test('milliseconds are told in the largest unit that divides them', () => {
  expect([500, 90_000, 3_600_000, 172_800_000].map(durationText)).toEqual(['500ms', '90s', '1h', '2d']);
});
