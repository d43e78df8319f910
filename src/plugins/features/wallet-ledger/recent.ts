import * as at from './slots.ts';
import { hasFlag, type LedgerState, moreOf } from './state.ts';

/*
 * The last trades of a position, by which the trade and the fill of the same match are known to be one change. The ring is small,
 * and stands among the position's numbers, until both feeds have been seen.
 */

const firstLength = 2 * at.recentPlaces;

/** Remembers a trade and the PnL booked for it. */
export function rememberTrade(state: LedgerState, id: number, pnl: number, places: number): void {
  const { numbers: n, first: o } = state;
  let wide = wideRing(state);
  if (
    wide === undefined &&
    places > at.recentPlaces &&
    hasFlag(n, o, at.seenFill) &&
    hasFlag(n, o, at.seenTrade)
  ) {
    wide = Array.from({ length: 2 * places }, (_, index) => (index % 2 === 0 ? 0 : Number.NaN));
    for (let index = 0; index < firstLength; index++) wide[index] = n[o + at.recent + index]!;
    moreOf(state).recent = wide;
    n[o + at.recentNext] = firstLength;
  }
  let next = n[o + at.recentNext]!;
  if (next >= (wide?.length ?? firstLength)) next = 0;
  if (wide !== undefined) {
    wide[next] = id;
    wide[next + 1] = pnl;
  } else {
    n[o + at.recent + next] = id;
    n[o + at.recent + next + 1] = pnl;
  }
  n[o + at.recentNext] = next + 2;
}

/** The place of a remembered trade, or -1. */
export function findTrade(state: LedgerState, id: number): number {
  const wide = wideRing(state);
  if (wide !== undefined) {
    for (let place = 0; place < wide.length; place += 2) if (wide[place] === id) return place;
    return -1;
  }
  const start = state.first + at.recent;
  for (let place = 0; place < firstLength; place += 2) if (state.numbers[start + place] === id) return place;
  return -1;
}

/** The PnL that was booked for the trade in a place. */
export function bookedPnl(state: LedgerState, place: number): number {
  return wideRing(state)?.[place + 1] ?? state.numbers[state.first + at.recent + place + 1]!;
}

/** Notes another PnL for the trade in a place. */
export function rebook(state: LedgerState, place: number, pnl: number): void {
  const wide = wideRing(state);
  if (wide !== undefined) wide[place + 1] = pnl;
  else state.numbers[state.first + at.recent + place + 1] = pnl;
}

function wideRing({ more }: LedgerState): number[] | undefined {
  return more === undefined || more.recent.length === 0 ? undefined : more.recent;
}
