export { createExchangeState } from './create-exchange-state.ts';

import type { Phase, PhaseKind } from '../../../simulation/phase.ts';
import type {
  WireFill,
  WireFunding,
  WireLedgerUpdate,
  WireOrderUpdate,
  WireTrade,
  WireTransaction,
  WireTwapFill,
  WireTwapHistory,
  WireUserEvent,
} from './wire.ts';

/** What one block changed. Maps have entries only for what the block touched; users are addresses. */
export interface Block {
  readonly height: number;
  /** Exchange time in ms. */
  readonly time: number;
  /** 0x and 64 hexadecimal digits. */
  readonly hash: string;
  /** By coin, in the order of matching; TWAP slices with their zero hash among them. */
  readonly trades: ReadonlyMap<string, readonly WireTrade[]>;
  /** By user, without TWAP slices of that user; with ADL and settlement, which no trade shows. */
  readonly fills: ReadonlyMap<string, readonly WireFill[]>;
  /** By owner of the TWAP. */
  readonly twapFills: ReadonlyMap<string, readonly WireTwapFill[]>;
  readonly twapHistory: ReadonlyMap<string, readonly WireTwapHistory[]>;
  readonly orders: ReadonlyMap<string, readonly WireOrderUpdate[]>;
  readonly fundings: ReadonlyMap<string, readonly WireFunding[]>;
  readonly ledger: ReadonlyMap<string, readonly WireLedgerUpdate[]>;
  readonly userEvents: ReadonlyMap<string, readonly WireUserEvent[]>;
  /** Coins whose candles changed; the present bars come from `view({ type: 'candle', coin, interval })`. */
  readonly candles: ReadonlySet<string>;
  /** Coins whose book changed. */
  readonly books: ReadonlySet<string>;
  /** What the explorer shows of the block, without orders. */
  readonly actions: readonly WireTransaction[];
}

/** An answer of `POST /info`. */
export type InfoAnswer =
  /** `rows`: how many rows the extra-row charge is for; absent for requests without that charge. */
  | { readonly status: 200; readonly body: unknown; readonly rows?: number }
  /** `body` is text that is not JSON for 422, and `null` (JSON) for 500. */
  | { readonly status: 422 | 500; readonly body: string | null };

/** Something rare that a test asks for. It happens in the next block that is made. */
export type Provocation =
  /** A market order; `size` is a signed decimal, sold when negative. Without a coin's liquidity the load's makers fill it. */
  | { readonly kind: 'trade'; readonly user: string; readonly coin: string; readonly size: string }
  /** One order of the user that matches this many others: so many fills in one millisecond. */
  | { readonly kind: 'burst'; readonly user: string; readonly coin: string; readonly fills: number }
  /** The next trades of two coins, or of one coin in two blocks, share an identifier. It happens with these trades. */
  | { readonly kind: 'tid-collision'; readonly across: 'coins' | 'blocks' }
  /** Closes all positions of a user by force. */
  | { readonly kind: 'liquidation'; readonly user: string }
  /** Reduces the user's position against the largest ones of the other side, with no public trade. */
  | { readonly kind: 'adl'; readonly user: string; readonly coin: string }
  /** Closes every position of a coin at its mark, with no public trade, and delists it. */
  | { readonly kind: 'settlement'; readonly coin: string }
  /** Moves positions of a vault's children to their parent, with no public trade; fills name it "Net Child Vaults". */
  | { readonly kind: 'vault-transfer'; readonly vault: string }
  | {
      readonly kind: 'twap';
      readonly user: string;
      readonly coin: string;
      readonly size: string;
      readonly minutes: number;
    }
  | { readonly kind: 'deposit'; readonly user: string; readonly usd: string }
  | { readonly kind: 'withdraw'; readonly user: string; readonly usd: string }
  /** Nobody trades from then on, or again: blocks come, prices move, and only what is provoked happens. */
  | { readonly kind: 'halt'; readonly isOn: boolean }
  /** From now on the load trades at this mean rate, whatever the exchange was started with. */
  | { readonly kind: 'rate'; readonly tradesPerSecond: number }
  /** How busy it is from a time on that is still to come: `live`, or with thin trading `recent` or `deep`, when only agents trade. */
  | { readonly kind: 'phase'; readonly pace: PhaseKind; readonly from: number }
  /** The coin's premium reads "NaN" until the next hour. */
  | { readonly kind: 'nan-premium'; readonly coin: string };

/** All that a local exchange knows. Nothing changes but by `runUntil` and `provoke`. */
export interface ExchangeState {
  /** Time of the last block, ms. */
  readonly now: number;
  /** Of the last block. */
  readonly height: number;
  /** Advances exchange time, by blocks each of about 80 ms of it; returns those that have something in them. */
  runUntil(time: number): readonly Block[];
  /** The answer of `POST /info`, as plain JSON. */
  info(request: Readonly<Record<string, unknown>>): InfoAnswer;
  /** Body of the stats host's `/Mainnet/leaderboard`. The same object until the rows are computed anew. */
  leaderboard(): unknown;
  /** Body of the stats host's `/Mainnet/vaults`. */
  vaults(): unknown;
  /**
   * What a frame of an absolute subscription (or of `bbo`, `l2Book`, `candle`) would have as its `data` now; `undefined` when
   * there is nothing to say: an unknown coin, or no bar yet.
   */
  view(subscription: Readonly<Record<string, unknown>>): unknown | undefined;
  /** First frame of a time-series subscription: snapshots of user series, the flagless replay of `trades`; else `undefined`. */
  history(subscription: Readonly<Record<string, unknown>>): unknown | undefined;
  /** Asks for something rare; throws when it cannot happen (unknown user, no such position). */
  provoke(provocation: Provocation): void;
  /** Signed sizes by coin, flat ones left out: what `clearinghouseState` says of all dexes together. */
  positionsOf(user: string): ReadonlyMap<string, string>;
  /** Addresses of all accounts, agent wallets left out. */
  readonly users: readonly string[];
  /** Names of all coins that trade, as `trades` subscriptions name them. */
  readonly coins: readonly string[];
}

export interface ExchangeStateOptions {
  readonly seed: number;
  /** Exchange time of the first block, ms. */
  readonly start: number;
  /** Who trades: the demo's agents on the well-known coins, a cheap generator on all coins, or both. */
  readonly markets: 'agents' | 'load' | 'both';
  /** Trading accounts; sub-accounts and vaults come on top. */
  readonly wallets: number;
  /** Mean rate. */
  readonly tradesPerSecond: number;
  /** How many markets; by default 178 main perps, 280 on builder dexes and 330 spot pairs. */
  readonly coins?: { readonly perps?: number; readonly builder?: number; readonly spot?: number };
  /** Rows of the leaderboard; those beyond the accounts never trade. By default as many as there are accounts. */
  readonly leaderboardRows?: number;
  /** Days of thin history before `start`; 0 by default. */
  readonly historyDays?: number;
  /** Whether the load has traded before `start`, too; true by default. Without it, only agents have positions then. */
  readonly loadHasHistory?: boolean;
  /** How busy it is from `start` on; by default live. In other phases only the agents trade. The first begins at `start`. */
  readonly phases?: readonly Phase[];
}
