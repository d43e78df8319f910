import * as z from 'zod';
import { address, decimal, decimalOrNan, hex, side, whole } from './values.ts';

/*
 * Markets: what exists, prices, books, trades, candles, funding rates.
 */

export const perpMeta = z.looseObject({
  universe: z.array(
    z.looseObject({
      name: z.string(),
      szDecimals: whole,
      maxLeverage: z.number(),
      // Note: answers of before 2025 have none.
      marginTableId: whole.optional(),
      onlyIsolated: z.boolean().optional(),
      isDelisted: z.boolean().optional(),
      marginMode: z.string().optional(),
      growthMode: z.string().optional(),
      lastGrowthModeChangeTime: z.unknown().optional(),
    }),
  ),
  marginTables: z.array(z.unknown()).optional(),
  collateralToken: whole.optional(),
});

export const perpContext = z.looseObject({
  prevDayPx: decimal,
  dayNtlVlm: decimal,
  markPx: decimal,
  midPx: decimal.nullish(),
  funding: decimal,
  openInterest: decimal,
  premium: decimalOrNan.nullish(),
  oraclePx: decimal,
  impactPxs: z.array(decimal).nullish(),
  dayBaseVlm: decimal.optional(),
});

export const spotMeta = z.looseObject({
  universe: z.array(
    z.looseObject({
      tokens: z.array(whole),
      name: z.string(),
      index: whole,
      isCanonical: z.boolean(),
    }),
  ),
  tokens: z.array(
    z.looseObject({
      name: z.string(),
      szDecimals: whole,
      weiDecimals: whole,
      index: whole,
      tokenId: z.string(),
      isCanonical: z.boolean(),
      evmContract: z.unknown().optional(),
      fullName: z.string().nullish(),
      deployerTradingFeeShare: decimal.optional(),
    }),
  ),
});

export const spotContext = z.looseObject({
  coin: z.string(),
  prevDayPx: decimal,
  dayNtlVlm: decimal,
  markPx: decimal,
  midPx: decimal.nullish(),
  circulatingSupply: decimal,
  totalSupply: decimal.optional(),
  dayBaseVlm: decimal.optional(),
});

export const perpDex = z.looseObject({
  name: z.string(),
  fullName: z.string(),
  deployer: z.string().nullish(),
  oracleUpdater: z.string().nullish(),
  feeRecipient: z.string().nullish(),
  assetToStreamingOiCap: z.array(z.unknown()).optional(),
  subDeployers: z.array(z.unknown()).optional(),
  deployerFeeScale: z.unknown().optional(),
  lastDeployerFeeScaleChangeTime: z.unknown().optional(),
  assetToFundingMultiplier: z.array(z.unknown()).optional(),
  assetToFundingInterestRate: z.array(z.unknown()).optional(),
});

export const prices = z.record(z.string(), decimal);

const level = z.looseObject({ px: decimal, sz: decimal, n: whole });

export const book = z.looseObject({
  coin: z.string(),
  time: whole,
  levels: z.tuple([z.array(level), z.array(level)]),
  spread: decimal.nullish(),
  fast: z.boolean().optional(),
});

export const bestPrices = z.looseObject({
  coin: z.string(),
  time: whole,
  bbo: z.tuple([level.nullable(), level.nullable()]),
});

export const candle = z.looseObject({
  t: whole,
  T: whole,
  s: z.string(),
  i: z.string(),
  o: decimal,
  c: decimal,
  h: decimal,
  l: decimal,
  v: decimal,
  n: whole,
});

export const trade = z.looseObject({
  coin: z.string(),
  side,
  px: decimal,
  sz: decimal,
  time: whole,
  hash: hex,
  tid: whole,
  users: z.tuple([address, address]),
});

export const fundingRate = z.looseObject({
  coin: z.string(),
  fundingRate: decimal,
  premium: decimalOrNan,
  time: whole,
});

export const predictedFunding = z.tuple([
  z.string(),
  z.array(
    z.tuple([
      z.string(),
      z
        .looseObject({
          fundingRate: decimal,
          nextFundingTime: whole,
          fundingIntervalHours: z.number().optional(),
        })
        .nullable(),
    ]),
  ),
]);

export const exchangeStatus = z.looseObject({ time: whole, specialStatuses: z.unknown() });
