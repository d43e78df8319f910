import { expect, test } from 'vitest';
import { nearNames } from './near-names.ts';

const coins = ['BTC', 'BTCB', 'ETH', 'kPEPE', 'PURR/USDC', 'xyz:NVDA', 'DOGE'];

test.each([
  ['btc', ['BTC', 'BTCB']],
  ['PEPE', ['kPEPE']],
  ['NVDA', ['xyz:NVDA']],
  ['ETH-PERP', ['ETH']],
  ['DGOE', ['DOGE']],
  ['NOTHING', []],
])('%s may have meant %j', (meant, expected) => {
  expect(nearNames(meant, coins)).toEqual(expected);
});

test('no more are named than asked for', () => {
  expect(nearNames('A1', ['A2', 'A3', 'A4', 'A5'])).toEqual(['A2', 'A3', 'A4']);
});
