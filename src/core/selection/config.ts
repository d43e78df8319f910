import { z } from 'zod';

const share = z.number().min(0).max(1);
const count = z.int().min(0);

/** A tier's size, and what it asks for. */
const alert = z.strictObject({
  /** Most traders in the tier. */
  most: count.default(30),
  /** An account of this value, in USD, is enough, */
  accountValue: z.number().positive().default(10_000_000),
  /** …and so is this score. */
  score: z.number().default(100),
});
const core = z.strictObject({
  most: count.default(150),
  score: z.number().default(70),
  /** Each of day, week and month ROI must be above this. */
  roiAbove: z.number().default(0),
});
const extended = z.strictObject({
  most: count.default(300),
  score: z.number().default(50),
  /** …among so many of the highest scores. */
  top: count.default(500),
});

/** When a trader is taken to be active, and how much each sign of it counts. */
const likelyActive = z.strictObject({
  /** Day ROI further from 0 than this, as a fraction. */
  dayRoi: z.number().min(0).default(0.0001),
  /** Day PnL over account value further from 0 than this. */
  dayPnlShare: z.number().min(0).default(0.001),
  /** Day volume above this, in USD. */
  dayVolumeUsd: z.number().min(0).default(100_000),
  /** How sure each sign alone makes it. Volume was traded; a return may be that of a position that is only held. */
  confidence: z
    .strictObject({
      dayRoi: share.default(0.5),
      dayPnl: share.default(0.6),
      dayVolume: share.default(0.95),
    })
    .prefault({}),
});

/** Every threshold of the daily selection. Money in USD, ROI as a fraction. */
export const selectionSchema = z
  .strictObject({
    /** Most traders that are tracked, those added by hand included. */
    maxTracked: count.default(500),
    /** Nobody with a lower score is selected, whatever the tier. */
    minScore: z.number().default(50),
    alert: alert.prefault({}),
    core: core.prefault({}),
    extended: extended.prefault({}),
    likelyActive: likelyActive.prefault({}),
    /** Whether those that are not likely active are left out. */
    activeOnly: z.boolean().default(false),
    /** What the leaderboard told longer ago is not used, in hours. */
    leaderboardMaxAgeHours: z.number().positive().default(24),
    /** Between two tries while nobody could be selected yet, in minutes of tape time. */
    retryMinutes: z.number().positive().default(15),
  })
  .refine(({ minScore, extended: { score } }) => score >= minScore, {
    path: ['extended', 'score'],
    message: 'must be no less than minScore, or the tier’s lowest scores could never be selected',
  });

export type SelectionConfig = z.output<typeof selectionSchema>;
