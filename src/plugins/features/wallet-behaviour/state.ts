import * as at from './slots.ts';

/** HyperEVM activity, kept only for wallets that have some. */
export interface EvmState {
  transactions: number;
  erc20Count: number;
  /** USD, of the transfers that are priced, and how many those are. */
  erc20Volume: number;
  pricedCount: number;
  tokenCount: number;
  contractCount: number;
  lastHash: string;
  /** Hash sets of contracts. */
  contracts: number[];
}

/** What is remembered of a wallet. */
export interface BehaviourState {
  readonly n: number[];
  /** Hash set of coins and tokens. */
  tokens: number[];
  /** Hash set of counterparties, or the registers of the sketch once there are many. */
  others: number[];
  /** Executions of the present millisecond beside the present one; records of `executionLength` numbers. */
  beside: number[];
  /** Observations that are waited for; see waiting.ts. */
  waiting: number[];
  waitingCoins: string[];
  evm: EvmState | undefined;
}

const noNumbers: number[] = [];
const noCoins: string[] = [];

// Note: an array literal that holds NaN keeps raw doubles in V8, and so does what is sliced from it.
const blank: readonly number[] = Array.from({ length: at.slots }, (_, slot) =>
  slot === at.firstSeen ||
  slot === at.lastSeen ||
  slot === at.lastExecution ||
  (slot >= at.nextWake && slot < at.hours)
    ? Number.NaN
    : 0,
);

export function initialBehaviour(): BehaviourState {
  // Note: the empty arrays are shared; they are replaced, never written.
  return {
    n: blank.slice(),
    tokens: noNumbers,
    others: noNumbers,
    beside: noNumbers,
    waiting: noNumbers,
    waitingCoins: noCoins,
    evm: undefined,
  };
}
