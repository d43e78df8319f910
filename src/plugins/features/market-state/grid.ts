import * as at from './slots.ts';
import type { MarketState } from './state.ts';

/*
 * Volatility from a grid of log prices, one a minute where mids are known, one each five minutes where only candles are.
 * Standard deviations are sample ones (n - 1), kept by running sums that are computed anew each time the ring is full.
 */

/** Steps that five minutes take. */
const lag = (gridMinutes: number) => 5 / gridMinutes;

/** Steps in the window. */
const windowSteps = (gridMinutes: number, hours: number) => (hours * 60) / gridMinutes;

/** Starts anew with a step of the given minutes. */
export function resetGrid(state: MarketState, gridMinutes: number, hours: number): void {
  const n = state.n;
  n[at.gridMinutes] = gridMinutes;
  n[at.gridHead] = Number.NaN;
  n[at.gridLog] = Number.NaN;
  for (let slot = at.gridPoints; slot < at.slots; slot++) n[slot] = 0;
  state.ring = new Array<number>(windowSteps(gridMinutes, hours) + lag(gridMinutes) + 2).fill(Number.NaN);
}

/** Takes in a price that is known in step `index` of the grid (time over step length). */
export function addPrice(state: MarketState, index: number, logPrice: number, hours: number): void {
  const n = state.n;
  const head = n[at.gridHead]!;
  if (index > head) {
    const steps = index - head;
    if (steps > windowSteps(n[at.gridMinutes]!, hours)) resetGrid(state, n[at.gridMinutes]!, hours);
    else for (let step = 0; step < steps; step++) closeStep(state, n[at.gridLog]!, hours);
    n[at.gridHead] = index;
  } else if (Number.isNaN(head)) n[at.gridHead] = index;
  n[at.gridLog] = logPrice;
}

function closeStep(state: MarketState, close: number, hours: number): void {
  const { n, ring } = state;
  const points = n[at.gridPoints]!;
  const size = ring.length;
  const steps = windowSteps(n[at.gridMinutes]!, hours);
  const five = lag(n[at.gridMinutes]!);
  ring[points % size] = close;
  n[at.gridPoints] = points + 1;
  if (points >= 1) add(n, at.count1, close - ring[(points - 1) % size]!);
  if (points >= five) add(n, at.count5, close - ring[(points - five) % size]!);
  if (n[at.count1]! > steps)
    drop(n, at.count1, ring[(points - steps) % size]! - ring[(points - steps - 1) % size]!);
  if (n[at.count5]! > steps)
    drop(n, at.count5, ring[(points - steps) % size]! - ring[(points - steps - five) % size]!);
  if ((points + 1) % size === 0) recompute(state, points, steps, five);
}

function add(n: number[], count: number, value: number): void {
  n[count]! += 1;
  n[count + 1]! += value;
  n[count + 2]! += value * value;
}

function drop(n: number[], count: number, value: number): void {
  n[count]! -= 1;
  n[count + 1]! -= value;
  n[count + 2]! -= value * value;
}

/** Removes what rounding has added up to. */
function recompute(state: MarketState, last: number, steps: number, five: number): void {
  const { n, ring } = state;
  const size = ring.length;
  for (const [count, back] of [
    [at.count1, 1],
    [at.count5, five],
  ] as const) {
    n[count] = 0;
    n[count + 1] = 0;
    n[count + 2] = 0;
    for (let point = Math.max(back, last - steps + 1); point <= last; point++)
      add(n, count, ring[point % size]! - ring[(point - back) % size]!);
  }
}

function deviation(count: number, sum: number, squares: number): number {
  if (count < 2) return Number.NaN;
  return Math.sqrt(Math.max(0, (squares - (sum * sum) / count) / (count - 1)));
}

/** Standard deviation of one-minute log returns over the window; NaN before `warmupMinutes` of prices. */
export function windowSigma(n: readonly number[], warmupMinutes: number): number {
  const minutes = n[at.gridMinutes]!;
  if (!(n[at.count1]! * minutes >= warmupMinutes)) return Number.NaN;
  return deviation(n[at.count1]!, n[at.sum1]!, n[at.squares1]!) / Math.sqrt(minutes);
}

/** The same over the last five whole minutes; from one five-minute return where that is all there is. */
export function recentSigma({ n, ring }: MarketState): number {
  const points = n[at.gridPoints]!;
  const steps = lag(n[at.gridMinutes]!);
  if (!(points > steps)) return Number.NaN;
  const size = ring.length;
  if (steps === 1) return Math.abs(ring[(points - 1) % size]! - ring[(points - 2) % size]!) / Math.sqrt(5);
  let sum = 0;
  let squares = 0;
  for (let point = points - steps; point < points; point++) {
    const value = ring[point % size]! - ring[(point - 1) % size]!;
    sum += value;
    squares += value * value;
  }
  return deviation(steps, sum, squares);
}

/** Log return of the last five minutes over its standard deviation in the window, clipped and scaled to [-1, 1]. */
export function scaledMove({ n, ring }: MarketState, warmupMinutes: number, clip: number): number {
  const points = n[at.gridPoints]!;
  const steps = lag(n[at.gridMinutes]!);
  if (!(points > steps) || !(n[at.count1]! * n[at.gridMinutes]! >= warmupMinutes)) return Number.NaN;
  const sigma = deviation(n[at.count5]!, n[at.sum5]!, n[at.squares5]!);
  if (!(sigma > 0)) return Number.NaN;
  const z = (n[at.gridLog]! - ring[(points - 1 - steps) % ring.length]!) / sigma;
  return Math.max(-clip, Math.min(clip, z)) / clip;
}
