import * as at from './slots.ts';
import type { PerformanceState } from './state.ts';

/* What is kept of each coin that a wallet has traded: an open-addressing table whose length is a power of two. */

const number = 0;
const notional = 1;
const gaps = 2;
const truncated = 3;
const stride = 4;

function placeOf(table: readonly number[], coin: number): number {
  const mask = table.length / stride - 1;
  let record = (coin ^ (coin / 4_294_967_296)) & mask;
  while (table[record * stride] !== 0 && table[record * stride] !== coin) record = (record + 1) & mask;
  return record * stride;
}

/** Counts a change in a coin, with the gaps and the truncation that its ledger tells. */
export function countCoin(
  state: PerformanceState,
  coin: number,
  change: { readonly notionalUsd: number; readonly gaps: number; readonly truncated: boolean },
): void {
  const n = state.n;
  if (state.coins.length === 0) {
    state.coins = room(2);
  }
  let place = placeOf(state.coins, coin);
  if (state.coins[place] === 0) {
    if ((n[at.coins]! + 1) * stride * 4 > state.coins.length * 3) {
      state.coins = widened(state.coins);
      place = placeOf(state.coins, coin);
    }
    state.coins[place + number] = coin;
    n[at.coins]! += 1;
  }
  const table = state.coins;
  const before = table[place + notional]!;
  const after = before + change.notionalUsd;
  table[place + notional] = after;
  n[at.squaredVolume]! += after * after - before * before;
  n[at.gaps]! += change.gaps - table[place + gaps]!;
  table[place + gaps] = change.gaps;
  const incomplete = change.truncated ? 1 : 0;
  n[at.truncated]! += incomplete - table[place + truncated]!;
  table[place + truncated] = incomplete;
}

// Note: the half makes V8 keep raw doubles.
const doubles: readonly number[] = [0.5, 0, 0, 0, 0, 0, 0, 0];

function room(records: number): number[] {
  let table = doubles.slice();
  while (table.length < records * stride) table = table.concat(table);
  return table.fill(0);
}

function widened(table: readonly number[]): number[] {
  const wide = room((table.length / stride) * 2);
  for (let from = 0; from < table.length; from += stride) {
    if (table[from] === 0) continue;
    const to = placeOf(wide, table[from]!);
    for (let field = 0; field < stride; field++) wide[to + field] = table[from + field]!;
  }
  return wide;
}
