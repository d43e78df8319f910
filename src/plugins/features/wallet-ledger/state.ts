import { type PackedState, packed } from '../../../plugin-api/index.ts';
import * as at from './slots.ts';

/** What is remembered of a wallet's position in a coin. */
export type LedgerState = PackedState<LedgerMore>;

/** Kept only for positions that more is told of than the public tape tells. */
export interface LedgerMore {
  /** The last trades, once both feeds have been seen: pairs as in `slots.recent`, but more of them. */
  recent: number[];
  /** The last changes, for adding to a statement of the exchange that is older; empty until there is one. */
  deltas: number[];
}

const blank = Array.from({ length: at.slots }, () => Number.NaN);
for (const slot of [
  ...[
    at.units,
    at.cumulativePnl,
    at.cumulativeFunding,
    at.episodes,
    at.wins,
    at.gaps,
    at.flags,
    at.fundingIndex,
  ],
  ...[at.recentNext, at.unitsBefore],
]) {
  blank[slot] = 0;
}
for (let place = 0; place < at.recentPlaces; place++) blank[at.recent + 2 * place] = 0;
blank[at.scale] = 1;
blank[at.lastTime] = Number.NEGATIVE_INFINITY;
blank[at.snapshotTime] = Number.NEGATIVE_INFINITY;
blank[at.action] = at.noAction;

export const initialLedger = packed<LedgerMore>(blank);

/** What the public tape does not tell; made when it is needed first. */
export function moreOf(state: LedgerState): LedgerMore {
  state.more ??= { recent: [], deltas: [] };
  return state.more;
}

/** False for NaN, by which the state says that it does not know. */
export const isKnown = (value: number): boolean => !Number.isNaN(value);

export const hasFlag = (n: Float64Array, o: number, flag: number): boolean => (n[o + at.flags]! & flag) !== 0;

export function setFlag(n: Float64Array, o: number, flag: number): void {
  n[o + at.flags] = n[o + at.flags]! | flag;
}

export function clearFlag(n: Float64Array, o: number, flag: number): void {
  n[o + at.flags] = n[o + at.flags]! & ~flag;
}
