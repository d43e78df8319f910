import * as z from 'zod';

/** Points for reaching an amount; the first band that is reached counts. */
const bands = (defaults: readonly { readonly atLeast: number; readonly points: number }[]) =>
  z
    .array(z.strictObject({ atLeast: z.number().nonnegative(), points: z.number() }))
    .refine(
      list => list.every((band, index) => index === 0 || band.atLeast < list[index - 1]!.atLeast),
      'expected bands from the largest `atLeast` to the smallest, each smaller than the one before',
    )
    .default([...defaults]);

/** Every number of the trader score. ROI is a fraction: 1 is 100 %. */
export const traderScoreConfig = z.strictObject({
  /** Points per unit of all-time ROI, and the most it can give. */
  allTimeRoi: z.strictObject({ factor: z.number().default(30), most: z.number().default(30) }).prefault({}),
  monthRoi: z.strictObject({ factor: z.number().default(50), most: z.number().default(25) }).prefault({}),
  weekRoi: z
    .strictObject({
      factor: z.number().default(100),
      least: z.number().default(-10),
      most: z.number().default(20),
    })
    .prefault({}),
  /** Points for account value, USD. */
  accountValue: bands([
    { atLeast: 10_000_000, points: 15 },
    { atLeast: 5_000_000, points: 12 },
    { atLeast: 1_000_000, points: 8 },
    { atLeast: 100_000, points: 4 },
  ]),
  /** Points for the notional traded in the last month, USD. */
  monthVolume: bands([
    { atLeast: 100_000_000, points: 10 },
    { atLeast: 50_000_000, points: 7 },
    { atLeast: 10_000_000, points: 4 },
    { atLeast: 1_000_000, points: 2 },
  ]),
  /** Points when day, week and month are all positive. */
  allPositive: z.number().default(5),
  /** The range of the sum. */
  least: z.number().min(0).default(0),
  most: z.number().max(105).default(105),
  /** How many of the three ROI (week, month, all-time) must be known before a score is given. */
  minKnownRoi: z.int().min(1).max(3).default(1),
  /** A leaderboard line older than this is not used, in hours. */
  leaderboardMaxAgeHours: z.number().positive().default(24),
  /**
   * An account value that was told longer ago is not known any more, in hours. Eight days: sources of the past tell it once a
   * week.
   */
  accountValueMaxAgeHours: z.number().positive().default(192),
});

export type TraderScoreConfig = z.output<typeof traderScoreConfig>;
