import * as z from 'zod';
import { perpContexts } from './info-answers.ts';
import { ledgerUpdate } from './ledger.ts';
import * as markets from './markets.ts';
import { address, coin, decimal, hash, pairOf, time, whole } from './primitives.ts';
import * as users from './users.ts';

const snapshotFlag = { user: address, isSnapshot: z.literal(true).optional() };

/** The `data` of frames by channel. */
export const frameDataSchemas: Readonly<Record<string, z.ZodType>> = {
  subscriptionResponse: z.looseObject({
    method: z.enum(['subscribe', 'unsubscribe']),
    subscription: z.looseObject({ type: z.string() }),
  }),
  error: z.string(),
  post: z.looseObject({ id: whole, response: z.looseObject({ type: z.string(), payload: z.unknown() }) }),
  trades: z.array(markets.trade).min(1),
  l2Book: markets.book,
  bbo: markets.bbo,
  candle: markets.candle,
  allMids: z.looseObject({ mids: markets.mids, dex: z.string().optional() }),
  activeAssetCtx: z.looseObject({ coin, ctx: markets.perpContext }),
  activeSpotAssetCtx: z.looseObject({ coin, ctx: markets.spotContext }),
  assetCtxs: z.looseObject({ dex: z.string(), ctxs: z.array(markets.perpContext) }),
  allDexsAssetCtxs: z.looseObject({ ctxs: perpContexts }),
  spotAssetCtxs: z.array(markets.spotContext),
  fastAssetCtxs: z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/),
  userFills: z.looseObject({ ...snapshotFlag, fills: z.array(users.fill) }),
  userFundings: z.looseObject({ ...snapshotFlag, fundings: z.array(users.funding) }),
  userNonFundingLedgerUpdates: z.looseObject({
    ...snapshotFlag,
    nonFundingLedgerUpdates: z.array(ledgerUpdate),
  }),
  userHistoricalOrders: z.looseObject({ ...snapshotFlag, orderHistory: z.array(users.historicalOrder) }),
  userTwapSliceFills: z.looseObject({ ...snapshotFlag, twapSliceFills: z.array(users.twapFill) }),
  userTwapHistory: z.looseObject({ ...snapshotFlag, history: z.array(users.twapHistory) }),
  orderUpdates: z.array(users.orderUpdate).min(1),
  user: z.union([
    z.looseObject({ fills: z.array(users.fill).min(1) }),
    z.looseObject({ funding: users.funding }),
    z.looseObject({
      liquidation: z.looseObject({
        lid: whole,
        liquidator: address,
        liquidated_user: address,
        liquidated_ntl_pos: decimal,
        liquidated_account_value: decimal,
      }),
    }),
    z.looseObject({ nonUserCancel: z.array(z.looseObject({ coin, oid: whole })) }),
    z.looseObject({ twapHistory: z.array(users.twapHistory) }),
    z.looseObject({ twapSliceFills: z.array(users.twapFill) }),
  ]),
  notification: z.looseObject({ notification: z.string() }),
  clearinghouseState: z.looseObject({
    dex: z.string(),
    user: address,
    clearinghouseState: users.clearinghouseState,
  }),
  allDexsClearinghouseState: z.looseObject({
    user: address,
    clearinghouseStates: z.array(pairOf(z.string(), users.clearinghouseState)),
  }),
  spotState: z.looseObject({ user: address, spotState: users.spotState }),
  openOrders: z.looseObject({ dex: z.string(), user: address, orders: z.array(users.frontendOrder) }),
  twapStates: z.looseObject({ dex: z.string(), user: address, states: users.twapStates }),
  activeAssetData: users.activeAssetData,
  webData3: z.looseObject({
    userState: z.looseObject({
      agentAddress: address.nullable(),
      agentValidUntil: time.nullable(),
      cumLedger: decimal,
      serverTime: time,
      isVault: z.boolean(),
      user: address,
      abstraction: z.string().optional(),
    }),
    perpDexStates: z.array(z.looseObject({ totalVaultEquity: decimal })),
  }),
};

const explorerTransaction = z.looseObject({
  action: z.looseObject({ type: z.string() }),
  block: whole,
  error: z.string().nullable(),
  hash,
  time,
  user: address,
});

const explorerBlock = z.looseObject({
  blockTime: time,
  hash,
  height: whole,
  numTxs: whole,
  proposer: address,
});

/** Frames of the explorer's socket, which are bare arrays. */
export const explorerFrameSchemas = {
  explorerBlock: z.array(explorerBlock).min(1),
  explorerTxs: z.array(explorerTransaction).min(1),
} as const;
