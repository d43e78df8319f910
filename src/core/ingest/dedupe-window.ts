/** Some of what a window remembers of one ref, as plain data of bounded size. */
export interface DedupePart {
  readonly ref: string;
  readonly set: 'older' | 'newer';
  readonly keys: readonly string[];
  /** The least and the greatest event time of the keys of `newer`, in ms. */
  readonly since: number;
  readonly newest: number;
}

/** Remembers which events were seen lately, so that the second report of one is known as such. */
export interface DedupeWindow {
  /** True when the key is new to its ref; it is remembered then. */
  add(ref: string, key: string, tsEvent: number): boolean;
  readonly size: number;
  save(): Iterable<DedupePart>;
  restore(parts: Iterable<DedupePart>): void;
}

interface Generations {
  older: Set<string>;
  newer: Set<string>;
  since: number;
  newest: number;
}

/** Keys in a part of what is saved. */
const partKeys = 50_000;
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
    *save() {
      for (const [ref, generations] of refs) {
        const { since, newest } = generations;
        for (const set of ['older', 'newer'] as const) {
          for (const keys of chunksOf(generations[set])) yield { ref, set, keys, since, newest };
        }
      }
    },
    restore(parts) {
      refs = new Map();
      for (const { ref, set, keys, since, newest } of parts) {
        const entry = refs.get(ref) ?? { older: new Set(), newer: new Set(), since, newest };
        refs.set(ref, entry);
        for (const key of keys) entry[set].add(key);
      }
    },
  };
}

function* chunksOf(keys: ReadonlySet<string>): Generator<string[]> {
  let chunk: string[] = [];
  for (const key of keys) {
    chunk.push(key);
    if (chunk.length < partKeys) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
