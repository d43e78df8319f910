import type { Address, TrackedTier } from '../../../plugin-api/index.ts';
import { type Holding, newHolding } from './holding.ts';

const never = Number.NEGATIVE_INFINITY;

// Note: "our clock" is the steady one, which the host's clock does not move.

/** What is known of a trader on one perpetual exchange. */
export interface DexState {
  readonly dex: string;
  readonly holdings: Map<string, Holding>;
  /** Exchange time of the last state that was taken over. */
  readAt: number;
  /** When, by our clock, that was asked for or sent. */
  askedAt: number;
  /** When, by our clock, the last trade here was told. */
  tradeSeenAt: number;
  /** Since when, by our clock, there have been trades that no state has confirmed; `undefined` when there are none. */
  changedSince: number | undefined;
  /** When, by our clock, it was told that trades may have been missed: a state must have been asked for later. */
  suspectSince: number;
  /** Whether the trader held what may have been missed. */
  isSuspectHolder: boolean;
  /** Whether the last answer did not fit what was expected, so that it is asked again. */
  isDisputed: boolean;
  /** Whether a question is on its way, or its answer waits for trades. */
  isReading: boolean;
  /** Not asked before this, by our clock. */
  notBefore: number;
  failures: number;
  /** Answers in a row that named an older time than the last state. */
  olderAnswers: number;
  /** Since when, by our clock. */
  olderSince: number;
  /** In USD, of the last state. */
  accountValue: number;
  unrealisedPnl: number;
  /** Whether the trader holds or held anything here. */
  isUsed: boolean;
}

export type Abstraction = 'separate' | 'unified';

/** What is known of one trader. */
export interface TraderState {
  readonly address: Address;
  readonly since: number;
  by: 'hand' | 'selection' | 'relation';
  /** Whether somebody has just added it by hand, and waits to see it. */
  isAwaited: boolean;
  tier: TrackedTier | undefined;
  readonly dexes: Map<string, DexState>;
  /** USD in spot balances; `undefined` until read. */
  spotValue: number | undefined;
  spotReadAt: number;
  /** Where the collateral is; `undefined` until known. */
  abstraction: Abstraction | undefined;
  abstractionReadAt: number;
  /** Equity over everything, USD; `undefined` until known. */
  equity: number | undefined;
  equityText: string | undefined;
  equityToldAt: number;
  /** Exchange time up to which its own fills have been told; `undefined` while none were. */
  fillsUntil: number | undefined;
  ordersReadAt: number;
  relationsReadAt: number;
  roleReadAt: number;
  /** When the whole state was read last. */
  visitedAt: number;
  isVault: boolean | undefined;
  /** Whether it only signs for another wallet: then it holds nothing. */
  isAgent: boolean;
  /** False until it is known what the platform thinks that the trader holds. */
  isReady: boolean;
  /** What that was, by coin, in whole numbers of 1e-12. */
  heldBefore: ReadonlyMap<string, bigint>;
  /** Requests about the trader itself that are on their way. */
  readonly asking: Set<string>;
  /** Before when, by our clock, a request that failed is not made again. */
  readonly retryAt: Map<string, number>;
}

export function newTrader(address: Address, parts: Pick<TraderState, 'by' | 'tier' | 'since'>): TraderState {
  return {
    address,
    ...parts,
    isAwaited: false,
    dexes: new Map(),
    spotValue: undefined,
    spotReadAt: never,
    abstraction: undefined,
    abstractionReadAt: never,
    equity: undefined,
    equityText: undefined,
    equityToldAt: never,
    fillsUntil: undefined,
    ordersReadAt: never,
    relationsReadAt: never,
    roleReadAt: never,
    visitedAt: never,
    isVault: undefined,
    isAgent: false,
    isReady: false,
    heldBefore: new Map(),
    asking: new Set(),
    retryAt: new Map(),
  };
}

export function dexStateOf(trader: TraderState, dex: string): DexState {
  let state = trader.dexes.get(dex);
  if (state === undefined) {
    state = {
      dex,
      holdings: new Map(),
      readAt: never,
      askedAt: never,
      tradeSeenAt: never,
      changedSince: undefined,
      suspectSince: never,
      isSuspectHolder: false,
      isDisputed: false,
      isReading: false,
      notBefore: never,
      failures: 0,
      olderAnswers: 0,
      olderSince: never,
      accountValue: 0,
      unrealisedPnl: 0,
      isUsed: dex === '',
    };
    trader.dexes.set(dex, state);
  }
  return state;
}

/** What is known of a coin; one that was in no state so far was flat in all of them. */
export function holdingOf(state: DexState, coin: string): Holding {
  let holding = state.holdings.get(coin);
  if (holding === undefined) {
    holding = newHolding(state.readAt);
    state.holdings.set(coin, holding);
  }
  return holding;
}
