import type { marketState, RowOf, walletPosition } from '../../../plugin-api/index.ts';
import { addMoment, replaceMoment } from '../moments.ts';
import { transactionNumber } from '../names.ts';
import { countBin, sizeBin } from './histogram.ts';
import * as at from './slots.ts';
import { type BehaviourState, moreOf } from './state.ts';

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
const none: number[] = [];

/** Makes the execution that a match belongs to the present one; answers whether it is a new one. */
export function findExecution(state: BehaviourState, match: Match): boolean {
  const { numbers: n, first: o } = state;
  const number = match.hash === null ? 0 : transactionNumber(match.hash);
  // Note: slices of a TWAP order carry a hash of zeros; each is an execution of its own, and NaN equals nothing.
  const id = number === 0 ? Number.NaN : match.side * (number + match.coinNumber);
  if (n[o + at.time] !== match.time) {
    if (state.more !== undefined && state.more.beside.length > 0) state.more.beside = [];
  } else if (n[o + at.id] === id) {
    return false;
  } else {
    const beside = state.more?.beside ?? none;
    for (let place = 0; place < beside.length; place += at.executionLength) {
      if (beside[place] !== id) continue;
      for (let field = 0; field < at.executionLength; field++) {
        const held = n[o + at.executionStart + field]!;
        n[o + at.executionStart + field] = beside[place + field]!;
        beside[place + field] = held;
      }
      return false;
    }
    if (beside.length < mostBeside && !Number.isNaN(n[o + at.id])) {
      const start = o + at.executionStart;
      moreOf(state).beside = [...beside, ...n.subarray(start, start + at.executionLength)];
    }
  }
  n[o + at.id] = id;
  n[o + at.time] = match.time;
  return true;
}

/** Counts a new execution by its first fill. */
export function beginExecution(n: Float64Array, o: number, match: Match, position: Position): void {
  const { time, side, price, size } = match;
  const count = n[o + at.executions]! + 1;
  n[o + at.executions] = count;
  if (count > 1) addMoment(n, o + at.intervalMean, Math.max(0, time - n[o + at.lastExecution]!), count - 1);
  if (!(time < n[o + at.lastExecution]!)) n[o + at.lastExecution] = time;
  countBin(n, o + at.hours, Math.floor(time / 3_600_000) % 24, 1, o + at.hourSum);
  const notional = price * size;
  addMoment(n, o + at.valueMean, notional, count);
  countBin(n, o + at.sizes, sizeBin(notional), 1, o + at.sizeSum);
  n[o + at.valueSum]! += notional;
  if (notional > n[o + at.valueMax]!) n[o + at.valueMax] = notional;
  n[o + at.notional] = notional;
  n[o + at.size] = size;
  n[o + at.mid] = Number.NaN;
  n[o + at.counted] = 0;
  n[o + at.sideBefore] = sideBefore(position, side);
  countOpening(n, o, side, position);
}

/** Counts a further fill of the present execution. */
export function extendExecution(n: Float64Array, o: number, match: Match, position: Position): void {
  const { side, price, size } = match;
  const from = n[o + at.notional]!;
  const to = from + price * size;
  replaceMoment(n, o + at.valueMean, n[o + at.executions]!, { from, to });
  const bin = sizeBin(to);
  if (bin !== sizeBin(from)) {
    countBin(n, o + at.sizes, sizeBin(from), -1, o + at.sizeSum);
    countBin(n, o + at.sizes, bin, 1, o + at.sizeSum);
  }
  n[o + at.valueSum]! += price * size;
  if (to > n[o + at.valueMax]!) n[o + at.valueMax] = to;
  const mid = n[o + at.mid]!;
  if (!Number.isNaN(mid)) {
    const before = slippage(side, from / n[o + at.size]!, mid);
    const after = slippage(side, to / (n[o + at.size]! + size), mid);
    replaceMoment(n, o + at.slippageMean, n[o + at.slippageCount]!, { from: before, to: after });
  }
  n[o + at.notional] = to;
  n[o + at.size]! += size;
  countOpening(n, o, side, position);
}

/** Counts what the market was doing when an execution began. */
export function countMarket(
  n: Float64Array,
  o: number,
  side: number,
  market: Market,
  ratioCap: number,
): void {
  const { z5, sigma5m, sigma24h } = market;
  if (z5 !== null) {
    n[o + at.moveCount]! += 1;
    n[o + at.momentumSum]! += Math.max(0, side * z5);
    n[o + at.reversionSum]! += Math.max(0, -side * z5);
  }
  if (sigma5m !== null && sigma24h !== null && sigma24h > 0) {
    n[o + at.volatilityCount]! += 1;
    n[o + at.volatilitySum]! += Math.min(sigma5m / sigma24h, ratioCap) / ratioCap;
  }
}

/** Counts a taker's distance from the mid before. */
export function countSlippage(n: Float64Array, o: number, side: number, price: number, mid: number): void {
  n[o + at.mid] = mid;
  n[o + at.slippageCount]! += 1;
  addMoment(n, o + at.slippageMean, slippage(side, price, mid), n[o + at.slippageCount]!);
}

const slippage = (side: number, price: number, mid: number) => ((side * (price - mid)) / mid) * 10_000;

function sideBefore(position: Position, side: number): number {
  if (position.action === 'OPEN') return 0;
  return position.action === 'INCREASE' ? side : -side;
}

/** An execution opens when its last fill leaves the wallet on the execution's own side. */
function countOpening(n: Float64Array, o: number, side: number, position: Position): void {
  const { action } = position;
  const opens = action === 'OPEN' || action === 'INCREASE' || action === 'FLIP' ? 1 : 0;
  const change = opens - n[o + at.counted]!;
  if (change === 0) return;
  n[o + at.counted] = opens;
  n[o + at.openings]! += change;
  if (side > 0) n[o + at.longs]! += change;
  if (n[o + at.sideBefore] === -side) n[o + at.flips]! += change;
}
