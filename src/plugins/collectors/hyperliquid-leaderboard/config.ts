import * as z from 'zod';
import { endpointsSchema } from '../hyperliquid-connection/endpoints.ts';

export const leaderboardConfig = z.strictObject({
  ...endpointsSchema,
  /** Whether the leaderboard is read. */
  leaderboard: z.boolean().default(true),
  /** Whether the list of vaults is read, once a day. */
  vaults: z.boolean().default(true),
  /** How often the leaderboard is looked at. It is fetched only when it has changed. */
  everyMinutes: z.number().positive().default(5),
  /** Only so many rows, the first ones by `topBy`; null for all. */
  top: z.int().positive().nullable().default(10_000),
  topBy: z.enum(['accountValue', 'monthPnl', 'monthVolume']).default('accountValue'),
  /** Only rows with an account value of at least this, in USD. */
  minAccountValueUsd: z.number().min(0).default(0),
  /** How fast rows are brought in, so that a whole leaderboard does not hold up trades. */
  rowsPerSecond: z.number().positive().default(700),
});

export type LeaderboardConfig = z.output<typeof leaderboardConfig>;
