import * as at from './slots.ts';

/** What is remembered of a wallet's position in a coin. */
export interface LedgerState {
  readonly n: number[];
  /**
   * The last trades, as a ring of pairs: trade id (negative for a sale) and the PnL booked for it (NaN: none).
   * An id of 0 is a free place.
   */
  recent: number[];
}

// Note: an array literal that holds NaN keeps raw doubles in V8, and so does what is sliced from it.
const blank: number[] = [
  0,
  1,
  Number.NaN,
  Number.NaN,
  Number.NaN,
  0,
  0,
  0,
  0,
  0,
  0,
  Number.NaN,
  0,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  0,
  0,
  at.noAction,
  ...Array.from({ length: at.slots - at.price }, () => Number.NaN),
];
const noTrades: number[] = [];

export function initialLedger(): LedgerState {
  // Note: the empty ring is shared; it is replaced, never written.
  return { n: blank.slice(), recent: noTrades };
}

/** False for NaN, by which the state says that it does not know. */
export const isKnown = (value: number): boolean => !Number.isNaN(value);

export const hasFlag = (n: readonly number[], flag: number): boolean => (n[at.flags]! & flag) !== 0;

export function setFlag(n: number[], flag: number): void {
  n[at.flags] = n[at.flags]! | flag;
}

export function clearFlag(n: number[], flag: number): void {
  n[at.flags] = n[at.flags]! & ~flag;
}
