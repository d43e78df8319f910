import * as z from 'zod';
import type { InfoType } from '../info-types.ts';
import * as accounts from './accounts.ts';
import * as markets from './markets.ts';

/** How answers of a type are judged: as a whole, or row by row, where one that is wrong does not spoil the others. */
export type AnswerSchema = { readonly whole: z.ZodType } | { readonly rows: z.ZodType };

/** What each request answers; `null` is allowed for all, where the exchange knows nothing of what was asked for. */
export const answerSchemas: Readonly<Record<InfoType, AnswerSchema>> = {
  allMids: { whole: markets.prices },
  allPerpMetas: { whole: z.array(markets.perpMeta) },
  candleSnapshot: { rows: markets.candle },
  clearinghouseState: { whole: accounts.clearinghouse },
  exchangeStatus: { whole: markets.exchangeStatus },
  frontendOpenOrders: { rows: accounts.order },
  fundingHistory: { rows: markets.fundingRate },
  historicalOrders: { rows: accounts.orderRecord },
  l2Book: { whole: markets.book },
  meta: { whole: markets.perpMeta },
  metaAndAssetCtxs: { whole: z.tuple([markets.perpMeta, z.array(markets.perpContext)]) },
  openOrders: { rows: accounts.order },
  orderStatus: { whole: accounts.orderStatus },
  perpDexs: { whole: z.array(markets.perpDex.nullable()) },
  portfolio: { whole: accounts.portfolio },
  predictedFundings: { rows: markets.predictedFunding },
  recentTrades: { rows: markets.trade },
  spotClearinghouseState: { whole: accounts.spotState },
  spotMeta: { whole: markets.spotMeta },
  spotMetaAndAssetCtxs: { whole: z.tuple([markets.spotMeta, z.array(markets.spotContext)]) },
  subAccounts: { rows: accounts.subAccount },
  subAccounts2: { rows: accounts.subAccountOfAllDexes },
  twapHistory: { rows: accounts.twapRecord },
  userAbstraction: { whole: z.string() },
  userFills: { rows: accounts.fill },
  userFillsByTime: { rows: accounts.fill },
  userFunding: { rows: accounts.fundingPayment },
  userNonFundingLedgerUpdates: { rows: accounts.ledgerUpdate },
  userRole: { whole: accounts.role },
  userTwapSliceFills: { rows: accounts.twapFill },
  userTwapSliceFillsByTime: { rows: accounts.twapFill },
  userVaultEquities: { rows: accounts.vaultEquity },
  vaultDetails: { whole: accounts.vaultDetails },
  vaultSummaries: { rows: accounts.vaultSummary },
};

/** The schema of a request's answers, where it is known. */
export function answerSchema(type: string): AnswerSchema | undefined {
  return Object.hasOwn(answerSchemas, type) ? answerSchemas[type as InfoType] : undefined;
}
