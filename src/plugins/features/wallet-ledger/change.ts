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
export function beginEvent(n: number[], source: number, time: number): void {
  n[at.unitsBefore] = n[at.units]!;
  n[at.action] = at.noAction;
  n[at.price] = Number.NaN;
  n[at.notionalUsd] = Number.NaN;
  n[at.realised] = Number.NaN;
  n[at.fee] = Number.NaN;
  n[at.taker] = Number.NaN;
  n[at.source] = source;
  n[at.eventTime] = time;
  n[at.endedPnl] = Number.NaN;
  n[at.endedHoldingMs] = Number.NaN;
  n[at.net] = 0;
  n[at.funding] = 0;
}

/** Books an amount to the wallet and to the present episode. */
export function book(n: number[], amount: number): void {
  n[at.net]! += amount;
  n[at.cumulativePnl]! += amount;
}

/** Sums a fee; one that the feed does not tell changes nothing. */
export function bookFee(n: number[], fee: number): void {
  if (isKnown(fee)) n[at.cumulativeFees] = (isKnown(n[at.cumulativeFees]!) ? n[at.cumulativeFees]! : 0) + fee;
}

/** Books funding to the wallet and to the present episode. */
export function bookFunding(n: number[], amount: number): void {
  book(n, amount);
  n[at.funding]! += amount;
  n[at.cumulativeFunding]! += amount;
  n[at.episodePnl]! += amount;
}

/** Changes the position by units at a price. The mean price of entry moves only with what is added. */
export function changePosition(n: number[], delta: number, details: ChangeDetails): void {
  const { price, time, closedPnl } = details;
  const scale = n[at.scale]!;
  const before = n[at.units]!;
  const after = before + delta;
  const closing = before !== 0 && before > 0 !== delta > 0;
  const fee = isKnown(details.fee) ? details.fee : 0;
  n[at.units] = after;
  n[at.price] = price;
  n[at.notionalUsd] = (Math.abs(delta) / scale) * price;
  n[at.fee] = details.fee;
  bookFee(n, details.fee);
  const realised = realisedPnl(n, closing ? Math.min(Math.abs(before), Math.abs(delta)) / scale : 0, {
    before,
    price,
    closedPnl,
  });
  n[at.realised] = realised;
  const gain = isKnown(realised) ? realised : 0;
  book(n, gain - fee);
  if (before === 0) {
    if (delta === 0) return;
    n[at.action] = at.open;
    beginEpisode(n, { time, price, pnl: gain - fee });
  } else if (!closing) {
    if (delta === 0) return;
    n[at.action] = at.increase;
    n[at.entry] = (Math.abs(before) * n[at.entry]! + Math.abs(delta) * price) / Math.abs(after);
    n[at.episodePnl]! += gain - fee;
  } else if (after === 0) {
    n[at.action] = at.close;
    n[at.episodePnl]! += realised - fee;
    endEpisode(n, time);
  } else if (after > 0 === before > 0) {
    n[at.action] = at.decrease;
    n[at.episodePnl]! += realised - fee;
  } else {
    const closedFee = fee * Math.abs(before / delta);
    n[at.action] = at.flip;
    n[at.episodePnl]! += realised - closedFee;
    endEpisode(n, time);
    beginEpisode(n, { time, price, pnl: closedFee - fee });
  }
}

function realisedPnl(
  n: number[],
  closed: number,
  change: { readonly before: number; readonly price: number; readonly closedPnl: number },
): number {
  const { before, price, closedPnl } = change;
  const told = isKnown(closedPnl);
  // Note: a feed without start positions may close what was opened before it began; its PnL counts all the same.
  if (closed === 0) return told && closedPnl !== 0 ? closedPnl : Number.NaN;
  const direction = before > 0 ? 1 : -1;
  const entry = n[at.entry]!;
  if (!told) return (price - entry) * closed * direction;
  // Note: the exchange's PnL gives away an entry that was made before the feed began.
  if (!isKnown(entry)) n[at.entry] = price - (closedPnl / closed) * direction;
  return closedPnl;
}

function beginEpisode(
  n: number[],
  episode: { readonly time: number; readonly price: number; readonly pnl: number },
): void {
  n[at.openedAt] = episode.time;
  n[at.entry] = episode.price;
  n[at.episodePnl] = episode.pnl;
}

function endEpisode(n: number[], time: number): void {
  const pnl = n[at.episodePnl]!;
  if (isKnown(pnl)) {
    n[at.endedPnl] = pnl;
    n[at.endedHoldingMs] = Math.max(0, time - n[at.openedAt]!);
    n[at.episodes]! += 1;
    if (pnl > 0) n[at.wins]! += 1;
  }
  forgetEpisode(n);
}

function forgetEpisode(n: number[]): void {
  n[at.openedAt] = Number.NaN;
  n[at.entry] = Number.NaN;
  n[at.episodePnl] = Number.NaN;
}

/** Begins the history at a position that was there before it. */
export function startFrom(n: number[], units: number, time: number): void {
  n[at.firstTime] = time;
  setFlag(n, at.started);
  if (units === 0) return;
  n[at.units] = units;
  n[at.unitsBefore] = units;
  setFlag(n, at.truncated);
}

/** A difference in coins that is no disagreement. */
const negligible = 1e-9;

/**
 * Compares the position with the feed's. A disagreement is counted as a gap and the feed's word taken; what the episode came
 * to is then unknown, and so is its entry.
 */
export function checkAgainst(n: number[], units: number): boolean {
  if (isSamePosition(n, units)) {
    if (units !== n[at.units]) {
      n[at.units] = units;
      n[at.unitsBefore] = units;
    }
    return true;
  }
  correctTo(n, units, { isGap: true });
  return false;
}

/** Whether the position is that many units, but for rounding. */
export function isSamePosition(n: readonly number[], units: number): boolean {
  const difference = units - n[at.units]!;
  // Note: feeds that merge fills by float64, and balances beyond 2^53 units, leave a trace in the last digits.
  return (
    difference === 0 || Math.abs(difference) <= Math.max(Math.abs(units) * 1e-14, n[at.scale]! * negligible)
  );
}

/** Sets the position to what the exchange says; a gap is a disagreement about what was thought to be known. */
export function correctTo(n: number[], units: number, { isGap }: { readonly isGap: boolean }): void {
  if (isGap) {
    n[at.gaps]! += 1;
    n[at.lastGap] = (units - n[at.units]!) / n[at.scale]!;
  }
  n[at.units] = units;
  n[at.unitsBefore] = units;
  forgetEpisode(n);
}
