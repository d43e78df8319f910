import { wireNumber, wireUsd } from '../decimals.ts';
import { traderFees } from '../load.ts';
import { wireFrontendOrder } from '../order-log.ts';
import { spotOf, stateOf } from './accounts.ts';
import { openOrdersOf } from './histories.ts';
import { contextOf, metaOf, spotContexts } from './markets.ts';
import { answer, ofUser, type Responder, rows } from './request.ts';

const day = 86_400_000;
const freeRequests = 10_000;

const rate = (fraction: number) => wireNumber(fraction, 8);

/** Answers about what a user may do and what it costs, and the sheet that shows a user's whole state. */
export const settingResponders: Readonly<Record<string, Responder>> = {
  userRateLimit: ofUser(account => {
    const volume = account?.volume ?? 0;
    return answer({
      cumVlm: wireUsd(volume),
      nRequestsUsed: 0,
      nRequestsCap: freeRequests + Math.floor(volume / 1e6),
      nRequestsSurplus: 0,
    });
  }),
  userFees: ofUser((account, _, world) => {
    const fees = account?.fees ?? traderFees;
    return answer({
      dailyUserVlm: [
        {
          date: new Date(world.venue.now - day).toISOString().slice(0, 10),
          userCross: '0.0',
          userAdd: '0.0',
          exchange: '0.0',
        },
      ],
      feeSchedule: {
        cross: rate(traderFees.taker),
        add: rate(traderFees.maker),
        spotCross: '0.0007',
        spotAdd: '0.0004',
        tiers: { vip: [], mm: [] },
        referralDiscount: '0.04',
        stakingDiscountTiers: [{ bpsOfMaxSupply: '0.0', discount: '0.0' }],
      },
      userCrossRate: rate(fees.taker),
      userAddRate: rate(fees.maker),
      userSpotCrossRate: rate(fees.taker),
      userSpotAddRate: rate(fees.maker),
      activeReferralDiscount: '0.0',
      trial: null,
      feeTrialEscrow: '0.0',
      nextTrialAvailableTimestamp: null,
      stakingLink: null,
      activeStakingDiscount: { bpsOfMaxSupply: '0.0', discount: '0.0' },
    });
  }),
  referral: ofUser(account =>
    answer({
      referredBy: null,
      cumVlm: wireUsd(account?.volume ?? 0),
      unclaimedRewards: '0.0',
      claimedRewards: '0.0',
      builderRewards: '0.0',
      referrerState: { stage: 'needToTrade', data: { required: '10000.0' } },
      rewardHistory: [],
      tokenToState: [],
    }),
  ),
  delegations: ofUser(() => answer([])),
  twapHistory: ofUser((account, _, world) =>
    rows(account === undefined ? [] : world.twaps.historyOf(account)),
  ),
  webData2: ofUser((account, _, world, user) => {
    const dex = world.venue.universe.dexes[0]!;
    const { identifiers } = world.venue;
    return answer({
      clearinghouseState: stateOf(world, account, dex),
      leadingVaults: world.population.vaults
        .filter(({ leader }) => leader === account)
        .map(({ account: vault, name }) => ({ address: vault.address, name })),
      totalVaultEquity: '0.0',
      openOrders: openOrdersOf(world, account, dex).map(order => wireFrontendOrder(order, identifiers)),
      agentAddress: null,
      agentValidUntil: null,
      cumLedger: wireUsd(account?.netDeposits ?? 0),
      meta: metaOf(dex),
      assetCtxs: dex.markets.map(market => contextOf(world, market)),
      serverTime: world.venue.now,
      isVault: account?.kind === 'vault',
      user,
      twapStates: account === undefined ? [] : world.twaps.statesOf(account),
      spotState: spotOf(world, account),
      spotAssetCtxs: spotContexts(world),
    });
  }),
};
