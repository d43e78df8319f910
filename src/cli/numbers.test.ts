import { expect, it } from 'vitest';
import { bytes, dollars, duration, fixed, grouped, moment, percent } from './numbers.ts';

it('writes numbers as people read them', () => {
  expect(grouped(1_240_652.4)).toBe('1,240,652');
  expect([dollars(1_240_000), dollars(-9_870), dollars(3.256), dollars(42), dollars(null)]).toEqual([
    '1.24 M',
    '-9.9 k',
    '3.26',
    '42',
    '-',
  ]);
  expect([percent(0.1234), percent(null), fixed(1.005, 1), fixed(undefined, 1)]).toEqual([
    '12.3 %',
    '-',
    '1.0',
    '-',
  ]);
  expect([bytes(12), bytes(3_200), bytes(3_210_000), bytes(4.4e9)]).toEqual([
    '12 bytes',
    '3.2 kB',
    '3.2 MB',
    '4.4 GB',
  ]);
  expect([duration(35), duration(4_200), duration(61_000), duration(4_800_000)]).toEqual([
    '35 ms',
    '4.2 s',
    '1 m 1 s',
    '1 h 20 m',
  ]);
  expect(moment(Date.UTC(2025, 9, 10, 21, 15, 3, 999))).toBe('2025-10-10 21:15:03');
});
