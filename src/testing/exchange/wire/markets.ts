import * as z from 'zod';
import {
  address,
  coin,
  decimal,
  decimalOrNaN,
  hash,
  interval,
  pairOf,
  side,
  time,
  whole,
} from './primitives.ts';

/*
 * Answers about markets.
 */

const marginTable = z.looseObject({
  description: z.string(),
  marginTiers: z.array(z.looseObject({ lowerBound: decimal, maxLeverage: whole })),
});

export const meta = z.looseObject({
  universe: z.array(
    z.looseObject({
      name: coin,
      szDecimals: whole,
      maxLeverage: whole.optional(),
      marginTableId: whole.optional(),
      onlyIsolated: z.boolean().optional(),
      isDelisted: z.literal(true).optional(),
      marginMode: z.enum(['strictIsolated', 'noCross']).optional(),
      growthMode: z.string().optional(),
      lastGrowthModeChangeTime: z.string().optional(),
    }),
  ),
  marginTables: z.array(pairOf(whole, marginTable)).optional(),
  collateralToken: whole.optional(),
});

export const perpContext = z.looseObject({
  prevDayPx: decimal,
  dayNtlVlm: decimal,
  markPx: decimal,
  midPx: decimal.nullable(),
  funding: decimal,
  openInterest: decimal,
  premium: decimalOrNaN.nullable(),
  oraclePx: decimal,
  impactPxs: z.tuple([decimal, decimal]).nullable(),
  dayBaseVlm: decimal.optional(),
});

export const spotContext = z.looseObject({
  coin: coin.optional(),
  prevDayPx: decimal,
  dayNtlVlm: decimal,
  markPx: decimal,
  midPx: decimal.nullable(),
  circulatingSupply: decimal.optional(),
  totalSupply: decimal.optional(),
  dayBaseVlm: decimal.optional(),
});

export const spotMeta = z.looseObject({
  universe: z.array(
    z.looseObject({ tokens: z.tuple([whole, whole]), name: coin, index: whole, isCanonical: z.boolean() }),
  ),
  tokens: z.array(
    z.looseObject({
      name: z.string(),
      szDecimals: whole,
      weiDecimals: whole,
      index: whole,
      tokenId: z.string().regex(/^0x[0-9a-f]{32}$/),
      isCanonical: z.boolean(),
      evmContract: z.unknown(),
      fullName: z.string().nullish(),
      deployerTradingFeeShare: decimal.optional(),
    }),
  ),
});

export const perpDexs = z.array(
  z
    .looseObject({
      name: z.string().regex(/^[a-z0-9]{2,6}$/),
      fullName: z.string(),
      deployer: address,
      oracleUpdater: address.nullable(),
      feeRecipient: address.nullish(),
      assetToStreamingOiCap: z.array(pairOf(coin, decimal)).optional(),
      subDeployers: z.array(pairOf(z.string(), z.array(address))).optional(),
      deployerFeeScale: decimal.optional(),
      assetToFundingMultiplier: z.array(pairOf(coin, decimal)).optional(),
      assetToFundingInterestRate: z.array(pairOf(coin, decimal)).optional(),
    })
    .nullable(),
);

export const perpDexLimits = z
  .looseObject({
    totalOiCap: decimal,
    oiSzCapPerPerp: decimal,
    maxTransferNtl: decimal,
    coinToOiCap: z.array(pairOf(coin, decimal)),
  })
  .nullable();

const level = z.looseObject({ px: decimal, sz: decimal, n: whole });

export const book = z.looseObject({
  coin,
  time,
  levels: z.tuple([z.array(level), z.array(level)]),
  spread: decimal.optional(),
});

export const bbo = z.looseObject({ coin, time, bbo: z.tuple([level.nullable(), level.nullable()]) });

/** A bar; `T` is its last millisecond. */
export const candle = z
  .looseObject({
    t: time,
    T: time,
    s: coin,
    i: interval,
    o: decimal,
    c: decimal,
    h: decimal,
    l: decimal,
    v: decimal,
    n: whole,
  })
  .refine(
    bar => (bar.T + 1 - bar.t) % 60_000 === 0,
    'A bar ends one millisecond before a whole minute after it began.',
  );

export const trade = z.looseObject({
  coin,
  side,
  px: decimal,
  sz: decimal,
  time,
  hash,
  tid: z
    .number()
    .int()
    .min(0)
    .lt(2 ** 50),
  users: z.tuple([address, address]),
});

export const fundingRates = z.array(
  z.looseObject({ coin, fundingRate: decimal, premium: decimalOrNaN, time }),
);

export const predictedFundings = z.array(
  pairOf(
    coin,
    z.array(
      pairOf(
        z.string(),
        z
          .looseObject({
            fundingRate: decimal,
            nextFundingTime: time,
            fundingIntervalHours: z.number().optional(),
          })
          .nullable(),
      ),
    ),
  ),
);

export const mids = z.record(coin, decimal);
