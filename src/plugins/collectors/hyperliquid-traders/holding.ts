/** A change of a position that the tape told. */
interface Delta {
  readonly time: number;
  size: bigint;
}

/**
 * What is known of one position: the size that the exchange stated last, and what the tape has told since. Sizes are exact, in
 * whole numbers of 1e-12.
 */
export interface Holding {
  stated: bigint;
  /** Up to when, inclusive, trades are part of what was stated. */
  statedAt: number;
  /** By time. */
  readonly deltas: Delta[];
  /** When a statement of it went to the tape last, by the exchange's clock. */
  toldAt: number;
  /** When it was last traded, by the exchange's clock. */
  tradedAt: number;
  /** How the exchange's word differed from what was expected, the last time, until that is settled. */
  drift: { readonly size: bigint; readonly seenAt: number } | undefined;
  /** How often in a row it did. */
  disagreements: number;
}

const mostDeltas = 512;

export function newHolding(statedAt: number): Holding {
  return {
    stated: 0n,
    statedAt,
    deltas: [],
    toldAt: Number.NEGATIVE_INFINITY,
    tradedAt: Number.NEGATIVE_INFINITY,
    drift: undefined,
    disagreements: 0,
  };
}

/** Takes in a trade: one that happened before the last statement is part of it. */
export function applyTrade(holding: Holding, time: number, size: bigint): void {
  if (time > holding.tradedAt) holding.tradedAt = time;
  if (time <= holding.statedAt) return;
  const { deltas } = holding;
  let place = deltas.length;
  while (place > 0 && deltas[place - 1]!.time > time) place--;
  const last = deltas[place - 1];
  if (last?.time === time) last.size += size;
  else deltas.splice(place, 0, { time, size });
  if (deltas.length > mostDeltas) {
    const oldest = deltas.shift()!;
    holding.stated += oldest.size;
    holding.statedAt = oldest.time;
  }
}

/** The size after all trades up to a time, inclusive; `undefined` for a time before the last statement. */
export function sizeAt(holding: Holding, time: number): bigint | undefined {
  if (time < holding.statedAt) return undefined;
  let size = holding.stated;
  for (const delta of holding.deltas) {
    if (delta.time > time) break;
    size += delta.size;
  }
  return size;
}

/** The size as it is thought to be now. */
export function presentSize(holding: Holding): bigint {
  return holding.deltas.reduce((size, delta) => size + delta.size, holding.stated);
}

/**
 * The moment nearest to `time`, at most `toleranceMs` away, at which the position was `size`; `undefined` when there is none. The
 * time that an answer names need not be that of the last block in it.
 */
export function momentOf(
  holding: Holding,
  size: bigint,
  { time, toleranceMs }: { readonly time: number; readonly toleranceMs: number },
): number | undefined {
  if (sizeAt(holding, time) === size) return time;
  let nearest: number | undefined;
  const consider = (moment: number): void => {
    if (moment < holding.statedAt || Math.abs(moment - time) > toleranceMs) return;
    if (nearest !== undefined && Math.abs(nearest - time) <= Math.abs(moment - time)) return;
    if (sizeAt(holding, moment) === size) nearest = moment;
  };
  consider(holding.statedAt);
  for (const { time: at } of holding.deltas) {
    if (at > time + toleranceMs) break;
    consider(at - 1);
    consider(at);
  }
  return nearest;
}

/** Forgets when everything happened: the exchange's clock has gone back behind it. */
export function forgetTimes(holding: Holding): void {
  holding.deltas.length = 0;
  holding.statedAt = Number.NEGATIVE_INFINITY;
  holding.toldAt = Number.NEGATIVE_INFINITY;
  holding.tradedAt = Number.NEGATIVE_INFINITY;
}

/** Takes over what the exchange stated for a moment. Trades after that stay added. */
export function restate(holding: Holding, size: bigint, moment: number): void {
  holding.stated = size;
  holding.statedAt = moment;
  let past = 0;
  while (past < holding.deltas.length && holding.deltas[past]!.time <= moment) past++;
  holding.deltas.splice(0, past);
  holding.drift = undefined;
  holding.disagreements = 0;
}
