import * as at from './slots.ts';
import { type LedgerState, moreOf } from './state.ts';

/*
 * The last changes of a position that the exchange has been heard to state: a ring of pairs of event time and change in coins,
 * after a header. A statement is older than what the tape told meanwhile, which is added to it from here.
 */

/** Header: the time up to which changes are no longer remembered, and where the next one goes. */
const forgottenUntil = 0;
const next = 1;
const header = 2;
const firstPlaces = 4;
const mostPlaces = 128;
/** A change that is younger than this when its place is needed has the ring grow. */
const worthKeepingMs = 10_000;

const unused = (places: number): number[] =>
  Array.from({ length: 2 * places }, (_, index) => (index % 2 === 0 ? Number.NEGATIVE_INFINITY : 0.5));
const firstRing = [Number.NEGATIVE_INFINITY, header, ...unused(firstPlaces)];

const noChanges: number[] = [];

function ringOf({ more }: LedgerState): number[] {
  return more?.deltas ?? noChanges;
}

/** Whether the exchange has been heard to state the position, so that changes are remembered. */
export function hasDeltas(state: LedgerState): boolean {
  return ringOf(state).length > 0;
}

/** Begins to remember changes; all up to `until` count as forgotten. */
export function startDeltas(state: LedgerState, until: number): void {
  const more = moreOf(state);
  more.deltas = firstRing.slice();
  more.deltas[forgottenUntil] = until;
}

/** Remembers a change, where the position has ever been stated; else costs nothing. */
export function rememberDelta(state: LedgerState, time: number, units: number): void {
  let ring = ringOf(state);
  if (ring.length === 0) return;
  const coins = units / state.numbers[state.first + at.scale]!;
  let place = ring[next]!;
  const last = place === header ? ring.length - 2 : place - 2;
  if (ring[last] === time) {
    // Note: through whole units, since sums of coins would round.
    ring[last + 1] = (wholeUnits(state, ring[last + 1]!) + units) / state.numbers[state.first + at.scale]!;
    return;
  }
  if (ring[place]! > time - worthKeepingMs && ring.length < header + 2 * mostPlaces) {
    ring = widened(ring);
    moreOf(state).deltas = ring;
    place = ring[next]!;
  }
  if (ring[place]! > ring[forgottenUntil]!) ring[forgottenUntil] = ring[place]!;
  ring[place] = time;
  ring[place + 1] = coins;
  ring[next] = place + 2 === ring.length ? header : place + 2;
}

/** Twice the places, oldest first. */
function widened(ring: readonly number[]): number[] {
  const oldest = ring[next]!;
  return [
    ring[forgottenUntil]!,
    ring.length,
    ...ring.slice(oldest),
    ...ring.slice(header, oldest),
    ...unused((ring.length - header) / 2),
  ];
}

/** What the position has changed by since a time, exclusive, in units; NaN when not all of it is remembered. */
export function unitsSince(state: LedgerState, time: number): number {
  const ring = ringOf(state);
  if (ring.length === 0 || ring[forgottenUntil]! > time) return Number.NaN;
  let sum = 0;
  for (let place = header; place < ring.length; place += 2) {
    if (ring[place]! > time) sum += wholeUnits(state, ring[place + 1]!);
  }
  return sum;
}

/** Says that the position was set anew at a time: what was changed before cannot be added to an older statement any more. */
export function forgetDeltas(state: LedgerState, until: number): void {
  const ring = ringOf(state);
  if (ring.length > 0 && until > ring[forgottenUntil]!) ring[forgottenUntil] = until;
}

// Note: the scale may have become finer since the change was remembered.
function wholeUnits(state: LedgerState, coins: number): number {
  return Math.round(coins * state.numbers[state.first + at.scale]!);
}
