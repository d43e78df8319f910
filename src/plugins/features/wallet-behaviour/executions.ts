import type { marketState, RowOf, walletPosition } from '../../../plugin-api/index.ts';
import { addMoment, replaceMoment } from '../moments.ts';
import { transactionNumber } from '../names.ts';
import { countBin, sizeBin } from './histogram.ts';
import * as at from './slots.ts';
import type { BehaviourState } from './state.ts';

/*
 * An execution is what one order did: the fills of a wallet with the same coin, transaction and side, which share a time. It is
 * counted with its first fill and corrected with each further one, so that nothing waits for its end.
 */

/** A fill of a wallet, from whichever feed. */
export interface Match {
  readonly coin: string;
  readonly coinNumber: number;
  readonly hash: string | null;
  readonly time: number;
  /** 1 bought, -1 sold. */
  readonly side: number;
  readonly price: number;
  readonly size: number;
}

type Position = RowOf<typeof walletPosition>;
type Market = RowOf<typeof marketState>;

/** A bound on the executions of one wallet in one millisecond that are told apart. */
const mostBeside = 64 * at.executionLength;

/** Makes the execution that a match belongs to the present one; answers whether it is a new one. */
export function findExecution(state: BehaviourState, match: Match): boolean {
  const n = state.n;
  const number = match.hash === null ? 0 : transactionNumber(match.hash);
  // Note: slices of a TWAP order carry a hash of zeros; each is an execution of its own, and NaN equals nothing.
  const id = number === 0 ? Number.NaN : match.side * (number + match.coinNumber);
  if (n[at.time] !== match.time) {
    if (state.beside.length > 0) state.beside = [];
  } else if (n[at.id] === id) {
    return false;
  } else {
    const { beside } = state;
    for (let place = 0; place < beside.length; place += at.executionLength) {
      if (beside[place] !== id) continue;
      for (let field = 0; field < at.executionLength; field++) {
        const held = n[at.executionStart + field]!;
        n[at.executionStart + field] = beside[place + field]!;
        beside[place + field] = held;
      }
      return false;
    }
    if (beside.length < mostBeside && !Number.isNaN(n[at.id])) {
      const present = n.slice(at.executionStart, at.executionStart + at.executionLength);
      state.beside = beside.length === 0 ? present : beside.concat(present);
    }
  }
  n[at.id] = id;
  n[at.time] = match.time;
  return true;
}

/** Counts a new execution by its first fill. */
export function beginExecution(n: number[], match: Match, position: Position): void {
  const { time, side, price, size } = match;
  const count = n[at.executions]! + 1;
  n[at.executions] = count;
  if (count > 1) addMoment(n, at.intervalMean, Math.max(0, time - n[at.lastExecution]!), count - 1);
  if (!(time < n[at.lastExecution]!)) n[at.lastExecution] = time;
  countBin(n, at.hours, Math.floor(time / 3_600_000) % 24, 1);
  const notional = price * size;
  addMoment(n, at.valueMean, notional, count);
  countBin(n, at.sizes, sizeBin(notional), 1);
  n[at.valueSum]! += notional;
  if (notional > n[at.valueMax]!) n[at.valueMax] = notional;
  n[at.notional] = notional;
  n[at.size] = size;
  n[at.mid] = Number.NaN;
  n[at.counted] = 0;
  n[at.sideBefore] = sideBefore(position, side);
  countOpening(n, side, position);
}

/** Counts a further fill of the present execution. */
export function extendExecution(n: number[], match: Match, position: Position): void {
  const { side, price, size } = match;
  const from = n[at.notional]!;
  const to = from + price * size;
  replaceMoment(n, at.valueMean, n[at.executions]!, { from, to });
  const bin = sizeBin(to);
  if (bin !== sizeBin(from)) {
    countBin(n, at.sizes, sizeBin(from), -1);
    countBin(n, at.sizes, bin, 1);
  }
  n[at.valueSum]! += price * size;
  if (to > n[at.valueMax]!) n[at.valueMax] = to;
  const mid = n[at.mid]!;
  if (!Number.isNaN(mid)) {
    const before = slippage(side, from / n[at.size]!, mid);
    const after = slippage(side, to / (n[at.size]! + size), mid);
    replaceMoment(n, at.slippageMean, n[at.slippageCount]!, { from: before, to: after });
  }
  n[at.notional] = to;
  n[at.size]! += size;
  countOpening(n, side, position);
}

/** Counts what the market was doing when an execution began. */
export function countMarket(n: number[], side: number, market: Market, ratioCap: number): void {
  const { z5, sigma5m, sigma24h } = market;
  if (z5 !== null) {
    n[at.moveCount]! += 1;
    n[at.momentumSum]! += Math.max(0, side * z5);
    n[at.reversionSum]! += Math.max(0, -side * z5);
  }
  if (sigma5m !== null && sigma24h !== null && sigma24h > 0) {
    n[at.volatilityCount]! += 1;
    n[at.volatilitySum]! += Math.min(sigma5m / sigma24h, ratioCap) / ratioCap;
  }
}

/** Counts a taker's distance from the mid before. */
export function countSlippage(n: number[], side: number, price: number, mid: number): void {
  n[at.mid] = mid;
  n[at.slippageCount]! += 1;
  addMoment(n, at.slippageMean, slippage(side, price, mid), n[at.slippageCount]!);
}

const slippage = (side: number, price: number, mid: number) => ((side * (price - mid)) / mid) * 10_000;

function sideBefore(position: Position, side: number): number {
  if (position.action === 'OPEN') return 0;
  return position.action === 'INCREASE' ? side : -side;
}

/** An execution opens when its last fill leaves the wallet on the execution's own side. */
function countOpening(n: number[], side: number, position: Position): void {
  const { action } = position;
  const opens = action === 'OPEN' || action === 'INCREASE' || action === 'FLIP' ? 1 : 0;
  const change = opens - n[at.counted]!;
  if (change === 0) return;
  n[at.counted] = opens;
  n[at.openings]! += change;
  if (side > 0) n[at.longs]! += change;
  if (n[at.sideBefore] === -side) n[at.flips]! += change;
}
