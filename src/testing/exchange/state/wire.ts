/*
 * What the exchange writes on the wire, as plain JSON: prices, sizes, amounts and rates are decimal strings, times integer
 * milliseconds since 1970, identifiers numbers.
 */

/** Of an order: `B` buys, `A` sells. Of a trade: the taker's. */
export type WireSide = 'B' | 'A';

/** One element of the `trades` channel and of `recentTrades`. */
export interface WireTrade {
  readonly coin: string;
  readonly side: WireSide;
  readonly px: string;
  readonly sz: string;
  readonly time: number;
  /** The taker's transaction; zeros for a TWAP's slice. */
  readonly hash: string;
  /** 50 bits; unique together with coin and block only. */
  readonly tid: number;
  readonly users: readonly [buyer: string, seller: string];
}

export interface WireLiquidation {
  readonly liquidatedUser: string;
  readonly markPx: string;
  readonly method: 'market' | 'backstop';
}

/** One user's half of a trade, or what moved a position without one (auto-deleveraging, settlement). */
export interface WireFill {
  readonly coin: string;
  readonly px: string;
  readonly sz: string;
  readonly side: WireSide;
  readonly time: number;
  /** Signed size before. */
  readonly startPosition: string;
  readonly dir: string;
  /** USD realised by the closed part, before fees. */
  readonly closedPnl: string;
  readonly hash: string;
  readonly oid: number;
  /** Whether this side took. */
  readonly crossed: boolean;
  readonly fee: string;
  readonly tid: number;
  readonly cloid?: string;
  readonly liquidation?: WireLiquidation;
  readonly feeToken: string;
  readonly twapId: number | null;
}

export interface WireTwapFill {
  readonly fill: WireFill;
  readonly twapId: number;
}

/** An element of `openOrders`, and the order inside of `orderUpdates`. */
export interface WireOrder {
  readonly coin: string;
  readonly side: WireSide;
  readonly limitPx: string;
  /** What is still open. */
  readonly sz: string;
  readonly oid: number;
  readonly timestamp: number;
  readonly origSz: string;
  readonly cloid?: string;
  readonly reduceOnly?: true;
}

/** An element of `frontendOpenOrders`, and the order inside of `historicalOrders` and `orderStatus`. */
export interface WireFrontendOrder {
  readonly coin: string;
  readonly side: WireSide;
  readonly limitPx: string;
  readonly sz: string;
  readonly oid: number;
  readonly timestamp: number;
  readonly triggerCondition: string;
  readonly isTrigger: boolean;
  readonly triggerPx: string;
  readonly children: readonly unknown[];
  readonly isPositionTpsl: boolean;
  readonly reduceOnly: boolean;
  readonly orderType: string;
  readonly origSz: string;
  readonly tif: string | null;
  readonly cloid: string | null;
}

/** An element of the `orderUpdates` channel. */
export interface WireOrderUpdate {
  readonly order: WireOrder;
  readonly status: string;
  readonly statusTimestamp: number;
}

/** An element of `historicalOrders`. */
export interface WireHistoricalOrder {
  readonly order: WireFrontendOrder;
  readonly status: string;
  readonly statusTimestamp: number;
}

/** An element of the `userFundings` channel; a negative `usdc` was paid. */
export interface WireFunding {
  readonly time: number;
  readonly coin: string;
  readonly usdc: string;
  readonly szi: string;
  readonly fundingRate: string;
  readonly nSamples: number | null;
}

/** An element of `userFunding`. */
export interface WireFundingUpdate {
  readonly time: number;
  readonly hash: string;
  readonly delta: {
    readonly type: 'funding';
    readonly coin: string;
    readonly usdc: string;
    readonly szi: string;
    readonly fundingRate: string;
    readonly nSamples: number | null;
  };
}

/** An element of `userNonFundingLedgerUpdates`. */
export interface WireLedgerUpdate {
  readonly time: number;
  readonly hash: string;
  readonly delta: { readonly type: string; readonly [field: string]: unknown };
}

export interface WireTwapState {
  readonly coin: string;
  readonly user: string;
  readonly side: WireSide;
  readonly sz: string;
  readonly executedSz: string;
  readonly executedNtl: string;
  readonly minutes: number;
  readonly reduceOnly: boolean;
  readonly randomize: boolean;
  readonly timestamp: number;
}

/** An element of `twapHistory`; its `time` is in seconds. */
export interface WireTwapHistory {
  readonly time: number;
  readonly state: WireTwapState;
  readonly status: { readonly status: string; readonly description?: string };
  readonly twapId: number;
}

export interface WireCandle {
  readonly t: number;
  readonly T: number;
  readonly s: string;
  readonly i: string;
  readonly o: string;
  readonly c: string;
  readonly h: string;
  readonly l: string;
  readonly v: string;
  readonly n: number;
}

export interface WireLevel {
  readonly px: string;
  readonly sz: string;
  readonly n: number;
}

/** What the `user` channel says of a liquidation. */
export interface WireUserLiquidation {
  readonly lid: number;
  readonly liquidator: string;
  readonly liquidated_user: string;
  readonly liquidated_ntl_pos: string;
  readonly liquidated_account_value: string;
}

/** A frame of the `user` channel (`userEvents`) other than fills, funding and TWAPs, which the block has apart. */
export type WireUserEvent =
  | { readonly liquidation: WireUserLiquidation }
  | { readonly nonUserCancel: readonly { readonly coin: string; readonly oid: number }[] };

/** An element of `explorerTxs`. */
export interface WireTransaction {
  readonly action: { readonly type: string; readonly [field: string]: unknown };
  readonly block: number;
  readonly error: string | null;
  readonly hash: string;
  readonly time: number;
  readonly user: string;
}
