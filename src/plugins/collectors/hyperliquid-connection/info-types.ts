import type * as api from '@nktkas/hyperliquid/api/info';
import type { Address, RequestPriority, TimeRange } from '../../../plugin-api/index.ts';

/** A request for information as it goes over the wire. */
export interface InfoBody<Type extends string = string> {
  readonly type: Type;
  readonly [field: string]: unknown;
}

/** What the requests that are checked answer, by their type. Others are answered unchecked, as `unknown`. */
export interface InfoAnswers {
  readonly allMids: api.AllMidsResponse;
  readonly allPerpMetas: api.AllPerpMetasResponse;
  readonly candleSnapshot: api.CandleSnapshotResponse;
  readonly clearinghouseState: api.ClearinghouseStateResponse;
  readonly exchangeStatus: api.ExchangeStatusResponse;
  readonly frontendOpenOrders: api.FrontendOpenOrdersResponse;
  readonly fundingHistory: api.FundingHistoryResponse;
  readonly historicalOrders: api.HistoricalOrdersResponse;
  readonly l2Book: api.L2BookResponse;
  readonly meta: api.MetaResponse;
  readonly metaAndAssetCtxs: api.MetaAndAssetCtxsResponse;
  readonly openOrders: api.OpenOrdersResponse;
  readonly orderStatus: api.OrderStatusResponse;
  readonly perpDexs: api.PerpDexsResponse;
  readonly portfolio: api.PortfolioResponse;
  readonly predictedFundings: api.PredictedFundingsResponse;
  readonly recentTrades: api.RecentTradesResponse;
  readonly spotClearinghouseState: api.SpotClearinghouseStateResponse;
  readonly spotMeta: api.SpotMetaResponse;
  readonly spotMetaAndAssetCtxs: api.SpotMetaAndAssetCtxsResponse;
  readonly subAccounts: api.SubAccountsResponse;
  readonly subAccounts2: api.SubAccounts2Response;
  readonly twapHistory: api.TwapHistoryResponse;
  readonly userAbstraction: api.UserAbstractionResponse;
  readonly userFills: api.UserFillsResponse;
  readonly userFillsByTime: api.UserFillsByTimeResponse;
  readonly userFunding: api.UserFundingResponse;
  readonly userNonFundingLedgerUpdates: api.UserNonFundingLedgerUpdatesResponse;
  readonly userRole: api.UserRoleResponse;
  readonly userTwapSliceFills: api.UserTwapSliceFillsResponse;
  readonly userTwapSliceFillsByTime: api.UserTwapSliceFillsByTimeResponse;
  readonly userVaultEquities: api.UserVaultEquitiesResponse;
  readonly vaultDetails: api.VaultDetailsResponse;
  readonly vaultSummaries: api.VaultSummariesResponse;
}

export type InfoType = keyof InfoAnswers;

export interface InfoRequestOptions {
  readonly priority: RequestPriority;
  /** Ends the wait for the budget, the request and its retries. The collector's own signal always does. */
  readonly signal?: AbortSignal;
  /** How often the request is made at most, 429 not counted. Default 5. */
  readonly attempts?: number;
}

/** Requests whose answers are read page by page, by time: their rows, and what tells whose they are. */
export interface PagedRequests {
  readonly userFillsByTime: { readonly user: Address };
  readonly userTwapSliceFillsByTime: { readonly user: Address };
  readonly userFunding: { readonly user: Address };
  readonly userNonFundingLedgerUpdates: { readonly user: Address };
  readonly fundingHistory: { readonly coin: string };
  readonly candleSnapshot: { readonly coin: string; readonly interval: string };
}

export type PagedType = keyof PagedRequests;

/** One row of the answer of a paged request. */
export type PagedRow<Type extends PagedType> = NonNullable<InfoAnswers[Type]>[number];

export interface PagesOptions extends InfoRequestOptions {
  /**
   * Told of milliseconds that hold more rows than the exchange gives out, so that some of them are missing for ever.
   */
  readonly incomplete?: (hole: TimeRange) => void;
}

/** One row of the leaderboard as it is published: decimals as text, PnL and volume in USD, ROI as a fraction. */
export interface LeaderboardRow {
  readonly ethAddress: string;
  readonly accountValue: string;
  readonly windowPerformances: readonly (readonly [
    window: string,
    performance: { readonly pnl: string; readonly roi: string; readonly vlm: string },
  ])[];
  readonly prize: number;
  readonly displayName: string | null;
}

/** One row of the list of vaults as it is published. */
export interface VaultRow {
  readonly summary: {
    readonly name: string;
    readonly vaultAddress: string;
    readonly leader: string;
    readonly tvl: string;
    readonly isClosed: boolean;
    readonly relationship: { readonly type: string; readonly data?: unknown };
    readonly createTimeMillis: number;
  };
  readonly apr: number;
  readonly pnls: readonly (readonly [period: string, values: readonly string[]])[];
}

/** Asks the exchange for information, within the budget that all collectors share. */
export interface InfoClient {
  /**
   * Asks one question. The answer has been checked, where its type is known. It is `null` where the exchange knows nothing of what
   * was asked for: an unknown coin, a wallet that is no vault or has no sub-accounts.
   *
   * @throws InfoError: `kind` tells a request that the exchange will never accept (`refused`), an answer of a wrong shape
   *   (`malformed`) and an exchange that cannot be reached at present (`unavailable`, `retryable`)
   */
  request<Type extends InfoType>(
    body: InfoBody<Type>,
    options: InfoRequestOptions,
  ): Promise<NonNullable<InfoAnswers[Type]> | null>;
  request(body: InfoBody, options: InfoRequestOptions): Promise<unknown>;
  /**
   * Reads all rows of a request by time, oldest first, each once, both ends of the range included. Pages are never empty; rows of
   * the same millisecond keep the exchange's order.
   */
  pages<Type extends PagedType>(
    type: Type,
    of: PagedRequests[Type],
    range: TimeRange,
    options: PagesOptions,
  ): AsyncGenerator<readonly PagedRow<Type>[], void>;
  /** Reads the leaderboard in batches as it arrives, without holding up anything else. Takes no weight. */
  leaderboard(options?: { readonly signal?: AbortSignal }): AsyncGenerator<readonly LeaderboardRow[], void>;
  /** Reads the list of vaults in batches, likewise. */
  vaults(options?: { readonly signal?: AbortSignal }): AsyncGenerator<readonly VaultRow[], void>;
  status(): InfoStatus;
}

export interface InfoStatus {
  readonly requests: number;
  /** Weight that was spent, with that for rows. */
  readonly weight: number;
  /** 429. */
  readonly refusedForRate: number;
  /** Further attempts after failures. */
  readonly retries: number;
  /** Answers that were not what they should be. */
  readonly malformed: number;
  /** When the last answer came, in ms; undefined before the first. */
  readonly lastAnswerAt: number | undefined;
  /** What went wrong with the last attempt, unless it went well. */
  readonly lastError: string | undefined;
}
