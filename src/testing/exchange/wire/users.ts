import * as z from 'zod';
import { address, clientOrderId, coin, decimal, hash, pairOf, side, time, whole } from './primitives.ts';

/*
 * Answers about users.
 */

const marginSummary = z.looseObject({
  accountValue: decimal,
  totalNtlPos: decimal,
  totalRawUsd: decimal,
  totalMarginUsed: decimal,
});

export const leverage = z.union([
  z.looseObject({ type: z.literal('isolated'), value: whole, rawUsd: decimal }),
  z.looseObject({ type: z.literal('cross'), value: whole }),
]);

export const clearinghouseState = z.looseObject({
  marginSummary,
  crossMarginSummary: marginSummary,
  crossMaintenanceMarginUsed: decimal.optional(),
  withdrawable: decimal,
  assetPositions: z.array(
    z.looseObject({
      type: z.literal('oneWay'),
      position: z.looseObject({
        coin,
        szi: decimal,
        leverage,
        entryPx: decimal,
        positionValue: decimal,
        unrealizedPnl: decimal,
        returnOnEquity: decimal,
        liquidationPx: decimal.nullable(),
        marginUsed: decimal,
        maxLeverage: whole.optional(),
        cumFunding: z.looseObject({ allTime: decimal, sinceOpen: decimal, sinceChange: decimal }).optional(),
      }),
    }),
  ),
  time: time.optional(),
});

const balance = { total: decimal, hold: decimal, entryNtl: decimal };

export const spotState = z.looseObject({
  balances: z.array(
    z.union([
      z.looseObject({ coin, token: whole, ...balance }),
      z.looseObject({ coin: z.string().regex(/^[+o]\d+$/), ...balance }),
    ]),
  ),
});

export const userAbstraction = z.enum(['unifiedAccount', 'portfolioMargin', 'disabled', 'default']);

export const openOrder = z.looseObject({
  coin,
  side,
  limitPx: decimal,
  sz: decimal,
  oid: whole,
  timestamp: time,
  origSz: decimal.optional(),
  cloid: clientOrderId.nullish(),
  reduceOnly: z.boolean().optional(),
});

export const frontendOrder = z.looseObject({
  coin,
  side,
  limitPx: decimal,
  sz: decimal,
  oid: whole,
  timestamp: time,
  triggerCondition: z.string(),
  isTrigger: z.boolean(),
  triggerPx: decimal,
  children: z.array(z.unknown()),
  isPositionTpsl: z.boolean(),
  reduceOnly: z.boolean(),
  orderType: z.string(),
  origSz: decimal,
  tif: z.string().nullish(),
  cloid: clientOrderId.nullish(),
});

export const historicalOrder = z.looseObject({
  order: frontendOrder,
  status: z.string(),
  statusTimestamp: time,
});

export const orderStatus = z.union([
  z.looseObject({ status: z.literal('order'), order: historicalOrder }),
  z.looseObject({ status: z.literal('unknownOid') }),
]);

export const orderUpdate = z.looseObject({ order: openOrder, status: z.string(), statusTimestamp: time });

export const fill = z.looseObject({
  coin,
  px: decimal,
  sz: decimal,
  side,
  time,
  startPosition: decimal,
  dir: z.string().min(1),
  closedPnl: decimal,
  // Note: a recorded frame was shortened by hand to 0x01.
  hash: z.union([hash, z.literal('0x01')]),
  oid: whole,
  crossed: z.boolean(),
  // Note: fills of early 2023 have neither fee, tid, feeToken nor twapId.
  fee: decimal.optional(),
  tid: whole.optional(),
  cloid: clientOrderId.nullish(),
  feeToken: z.string().optional(),
  twapId: whole.nullish(),
  builderFee: decimal.optional(),
  liquidation: z
    .looseObject({
      liquidatedUser: address.optional(),
      markPx: decimal,
      method: z.enum(['market', 'backstop']),
    })
    .nullish(),
});

/** A fill as the exchange writes it at present. */
export const presentFill = fill.required({ fee: true, tid: true, feeToken: true, twapId: true });

export const twapFill = z.looseObject({ fill, twapId: whole });

const twapState = z.looseObject({
  coin,
  user: address,
  side,
  sz: decimal,
  executedSz: decimal,
  executedNtl: decimal,
  minutes: whole,
  reduceOnly: z.boolean(),
  randomize: z.boolean(),
  timestamp: time,
});

export const twapStates = z.array(pairOf(whole, twapState));

/** Its `time` is in seconds. */
export const twapHistory = z.looseObject({
  time: whole.lt(10_000_000_000),
  state: twapState,
  status: z.looseObject({ status: z.string(), description: z.string().optional() }),
  twapId: whole.optional(),
});

export const funding = z.looseObject({
  time,
  coin,
  usdc: decimal,
  szi: decimal,
  fundingRate: decimal,
  nSamples: whole.nullish(),
});

export const fundingUpdate = z.looseObject({
  time,
  hash,
  delta: z.looseObject({
    type: z.literal('funding'),
    coin,
    usdc: decimal,
    szi: decimal,
    fundingRate: decimal,
    nSamples: whole.nullish(),
  }),
});

const portfolioPeriod = z.looseObject({
  accountValueHistory: z.array(pairOf(time, decimal)),
  pnlHistory: z.array(pairOf(time, decimal)),
  vlm: decimal,
});

export const portfolio = z
  .array(pairOf(z.string(), portfolioPeriod))
  .refine(
    periods =>
      periods.map(([name]) => name).join(' ') ===
      'day week month allTime perpDay perpWeek perpMonth perpAllTime',
    'A portfolio has eight periods, in their order.',
  );

const subAccount = { name: z.string(), subAccountUser: address, master: address, spotState };

export const subAccounts = z.array(z.looseObject({ ...subAccount, clearinghouseState })).nullable();

export const subAccounts2 = z
  .array(
    z.looseObject({
      ...subAccount,
      dexToClearinghouseState: z.array(pairOf(z.string(), clearinghouseState)),
    }),
  )
  .nullable();

export const userRole = z.union([
  z.looseObject({ role: z.enum(['missing', 'user', 'vault']) }),
  z.looseObject({ role: z.literal('agent'), data: z.looseObject({ user: address }) }),
  z.looseObject({ role: z.literal('subAccount'), data: z.looseObject({ master: address }) }),
]);

export const activeAssetData = z.looseObject({
  user: address,
  coin,
  leverage,
  maxTradeSzs: z.tuple([decimal, decimal]),
  availableToTrade: z.tuple([decimal, decimal]),
  markPx: decimal.optional(),
});
