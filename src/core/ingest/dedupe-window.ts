/** What a window remembers of one ref, as plain data. */
export interface DedupeRefState {
  readonly older: readonly string[];
  readonly newer: readonly string[];
  /** The least and the greatest event time of the keys of `newer`, in ms. */
  readonly since: number;
  readonly newest: number;
}

export type DedupeState = Readonly<Record<string, DedupeRefState>>;

/** Remembers which events were seen lately, so that the second report of one is known as such. */
export interface DedupeWindow {
  /** True when the key is new to its ref; it is remembered then. */
  add(ref: string, key: string, tsEvent: number): boolean;
  readonly size: number;
  save(): DedupeState;
  restore(state: DedupeState): void;
}

interface Generations {
  older: Set<string>;
  newer: Set<string>;
  since: number;
  newest: number;
}

/** So many times the least number of keys are the most that one set grows to. */
const mostTimes = 10;

/**
 * Makes a window that remembers each key for at least `minimumKeys` later keys of its ref and at least `minimumSpanMs` of event
 * time, whichever is longer, but never for more than ten times as many keys; it is forgotten by twice that. Where event time goes
 * back, as it does when histories follow each other, the time that a set of keys spans grows both ways.
 *
 * Note: two sets per ref, the older of which is dropped as a whole, cost nothing per key to expire; and as what they hold depends
 * only on the accepted events, replaying the tape makes the same window.
 */
export function createDedupeWindow(limits: {
  readonly minimumKeys: number;
  readonly minimumSpanMs: number;
}): DedupeWindow {
  let refs = new Map<string, Generations>();
  return {
    add(ref, key, tsEvent) {
      let entry = refs.get(ref);
      if (entry === undefined) {
        entry = { older: new Set(), newer: new Set(), since: tsEvent, newest: tsEvent };
        refs.set(ref, entry);
      }
      if (entry.newer.has(key) || entry.older.has(key)) return false;
      if (tsEvent > entry.newest) entry.newest = tsEvent;
      if (tsEvent < entry.since) entry.since = tsEvent;
      const { size } = entry.newer;
      const isLong = entry.newest - entry.since >= limits.minimumSpanMs;
      if (size >= limits.minimumKeys && (isLong || size >= mostTimes * limits.minimumKeys)) {
        entry.older = entry.newer;
        entry.newer = new Set();
        // Note: not the greatest time seen, or one that was far in the future would never let go of anything again.
        entry.since = tsEvent;
        entry.newest = tsEvent;
      }
      entry.newer.add(key);
      return true;
    },
    get size() {
      let sum = 0;
      for (const { older, newer } of refs.values()) sum += older.size + newer.size;
      return sum;
    },
    save() {
      const state: Record<string, DedupeRefState> = {};
      for (const [ref, { older, newer, since, newest }] of refs) {
        state[ref] = { older: [...older], newer: [...newer], since, newest };
      }
      return state;
    },
    restore(state) {
      refs = new Map(
        Object.entries(state).map(([ref, { older, newer, since, newest }]) => [
          ref,
          { older: new Set(older), newer: new Set(newer), since, newest },
        ]),
      );
    },
  };
}
