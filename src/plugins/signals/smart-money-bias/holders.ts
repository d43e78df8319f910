/** A trader's open position in the coin of a state. */
export interface Holder {
  /** Signed size in coins, never 0. */
  size: number;
  /** The trader's weight when it was last read; 0 while none is known, and then the position counts for nothing. */
  weight: number;
}

export type Action = 'BUY' | 'SELL' | 'NEUTRAL';

/** What is kept of one coin: as many entries as traders have open positions in it. */
export interface BiasState {
  /** In the order in which their weights were read, longest ago first. */
  readonly holders: Map<string, Holder>;
  /** Sums of weight x size over longs and over shorts, in coins: the price is common to all and cancels out of the net bias. */
  long: number;
  short: number;
  /** The action of the last signal. */
  action: Action;
  /** Which period of the cadence the last regular signal was for. */
  period: number;
  /** Price at the last position change that told one, for coins without a market price. */
  lastPrice: number | undefined;
  /** Whether a weighted position changed since the last signal. */
  changed: boolean;
}

export function initialState(): BiasState {
  return {
    holders: new Map(),
    long: 0,
    short: 0,
    action: 'NEUTRAL',
    period: -1,
    lastPrice: undefined,
    changed: false,
  };
}

/** Takes a trader's new size and weight into the sums, in constant time. */
export function setHolder(
  state: BiasState,
  trader: string,
  size: number,
  weight: number,
  minWeightChange: number,
): void {
  const { holders } = state;
  const holder = holders.get(trader);
  if (holder !== undefined) {
    holders.delete(trader);
    addExposure(state, holder.size, -holder.weight);
    if (holders.size === 0) {
      // Note: nothing is left to sum, so whatever is there is rounding.
      state.long = 0;
      state.short = 0;
    }
  }
  if (size !== 0) {
    holders.set(trader, { size, weight });
    addExposure(state, size, weight);
  }
  const moved = size !== (holder?.size ?? 0) && (weight !== 0 || (holder?.weight ?? 0) !== 0);
  if (moved || (holder !== undefined && size !== 0 && weightMoved(holder.weight, weight, minWeightChange))) {
    state.changed = true;
  }
}

function weightMoved(before: number, after: number, minChange: number): boolean {
  return before !== after && Math.abs(after - before) >= minChange * before;
}

function addExposure(state: BiasState, size: number, weight: number): void {
  if (size > 0) state.long += weight * size;
  else state.short -= weight * size;
}

/** Reads the weights anew that were read longest ago; those of a coin with few holders are all read. */
export function refreshWeights(
  state: BiasState,
  count: number,
  weightOf: (trader: string) => number,
  minWeightChange: number,
): void {
  let left = Math.min(count, state.holders.size);
  while (left-- > 0) {
    const [trader, { size }] = state.holders.entries().next().value!;
    setHolder(state, trader, size, weightOf(trader), minWeightChange);
  }
}

/** Sums again, which removes the rounding that increments gather. */
export function sumAgain(state: BiasState): void {
  state.long = 0;
  state.short = 0;
  for (const { size, weight } of state.holders.values()) addExposure(state, size, weight);
}

/** The net bias in [-1, 1], or `undefined` when no weighted trader holds a position. */
export function netOf(long: number, short: number): number | undefined {
  const sum = long + short;
  // Note: what remains of sums that cancel is rounding, far below any weight times any size.
  if (!(sum > 1e-12)) return undefined;
  return Math.min(Math.max((long - short) / sum, -1), 1);
}
