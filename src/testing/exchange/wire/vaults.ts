import * as z from 'zod';
import { address, decimal, pairOf, time } from './primitives.ts';
import { portfolio } from './users.ts';

/*
 * Vaults, and the files of the stats host.
 */

export const relationship = z.union([
  z.looseObject({ type: z.enum(['normal', 'child']) }),
  z.looseObject({ type: z.literal('parent'), data: z.looseObject({ childAddresses: z.array(address) }) }),
]);

const vaultSummary = z.looseObject({
  name: z.string(),
  vaultAddress: address,
  leader: address,
  tvl: decimal,
  isClosed: z.boolean(),
  relationship,
  createTimeMillis: time,
});

export const vaultSummaries = z.array(vaultSummary);

const follower = z.looseObject({
  user: z.union([address, z.literal('Leader')]),
  vaultEquity: decimal,
  pnl: decimal,
  allTimePnl: decimal,
  daysFollowing: z.number(),
  vaultEntryTime: time,
  lockupUntil: time,
});

export const vaultDetails = z
  .looseObject({
    name: z.string(),
    vaultAddress: address,
    leader: address,
    description: z.string(),
    portfolio,
    apr: z.number(),
    followerState: follower.nullable(),
    leaderFraction: z.number(),
    leaderCommission: z.number(),
    followers: z.array(follower),
    maxDistributable: z.number(),
    maxWithdrawable: z.number(),
    isClosed: z.boolean(),
    relationship,
    allowDeposits: z.boolean(),
    alwaysCloseOnWithdraw: z.boolean(),
  })
  .nullable();

export const vaultEquities = z.array(
  z.looseObject({ vaultAddress: address, equity: decimal, lockedUntilTimestamp: time.optional() }),
);

export const vaultFile = z.array(
  z.looseObject({
    summary: vaultSummary,
    apr: z.number(),
    pnls: z.array(pairOf(z.string(), z.array(decimal))),
  }),
);

const performance = z.looseObject({ pnl: decimal, roi: decimal, vlm: decimal });

export const leaderboardFile = z.looseObject({
  leaderboardRows: z.array(
    z.looseObject({
      ethAddress: address,
      accountValue: decimal,
      windowPerformances: z.tuple([
        pairOf(z.literal('day'), performance),
        pairOf(z.literal('week'), performance),
        pairOf(z.literal('month'), performance),
        pairOf(z.literal('allTime'), performance),
      ]),
      prize: z.number(),
      displayName: z.string().nullable(),
    }),
  ),
});
