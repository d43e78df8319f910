import { expect, test } from 'vitest';
import { exchangeTime } from './exchange-time.ts';
import { tradeWindow } from './trade-window.ts';

test('a trade is taken once, also among many later ones, and its id again at another time', () => {
  const window = tradeWindow();
  expect(window.add(7, 1_000)).toBe(true);
  for (let id = 100; id < 220; id++) expect(window.add(id, 1_000 + id)).toBe(true);
  expect(window.add(7, 1_000)).toBe(false);
  expect(window.add(7, 2_000)).toBe(true);
});

test('a window keeps ten seconds, however many trades they hold, and forgets what is older', () => {
  const window = tradeWindow();
  for (let id = 0; id < 5_000; id++) window.add(id, id);
  expect(window.has(0, 0)).toBe(true);
  for (let id = 5_000; id < 40_000; id++) window.add(id, id);
  expect(window.has(0, 0)).toBe(false);
  expect(window.has(39_000, 39_000)).toBe(true);
});

test("the exchange's time follows the smallest delay, whatever the local clock shows", () => {
  const time = exchangeTime();
  expect(time.at(5_000)).toBe(5_000);
  // The local clock is ten seconds ahead; delays are 200, 50 and 900 ms.
  time.heard(90_000, 100_200);
  time.heard(91_000, 101_050);
  time.heard(92_000, 102_900);
  expect(time.at(110_000)).toBe(99_950);
});

test('a leap of the exchange is followed from its first message, and what was before keeps its time', () => {
  const time = exchangeTime();
  time.heard(100_000, 100_100);
  time.heard(160_000, 100_200);
  expect(time.at(100_150)).toBe(100_050);
  expect(time.at(100_300)).toBe(160_100);
});

test('a clock that goes slower after a while is followed within two minutes', () => {
  const time = exchangeTime();
  for (let at = 0; at <= 60_000; at += 1_000) time.heard(at, at + 100);
  for (let at = 61_000; at <= 190_000; at += 1_000) time.heard(at, at + 500);
  expect(time.at(200_000)).toBe(199_500);
});
