import type { Match } from './messages.ts';

/** Ids that are missing, both inclusive. */
export interface Hole {
  readonly first: number;
  readonly last: number;
  /** The interval that the missing matches lie in: from the last match that is known to the next sign of life. */
  readonly from: number;
  readonly to: number;
}

/** The matches of one product in the order of their ids. */
export interface Sequence {
  /** The id of the newest match that was passed on, or of the last one before; `undefined` before the first. */
  readonly last: number | undefined;
  add(match: Match): void;
  /** Takes in what a heartbeat says: the id of the last match until `time`. */
  heartbeat(lastId: number, time: number): void;
  /** The matches that are next in order. Those behind a hole wait. */
  take(): readonly Match[];
  /** The first hole that keeps matches waiting, or that a heartbeat has revealed. */
  hole(): Hole | undefined;
  /** Goes on behind an id without what is missing up to it. */
  skip(id: number): void;
}

/** `last` and `lastTime` are of the match that a run before has ended with. */
export function createSequence(last?: number, lastTime = 0): Sequence {
  let newest = last;
  let newestTime = lastTime;
  const waiting = new Map<number, Match>();
  /** What the heartbeat before the last one has said. */
  let promised: { readonly id: number; readonly time: number } | undefined;
  let told: { readonly id: number; readonly time: number } | undefined;

  return {
    get last() {
      return newest;
    },
    add(match) {
      // Note: the first match of all is where it begins; what was before is not missing.
      newest ??= match.id - 1;
      if (newestTime === 0) newestTime = match.time;
      if (match.id > newest) waiting.set(match.id, match);
    },
    heartbeat(id, time) {
      // Note: matches and heartbeats come by different ways, so that one is believed only when the next one follows.
      promised = told;
      told = { id, time };
    },
    take() {
      const ready: Match[] = [];
      if (newest === undefined) return ready;
      for (let match = waiting.get(newest + 1); match !== undefined; match = waiting.get(newest + 1)) {
        waiting.delete(match.id);
        newest = match.id;
        newestTime = Math.max(newestTime, match.time);
        ready.push(match);
      }
      return ready;
    },
    hole() {
      if (newest === undefined) return undefined;
      let next: Match | undefined;
      for (const match of waiting.values()) if (next === undefined || match.id < next.id) next = match;
      const end = next === undefined ? promised : { id: next.id - 1, time: next.time };
      if (end === undefined || end.id <= newest) return undefined;
      return { first: newest + 1, last: end.id, from: newestTime, to: Math.max(end.time, newestTime + 1) };
    },
    skip(id) {
      if (newest === undefined || id <= newest) return;
      newest = id;
      for (const known of waiting.keys()) if (known <= id) waiting.delete(known);
    },
  };
}
