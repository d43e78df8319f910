import { type PackedState, packed } from '../../../plugin-api/index.ts';
import * as at from './slots.ts';

/** What is remembered of a wallet. */
export type BehaviourState = PackedState<BehaviourMore>;

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

/** What few wallets have. */
export interface BehaviourMore {
  /** Executions of the present millisecond beside the present one; records of `executionLength` numbers. */
  beside: number[];
  /** Observations that are waited for; see waiting.ts. */
  readonly waiting: number[];
  readonly waitingCoins: string[];
  evm: EvmState | undefined;
}

const blank = Array.from({ length: at.slots }, () => 0);
for (const slot of [at.firstSeen, at.lastSeen, at.lastExecution, at.nextWake]) blank[slot] = Number.NaN;
blank.fill(Number.NaN, at.executionStart, at.executionStart + at.executionLength);
blank[at.tokenPlaces] = at.firstTokenPlaces;

export const initialBehaviour = packed<BehaviourMore>(blank);

/** What few wallets have; made when it is needed first. */
export function moreOf(state: BehaviourState): BehaviourMore {
  state.more ??= { beside: [], waiting: [], waitingCoins: [], evm: undefined };
  return state.more;
}
