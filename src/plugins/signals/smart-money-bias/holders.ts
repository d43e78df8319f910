export type Action = 'BUY' | 'SELL' | 'NEUTRAL';

/**
 * Traders with an open position in a coin, one place for each. Kept as columns, so that going through them, and reading
 * weights in turn, makes no garbage.
 */
export interface Holders {
  readonly traders: string[];
  /** Signed sizes in coins, never 0. */
  readonly sizes: number[];
  /** Weights when they were last read; 0 while none is known, and then the position counts for nothing. */
  readonly weights: number[];
  /** The place of each trader. */
  readonly places: Map<string, number>;
}

/** What is kept of one coin: as many places as traders have open positions in it. */
export interface BiasState {
  readonly holders: Holders;
  /** Whose weight is read next, after those of the newcomers. */
  turn: number;
  /** Traders who came without a weight since the last tick, the first few: a wallet's first weight is made after its first event. */
  newcomers: string[];
  /** Whether a position changed since the last tick. */
  touched: boolean;
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
  /** The net bias of the last signal. */
  net: number;
}

export function initialState(): BiasState {
  return {
    holders: { traders: [], sizes: [], weights: [], places: new Map() },
    turn: 0,
    newcomers: [],
    touched: false,
    long: 0,
    short: 0,
    action: 'NEUTRAL',
    period: -1,
    lastPrice: undefined,
    changed: false,
    net: 0,
  };
}

const mostNewcomers = 16;

/** Takes a trader's new size and weight into the sums, in constant time. */
export function setHolder(state: BiasState, trader: string, size: number, weight: number): void {
  const { holders } = state;
  const place = holders.places.get(trader);
  state.touched = true;
  if (place === undefined) {
    if (size === 0) return;
    holders.places.set(trader, holders.traders.push(trader) - 1);
    holders.sizes.push(size);
    holders.weights.push(weight);
    addExposure(state, size, weight);
    if (weight !== 0) state.changed = true;
    else if (state.newcomers.length < mostNewcomers) state.newcomers.push(trader);
  } else if (size === 0) {
    if (holders.weights[place] !== 0) state.changed = true;
    addExposure(state, holders.sizes[place]!, -holders.weights[place]!);
    removePlace(state, place);
  } else {
    if (size !== holders.sizes[place]) {
      addExposure(state, holders.sizes[place]!, -holders.weights[place]!);
      holders.sizes[place] = size;
      addExposure(state, size, holders.weights[place]!);
      if (weight !== 0 || holders.weights[place] !== 0) state.changed = true;
    }
    setWeight(state, place, weight);
  }
}

function setWeight(state: BiasState, place: number, weight: number): void {
  const { sizes, weights } = state.holders;
  const before = weights[place]!;
  if (weight === before) return;
  addExposure(state, sizes[place]!, weight - before);
  weights[place] = weight;
}

/** Fills a place that becomes free with the last one. */
function removePlace(state: BiasState, place: number): void {
  const { traders, sizes, weights, places } = state.holders;
  places.delete(traders[place]!);
  const trader = traders.pop()!;
  const size = sizes.pop()!;
  const weight = weights.pop()!;
  if (place < traders.length) {
    traders[place] = trader;
    sizes[place] = size;
    weights[place] = weight;
    places.set(trader, place);
  }
  if (traders.length === 0) {
    // Note: nothing is left to sum, so whatever is there is rounding.
    state.long = 0;
    state.short = 0;
  }
}

function addExposure(state: BiasState, size: number, weight: number): void {
  if (size > 0) state.long += weight * size;
  else state.short -= weight * size;
}

/** Reads the weights of those who came without one since the last tick. */
export function readNewcomers(state: BiasState, weightOf: (trader: string) => number): void {
  if (state.newcomers.length === 0) return;
  for (const trader of state.newcomers) {
    const place = state.holders.places.get(trader);
    if (place !== undefined) setWeight(state, place, weightOf(trader));
  }
  state.newcomers = [];
}

/** Reads the weights anew of those whose turn it is. */
export function refreshWeights(state: BiasState, count: number, weightOf: (trader: string) => number): void {
  const { traders } = state.holders;
  for (let left = Math.min(count, traders.length); left > 0; left--) {
    if (state.turn >= traders.length) state.turn = 0;
    setWeight(state, state.turn, weightOf(traders[state.turn]!));
    state.turn++;
  }
}

/** Sums again, which removes the rounding that increments gather. */
export function sumAgain(state: BiasState): void {
  const { sizes, weights } = state.holders;
  state.long = 0;
  state.short = 0;
  for (let place = 0; place < sizes.length; place++) addExposure(state, sizes[place]!, weights[place]!);
}

/** The net bias in [-1, 1], or `undefined` when no weighted trader holds a position. */
export function netOf(long: number, short: number): number | undefined {
  const sum = long + short;
  // Note: what remains of sums that cancel is rounding, far below any weight times any size.
  if (!(sum > 1e-12)) return undefined;
  return Math.min(Math.max((long - short) / sum, -1), 1);
}
