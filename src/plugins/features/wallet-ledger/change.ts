import * as at from './slots.ts';
import { isKnown, setFlag } from './state.ts';

/** What a change says beside its size; NaN where the feed does not say. */
export interface ChangeDetails {
  readonly price: number;
  readonly time: number;
  /** The exchange's realised PnL, before fees, USD. */
  readonly closedPnl: number;
  /** USD. */
  readonly fee: number;
}

/** Clears what the row says of the last event. */
export function beginEvent(n: Float64Array, o: number, source: number, time: number): void {
  n[o + at.unitsBefore] = n[o + at.units]!;
  n[o + at.action] = at.noAction;
  n[o + at.price] = Number.NaN;
  n[o + at.notionalUsd] = Number.NaN;
  n[o + at.realised] = Number.NaN;
  n[o + at.fee] = Number.NaN;
  n[o + at.taker] = Number.NaN;
  n[o + at.source] = source;
  n[o + at.eventTime] = time;
  n[o + at.endedPnl] = Number.NaN;
  n[o + at.endedHoldingMs] = Number.NaN;
  n[o + at.net] = 0;
  n[o + at.funding] = 0;
}

/** Books an amount to the wallet and to the present episode. */
export function book(n: Float64Array, o: number, amount: number): void {
  n[o + at.net]! += amount;
  n[o + at.cumulativePnl]! += amount;
}

/** Sums a fee; one that the feed does not tell changes nothing. */
export function bookFee(n: Float64Array, o: number, fee: number): void {
  if (isKnown(fee))
    n[o + at.cumulativeFees] = (isKnown(n[o + at.cumulativeFees]!) ? n[o + at.cumulativeFees]! : 0) + fee;
}

/** Books funding to the wallet and to the present episode. */
export function bookFunding(n: Float64Array, o: number, amount: number): void {
  book(n, o, amount);
  n[o + at.funding]! += amount;
  n[o + at.cumulativeFunding]! += amount;
  n[o + at.episodePnl]! += amount;
}

/** Changes the position by units at a price. The mean price of entry moves only with what is added. */
export function changePosition(n: Float64Array, o: number, delta: number, details: ChangeDetails): void {
  const { price, time } = details;
  const scale = n[o + at.scale]!;
  const before = n[o + at.units]!;
  const after = before + delta;
  const closing = before !== 0 && before > 0 !== delta > 0;
  const fee = isKnown(details.fee) ? details.fee : 0;
  n[o + at.units] = after;
  n[o + at.price] = price;
  n[o + at.notionalUsd] = (Math.abs(delta) / scale) * price;
  n[o + at.fee] = details.fee;
  bookFee(n, o, details.fee);
  const closed = closing ? Math.min(Math.abs(before), Math.abs(delta)) / scale : 0;
  const realised = realisedPnl(n, o, closed, before > 0 ? 1 : -1, details);
  n[o + at.realised] = realised;
  const gain = isKnown(realised) ? realised : 0;
  book(n, o, gain - fee);
  if (before === 0) {
    if (delta === 0) return;
    n[o + at.action] = at.open;
    beginEpisode(n, o, { time, price, pnl: gain - fee });
  } else if (!closing) {
    if (delta === 0) return;
    n[o + at.action] = at.increase;
    n[o + at.entry] = (Math.abs(before) * n[o + at.entry]! + Math.abs(delta) * price) / Math.abs(after);
    n[o + at.episodePnl]! += gain - fee;
  } else if (after === 0) {
    n[o + at.action] = at.close;
    n[o + at.episodePnl]! += realised - fee;
    endEpisode(n, o, time);
  } else if (after > 0 === before > 0) {
    n[o + at.action] = at.decrease;
    n[o + at.episodePnl]! += realised - fee;
  } else {
    const closedFee = fee * Math.abs(before / delta);
    n[o + at.action] = at.flip;
    n[o + at.episodePnl]! += realised - closedFee;
    endEpisode(n, o, time);
    beginEpisode(n, o, { time, price, pnl: closedFee - fee });
  }
}

function realisedPnl(
  n: Float64Array,
  o: number,
  closed: number,
  direction: 1 | -1,
  { price, closedPnl }: ChangeDetails,
): number {
  const told = isKnown(closedPnl);
  // Note: a feed without start positions may close what was opened before it began; its PnL counts all the same.
  if (closed === 0) return told && closedPnl !== 0 ? closedPnl : Number.NaN;
  const entry = n[o + at.entry]!;
  if (!told) return (price - entry) * closed * direction;
  // Note: the exchange's PnL gives away an entry that was made before the feed began.
  if (!isKnown(entry)) n[o + at.entry] = price - (closedPnl / closed) * direction;
  return closedPnl;
}

function beginEpisode(
  n: Float64Array,
  o: number,
  episode: { readonly time: number; readonly price: number; readonly pnl: number },
): void {
  n[o + at.openedAt] = episode.time;
  n[o + at.entry] = episode.price;
  n[o + at.episodePnl] = episode.pnl;
}

function endEpisode(n: Float64Array, o: number, time: number): void {
  const pnl = n[o + at.episodePnl]!;
  if (isKnown(pnl)) {
    n[o + at.endedPnl] = pnl;
    n[o + at.endedHoldingMs] = Math.max(0, time - n[o + at.openedAt]!);
    n[o + at.episodes]! += 1;
    if (pnl > 0) n[o + at.wins]! += 1;
  }
  forgetEpisode(n, o);
}

function forgetEpisode(n: Float64Array, o: number): void {
  n[o + at.openedAt] = Number.NaN;
  n[o + at.entry] = Number.NaN;
  n[o + at.episodePnl] = Number.NaN;
}

/** Begins the history at a position that was there before it. */
export function startFrom(n: Float64Array, o: number, units: number, time: number): void {
  n[o + at.firstTime] = time;
  setFlag(n, o, at.started);
  if (units === 0) return;
  n[o + at.units] = units;
  n[o + at.unitsBefore] = units;
  setFlag(n, o, at.truncated);
}

/** A difference in coins that is no disagreement. */
const negligible = 1e-9;

/**
 * Compares the position with the feed's. A disagreement is counted as a gap and the feed's word taken; what the episode came
 * to is then unknown, and so is its entry.
 */
export function checkAgainst(n: Float64Array, o: number, units: number): boolean {
  if (isSamePosition(n, o, units)) {
    if (units !== n[o + at.units]) {
      n[o + at.units] = units;
      n[o + at.unitsBefore] = units;
    }
    return true;
  }
  correctTo(n, o, units, { isGap: true });
  return false;
}

/** Whether the position is that many units, but for rounding. */
export function isSamePosition(n: Float64Array, o: number, units: number): boolean {
  const difference = units - n[o + at.units]!;
  // Note: feeds that merge fills by float64, and balances beyond 2^53 units, leave a trace in the last digits.
  return (
    difference === 0 ||
    Math.abs(difference) <= Math.max(Math.abs(units) * 1e-14, n[o + at.scale]! * negligible)
  );
}

/** Sets the position to what the exchange says; a gap is a disagreement about what was thought to be known. */
export function correctTo(
  n: Float64Array,
  o: number,
  units: number,
  { isGap }: { readonly isGap: boolean },
): void {
  if (isGap) {
    n[o + at.gaps]! += 1;
    n[o + at.lastGap] = (units - n[o + at.units]!) / n[o + at.scale]!;
  }
  n[o + at.units] = units;
  n[o + at.unitsBefore] = units;
  forgetEpisode(n, o);
}
