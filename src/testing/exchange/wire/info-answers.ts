import * as z from 'zod';
import { ledgerUpdate } from './ledger.ts';
import * as markets from './markets.ts';
import { address, coin, decimal, pairOf, time, whole } from './primitives.ts';
import * as users from './users.ts';
import * as vaults from './vaults.ts';

/** What `POST /info` answers, by the request's type. */
export const infoAnswerSchemas: Readonly<Record<string, z.ZodType>> = {
  meta: markets.meta,
  allPerpMetas: z.array(markets.meta),
  metaAndAssetCtxs: z.tuple([markets.meta, z.array(markets.perpContext)]),
  spotMeta: markets.spotMeta,
  spotMetaAndAssetCtxs: z.tuple([markets.spotMeta, z.array(markets.spotContext)]),
  perpDexs: markets.perpDexs,
  perpDexStatus: z.looseObject({ totalNetDeposit: decimal }),
  perpDexLimits: markets.perpDexLimits,
  perpsAtOpenInterestCap: z.array(coin),
  allMids: markets.mids,
  l2Book: markets.book.nullable(),
  candleSnapshot: z.array(markets.candle),
  recentTrades: z.array(markets.trade),
  fundingHistory: markets.fundingRates,
  predictedFundings: markets.predictedFundings,
  exchangeStatus: z.looseObject({ time, specialStatuses: z.unknown() }),
  liquidatable: z.array(z.unknown()),
  clearinghouseState: users.clearinghouseState,
  spotClearinghouseState: users.spotState,
  userAbstraction: users.userAbstraction,
  openOrders: z.array(users.openOrder),
  frontendOpenOrders: z.array(users.frontendOrder),
  orderStatus: users.orderStatus,
  historicalOrders: z.array(users.historicalOrder),
  userFills: z.array(users.fill),
  userFillsByTime: z.array(users.fill),
  userTwapSliceFills: z.array(users.twapFill),
  userTwapSliceFillsByTime: z.array(users.twapFill),
  twapHistory: z.array(users.twapHistory),
  userFunding: z.array(users.fundingUpdate),
  userNonFundingLedgerUpdates: z.array(ledgerUpdate),
  portfolio: users.portfolio,
  webData2: z.looseObject({
    clearinghouseState: users.clearinghouseState,
    openOrders: z.array(users.frontendOrder),
    meta: markets.meta,
    assetCtxs: z.array(markets.perpContext),
    spotAssetCtxs: z.array(markets.spotContext),
    twapStates: users.twapStates.optional(),
    spotState: users.spotState.optional(),
    user: address,
    serverTime: time,
    isVault: z.boolean(),
    cumLedger: decimal,
  }),
  subAccounts: users.subAccounts,
  subAccounts2: users.subAccounts2,
  userRole: users.userRole,
  vaultDetails: vaults.vaultDetails,
  vaultSummaries: vaults.vaultSummaries,
  userVaultEquities: vaults.vaultEquities,
  leadingVaults: z.array(z.looseObject({ address, name: z.string() })),
  userRateLimit: z.looseObject({ cumVlm: decimal, nRequestsUsed: whole, nRequestsCap: whole }),
  activeAssetData: users.activeAssetData,
  extraAgents: z.array(z.looseObject({ address, name: z.string(), validUntil: time.nullable() })),
};

/** Bodies of the stats host by the file's name. */
export const statsFileSchemas = { leaderboard: vaults.leaderboardFile, vaults: vaults.vaultFile } as const;

export const perpContexts = z.array(pairOf(z.string(), z.array(markets.perpContext)));
