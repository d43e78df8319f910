import { unitsText } from './exact-size.ts';
import * as at from './slots.ts';

/** What is remembered of a wallet's position in a coin. */
export interface LedgerState {
  readonly n: number[];
  /**
   * The last trades, as a ring of pairs: trade id (negative for a sale) and the PnL booked for it (NaN: none).
   * An id of 0 is a free place.
   */
  recent: number[];
  /** The last changes, for adding to a statement of the exchange that is older; empty until there is one. */
  deltas: number[];
  /** The size, and the one before the last event, as text, so that each is written once. */
  size: string;
  sizeBefore: string;
}

// Note: an array literal that holds NaN keeps raw doubles in V8, and so does what is sliced from it.
const blank: number[] = [
  0,
  1,
  Number.NaN,
  Number.NaN,
  Number.NaN,
  0,
  Number.NaN,
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
  0,
  at.noAction,
  ...Array.from({ length: at.slots - at.price }, () => Number.NaN),
];
const noTrades: number[] = [];

export function initialLedger(): LedgerState {
  // Note: the empty rings are shared; they are replaced, never written.
  return { n: blank.slice(), recent: noTrades, deltas: noTrades, size: '0', sizeBefore: '0' };
}

/** Writes the sizes of the last event as text. */
export function writeSizes(state: LedgerState): void {
  const n = state.n;
  const scale = n[at.scale]!;
  const before = n[at.unitsBefore]! / scale;
  const after = n[at.units]! / scale;
  state.sizeBefore = before === n[at.writtenSize] ? state.size : unitsText(n[at.unitsBefore]!, scale);
  state.size = after === before ? state.sizeBefore : unitsText(n[at.units]!, scale);
  n[at.writtenSize] = after;
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
