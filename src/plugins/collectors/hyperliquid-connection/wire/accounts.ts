import * as z from 'zod';
import { address, decimal, hex, side, whole } from './values.ts';

/*
 * Accounts: positions, balances, orders, fills, funding payments, transfers, vaults.
 */

const marginSummary = z.looseObject({
  accountValue: decimal,
  totalNtlPos: decimal,
  totalRawUsd: decimal,
  totalMarginUsed: decimal,
});

const position = z.looseObject({
  coin: z.string(),
  szi: decimal,
  leverage: z.looseObject({ type: z.string(), value: z.number(), rawUsd: decimal.optional() }),
  entryPx: decimal.nullish(),
  positionValue: decimal,
  unrealizedPnl: decimal,
  returnOnEquity: decimal,
  liquidationPx: decimal.nullish(),
  marginUsed: decimal,
  maxLeverage: z.number().optional(),
  cumFunding: z.looseObject({ allTime: decimal, sinceOpen: decimal, sinceChange: decimal }).optional(),
});

export const clearinghouse = z.looseObject({
  marginSummary,
  crossMarginSummary: marginSummary.optional(),
  crossMaintenanceMarginUsed: decimal.optional(),
  withdrawable: decimal,
  assetPositions: z.array(z.looseObject({ type: z.string(), position })),
  time: whole.optional(),
});

export const spotState = z.looseObject({
  balances: z.array(
    z.looseObject({
      coin: z.string(),
      token: whole.optional(),
      total: decimal,
      hold: decimal,
      entryNtl: decimal.optional(),
      spotHold: decimal.optional(),
      ltv: decimal.optional(),
      borrowed: decimal.optional(),
      supplied: decimal.optional(),
    }),
  ),
  portfolioMarginEnabled: z.boolean().optional(),
  portfolioMarginRatio: z.unknown().optional(),
  evmEscrows: z.array(z.unknown()).optional(),
  tokenToAvailableAfterMaintenance: z.array(z.unknown()).optional(),
});

export const order = z.looseObject({
  coin: z.string(),
  side,
  limitPx: decimal,
  sz: decimal,
  oid: whole,
  timestamp: whole,
  origSz: decimal.optional(),
  cloid: z.string().nullish(),
  reduceOnly: z.boolean().optional(),
  triggerCondition: z.string().optional(),
  isTrigger: z.boolean().optional(),
  triggerPx: decimal.optional(),
  children: z.array(z.unknown()).optional(),
  isPositionTpsl: z.boolean().optional(),
  orderType: z.string().optional(),
  tif: z.string().nullish(),
});

export const orderRecord = z.looseObject({ order, status: z.string(), statusTimestamp: whole });

export const orderStatus = z.union([
  z.looseObject({ status: z.literal('order'), order: orderRecord }),
  z.looseObject({ status: z.string() }),
]);

export const fill = z.looseObject({
  coin: z.string(),
  px: decimal,
  sz: decimal,
  side,
  time: whole,
  startPosition: decimal,
  dir: z.string(),
  closedPnl: decimal,
  hash: hex,
  oid: whole,
  crossed: z.boolean(),
  // Note: rows of before 2024 lack some of what later ones have.
  fee: decimal.optional(),
  tid: whole.optional(),
  feeToken: z.string().optional(),
  cloid: z.string().nullish(),
  twapId: whole.nullish(),
  builderFee: decimal.nullish(),
  deployerFee: decimal.nullish(),
  builder: z.unknown().optional(),
  priorityGas: z.unknown().optional(),
  feeTrialEscrow: z.unknown().optional(),
  liquidation: z
    .looseObject({ liquidatedUser: address.nullish(), markPx: decimal, method: z.string() })
    .nullish(),
});

export const twapFill = z.looseObject({ fill, twapId: whole });

export const twapRecord = z.looseObject({
  time: whole,
  state: z.looseObject({ coin: z.string(), side, sz: decimal, executedSz: decimal, timestamp: whole }),
  status: z.looseObject({ status: z.string(), description: z.string().optional() }),
  twapId: whole.nullish(),
});

const fundingDelta = {
  coin: z.string(),
  usdc: decimal,
  szi: decimal,
  fundingRate: decimal,
  nSamples: whole.nullish(),
};

export const fundingPayment = z.looseObject({
  time: whole,
  hash: hex,
  delta: z.looseObject({ type: z.literal('funding'), ...fundingDelta }),
});

/** As the socket writes it. */
export const flatFundingPayment = z.looseObject({ time: whole, ...fundingDelta });

/** The kinds of changes are many and grow; what is in them is for the reader of each. */
export const ledgerUpdate = z.looseObject({
  time: whole,
  hash: hex,
  delta: z.looseObject({ type: z.string() }),
});

const history = z.array(z.tuple([whole, decimal]));

export const portfolio = z.array(
  z.tuple([z.string(), z.looseObject({ accountValueHistory: history, pnlHistory: history, vlm: decimal })]),
);

export const subAccount = z.looseObject({
  name: z.string(),
  subAccountUser: address,
  master: address,
  clearinghouseState: clearinghouse,
  spotState,
});

export const subAccountOfAllDexes = z.looseObject({
  name: z.string(),
  subAccountUser: address,
  master: address,
  dexToClearinghouseState: z.array(z.tuple([z.string(), clearinghouse])),
  spotState,
  abstraction: z.string().nullish(),
});

export const role = z.looseObject({ role: z.string(), data: z.unknown().optional() });

const relationship = z.looseObject({ type: z.string(), data: z.unknown().optional() });

export const vaultDetails = z.looseObject({
  name: z.string(),
  vaultAddress: address,
  leader: address,
  description: z.string().optional(),
  portfolio: portfolio.optional(),
  apr: z.number(),
  followerState: z.unknown().optional(),
  leaderFraction: z.number().optional(),
  leaderCommission: z.number().optional(),
  followers: z.array(z.unknown()).optional(),
  maxDistributable: z.number().optional(),
  maxWithdrawable: z.number().optional(),
  isClosed: z.boolean(),
  relationship: relationship.optional(),
  allowDeposits: z.boolean().optional(),
  alwaysCloseOnWithdraw: z.boolean().optional(),
});

export const vaultSummary = z.looseObject({
  name: z.string(),
  vaultAddress: address,
  leader: address,
  tvl: decimal,
  isClosed: z.boolean(),
  relationship: relationship.optional(),
  createTimeMillis: whole,
});

export const vaultEquity = z.looseObject({
  vaultAddress: address,
  equity: decimal,
  lockedUntilTimestamp: whole.optional(),
});
