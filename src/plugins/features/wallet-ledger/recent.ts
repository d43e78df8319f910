import * as at from './slots.ts';
import { hasFlag, type LedgerState } from './state.ts';

/* The last trades of a position, by which the trade and the fill of the same match are known to be one change. */

const firstPlaces = 4;
const free = (places: number): number[] =>
  Array.from({ length: 2 * places }, (_, index) => (index % 2 === 0 ? 0 : Number.NaN));
const firstRing = free(firstPlaces);

/** Remembers a trade and the PnL booked for it. The ring is small until both feeds have been seen. */
export function rememberTrade(state: LedgerState, id: number, pnl: number, places: number): void {
  const n = state.n;
  let recent = state.recent;
  if (recent.length === 0) {
    recent = firstRing.slice();
    state.recent = recent;
  }
  if (recent.length < 2 * places && hasFlag(n, at.seenFill) && hasFlag(n, at.seenTrade)) {
    const wider = free(places);
    for (let index = 0; index < recent.length; index++) wider[index] = recent[index]!;
    n[at.recentNext] = recent.length;
    recent = wider;
    state.recent = recent;
  }
  let next = n[at.recentNext]!;
  if (next >= recent.length) next = 0;
  recent[next] = id;
  recent[next + 1] = pnl;
  n[at.recentNext] = next + 2;
}

/** The place of a remembered trade, or -1. */
export function findTrade(recent: readonly number[], id: number): number {
  for (let place = 0; place < recent.length; place += 2) if (recent[place] === id) return place;
  return -1;
}
