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
  /** Price of the last signal. */
  emittedPrice: number | undefined;
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
    emittedPrice: undefined,
    changed: false,
  };
}

/** Takes a trader's new size and weight into the sums, in constant time. */
export function setHolder(state: BiasState, trader: string, size: number, weight: number): void {
  const holder = state.holders.get(trader);
  if (holder === undefined) {
    if (size === 0) return;
    state.holders.set(trader, { size, weight });
  } else {
    if (holder.size === size && holder.weight === weight) return;
    addExposure(state, holder.size, -holder.weight);
    if (size === 0) {
      if (holder.weight !== 0) state.changed = true;
      state.holders.delete(trader);
      if (state.holders.size === 0) {
        state.long = 0;
        state.short = 0;
      }
      return;
    }
    if (holder.weight !== 0) state.changed = true;
    holder.size = size;
    holder.weight = weight;
  }
  if (weight !== 0) state.changed = true;
  addExposure(state, size, weight);
}

function addExposure(state: BiasState, size: number, weight: number): void {
  if (size > 0) state.long += weight * size;
  else state.short -= weight * size;
}

/**
 * Reads all weights anew and sums again, which also removes the rounding that increments gather.
 */
export function refreshHolders(state: BiasState, weightOf: (trader: string) => number): void {
  state.long = 0;
  state.short = 0;
  for (const [trader, holder] of state.holders) {
    const weight = weightOf(trader);
    if (weight !== holder.weight) {
      holder.weight = weight;
      state.changed = true;
    }
    addExposure(state, holder.size, weight);
  }
}

/** The net bias in [-1, 1], or `undefined` when no weighted trader holds a position. */
export function netOf(long: number, short: number): number | undefined {
  const sum = long + short;
  // Note: what remains of sums that cancel is rounding, far below any weight times any size.
  if (!(sum > 1e-12)) return undefined;
  return Math.min(Math.max((long - short) / sum, -1), 1);
}
