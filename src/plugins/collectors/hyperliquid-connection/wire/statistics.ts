import * as z from 'zod';
import { vaultSummary } from './accounts.ts';
import { address, decimal, named } from './values.ts';

/*
 * The files of the statistics host.
 */

export const leaderboardRow = z.looseObject({
  ethAddress: address,
  accountValue: decimal,
  windowPerformances: z.array(named(z.looseObject({ pnl: decimal, roi: decimal, vlm: decimal }))),
  prize: z.number(),
  displayName: z.string().nullable(),
});

export const vaultRow = z.looseObject({
  summary: vaultSummary,
  apr: z.number(),
  pnls: z.array(named(z.array(decimal))),
});
