import { expect, test } from 'vitest';
import { applyTrade } from './holding.ts';
import { type DexAnswer, takeState } from './take-state.ts';
import { dexStateOf, holdingOf, newTrader } from './trader-state.ts';

const options = { quietMs: 1_000, statementEveryMs: 600_000, toleranceMs: 3_000 };
const flatAt = (time: number): DexAnswer => ({
  ...{ time, positions: [], accountValue: 0, unrealisedPnl: 0, askedAt: time },
});

test('a trade that comes later than the answer it is part of is followed by a statement, for the ledger has taken it', () => {
  const trader = newTrader(`0x${'1'.repeat(40)}`, { by: 'hand', tier: undefined, since: 0 });
  const state = dexStateOf(trader, 'xyz');
  // Something that no trade told has moved the position to -16; a trade of 16 closes it; the answer comes first.
  expect(takeState(trader, state, flatAt(10_000), options)?.drafts).toEqual([]);
  applyTrade(holdingOf(state, 'xyz:NVDA'), 9_500, 16_000_000_000_000n);
  const told = takeState(trader, state, flatAt(12_000), options);
  expect(told?.drafts.map(({ tsEvent, payload: { coin, size } }) => ({ tsEvent, coin, size }))).toEqual([
    { tsEvent: 12_000, coin: 'xyz:NVDA', size: '0' },
  ]);
  // Once is enough.
  expect(takeState(trader, state, flatAt(14_000), options)?.drafts).toEqual([]);
});
