/** What a window remembers of one ref, as plain data. */
export interface DedupeRefState {
  readonly older: readonly string[];
  readonly newer: readonly string[];
  /** Event time of the first key of `newer`, and the greatest seen, in ms. */
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

/**
 * Makes a window that remembers each key for at least `minimumKeys` later keys of its ref and at least `minimumSpanMs` of event
 * time, whichever is longer, and forgets it by twice that.
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
      if (entry.newer.size >= limits.minimumKeys && entry.newest - entry.since >= limits.minimumSpanMs) {
        entry.older = entry.newer;
        entry.newer = new Set();
        entry.since = entry.newest;
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
