import * as z from 'zod';

/** Every threshold of tiers and tags. Money in USD, ROI as a fraction. */
export const traderTierConfig = z.strictObject({
  tiers: z
    .strictObject({
      alert: z
        .strictObject({
          accountValue: z.number().nonnegative().default(10_000_000),
          score: z.number().default(100),
        })
        .prefault({}),
      /** The core tier asks for a score, and that each of day, week and month ROI is above `roiAbove`. */
      core: z.strictObject({ score: z.number().default(70), roiAbove: z.number().default(0) }).prefault({}),
      extended: z.strictObject({ score: z.number().default(50) }).prefault({}),
    })
    .prefault({}),
  /** How far a trader may fall below a threshold before the tier that it has is lost. 0 turns this off. */
  hysteresis: z
    .strictObject({
      score: z.number().min(0).default(1),
      accountValueShare: z.number().min(0).max(1).default(0.02),
    })
    .prefault({}),
  tags: z
    .strictObject({
      topPerformerScore: z.number().default(80),
      eliteScore: z.number().default(90),
      whaleAccountValue: z.number().default(10_000_000),
      largeAccountValue: z.number().default(1_000_000),
      /** Each of day, week and month ROI must be above this. */
      consistentRoiAbove: z.number().default(0),
      highPerformerRoi: z.number().default(1),
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

export type TraderTierConfig = z.output<typeof traderTierConfig>;
