import { expect, test } from 'vitest';
import { retryAfter } from './request-attempt.ts';

const now = Date.UTC(2026, 9, 6, 12, 0, 0);

test.each([
  [null, undefined],
  ['7', 7_000],
  ['1.5', 1_500],
  ['0', 1_000],
  ['99999999', 3_600_000],
  ['Tue, 06 Oct 2026 12:00:30 GMT', 30_000],
  ['Tue, 06 Oct 2026 11:00:00 GMT', 1_000],
  ['soon', undefined],
])('`Retry-After: %s` is a wait of %s ms', (header, expected) => {
  expect(retryAfter(header, now)).toBe(expected);
});
