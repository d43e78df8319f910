import { blankRecord } from './record.ts';
import * as at from './slots.ts';

/** What is remembered of a wallet. Arrays other than `n` are empty until they are needed. */
export interface PerformanceState {
  readonly n: number[];
  /** Records of the hours and days that had events, oldest first. */
  hours: number[];
  days: number[];
  /** Daily statistics over the whole life. */
  daily: number[];
  /** A hash table of coins traded; see coins.ts. */
  coins: number[];
  /** Open positions: their coins, and size, entry and last price of each. */
  held: string[];
  holdings: number[];
  /** Further executions of the present millisecond. */
  beside: number[];
}

const noNumbers: number[] = [];
const noNames: string[] = [];

const blank: readonly number[] = [
  ...blankRecord(),
  ...Array.from({ length: at.slots - at.firstSeen }, (_, place) => {
    const slot = at.firstSeen + place;
    const counts = slot >= at.funding && slot <= at.squaredVolume;
    return counts || slot === at.realisedSince ? 0 : Number.NaN;
  }),
];

export function initialPerformance(): PerformanceState {
  // Note: the empty arrays are shared; they are replaced, never written.
  return {
    n: blank.slice(),
    hours: noNumbers,
    days: noNumbers,
    daily: noNumbers,
    coins: noNumbers,
    held: noNames,
    holdings: noNumbers,
    beside: noNumbers,
  };
}
