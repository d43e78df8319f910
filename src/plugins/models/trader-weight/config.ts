import * as z from 'zod';
import { sizeTiers } from '../../../plugin-api/index.ts';

const share = (value: number) => z.number().min(0).max(1).default(value);
const divisor = (value: number) => z.number().positive().default(value);

/** Every number of the trader weight. ROI and drawdown are fractions. */
export const traderWeightConfig = z.strictObject({
  /** How much each dimension counts; the known ones are scaled to sum to 1. */
  dimensions: z
    .strictObject({
      performance: share(0.4),
      size: share(0.3),
      recency: share(0.2),
      regime: share(0.1),
    })
    .prefault({}),
  performance: z
    .strictObject({
      /** The dimension's greatest value. */
      most: z.number().positive().max(1.5).default(1.5),
      sharpe: share(0.25),
      sortino: share(0.2),
      consistency: share(0.2),
      drawdown: share(0.15),
      winRate: share(0.1),
      profitFactor: share(0.1),
      /** The Sharpe and Sortino that count in full. */
      fullSharpe: divisor(3),
      fullSortino: divisor(4),
      /** The profit factor that counts for nothing, and how far above it counts in full. */
      profitFactorFrom: z.number().default(1),
      profitFactorSpan: divisor(2),
      /** The dimension is known when the shares of its known parts sum to at least this. */
      minKnownShare: share(0.2),
      /**
       * Parts that are not known are left out, and the known ones scaled to the whole, when the shares of those sum to at least
       * this; below it, what is missing up to this share counts as 0.
       */
      fullKnownShare: z.number().positive().max(1).default(0.7),
      /** Days since a wallet was seen first before the tape tells its consistency. */
      consistencyAfterDays: z.number().min(0).default(7),
    })
    .prefault({}),
  /** Account value in USD, from the largest tier down; the last one takes the rest. */
  size: z
    .array(
      z.strictObject({
        tier: z.enum(sizeTiers),
        atLeast: z.number().nonnegative(),
        value: z.number().min(0).max(3),
      }),
    )
    .min(1)
    .refine(
      list => list.every((band, index) => index === 0 || band.atLeast < list[index - 1]!.atLeast),
      'expected tiers from the largest `atLeast` to the smallest, each smaller than the one before',
    )
    .refine(list => list.at(-1)?.atLeast === 0, 'expected the last tier to begin at 0')
    .default([
      { tier: 'alpha_whale', atLeast: 20_000_000, value: 3 },
      { tier: 'whale', atLeast: 10_000_000, value: 2.5 },
      { tier: 'large', atLeast: 5_000_000, value: 2 },
      { tier: 'medium', atLeast: 1_000_000, value: 1.5 },
      { tier: 'standard', atLeast: 100_000, value: 1 },
      { tier: 'small', atLeast: 0, value: 0.5 },
    ]),
  recency: z
    .strictObject({
      base: z.number().default(0.5),
      factor: z.number().default(0.5),
      day: share(0.5),
      week: share(0.3),
      month: share(0.2),
      least: z.number().min(0.5).default(0.5),
      most: z.number().max(1.5).default(1.5),
    })
    .prefault({}),
  regime: z
    .strictObject({
      /** How far from 1 the dimension can go. */
      span: z.number().min(0).max(0.2).default(0.2),
      /** Closing changes in the present regime before it says anything. */
      minCloses: z.int().min(1).default(10),
    })
    .prefault({}),
  /** A leaderboard line older than this is not used, in hours. */
  leaderboardMaxAgeHours: z.number().positive().default(24),
  /**
   * An account value that was told longer ago is not known any more, in hours. Eight days: sources of the past tell it once a
   * week.
   */
  accountValueMaxAgeHours: z.number().positive().default(192),
});

export type TraderWeightConfig = z.output<typeof traderWeightConfig>;
