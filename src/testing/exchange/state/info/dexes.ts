import { wireDecimal, wireNumber, wireUsd } from '../decimals.ts';
import type { Dex } from '../universe.ts';
import type { World } from '../world.ts';
import { answer, brokenAnswer, dexIn, type Responder } from './request.ts';

const hour = 3_600_000;
const capUsd = 25_000_000;

const capsOf = ({ markets }: Dex): [string, string][] =>
  markets.map(({ coin }) => [coin, wireDecimal(capUsd, 0)]);

function dexOf({ name, fullName, deployer, markets, ...dex }: Dex) {
  return {
    name,
    fullName,
    deployer,
    oracleUpdater: null,
    feeRecipient: deployer,
    assetToStreamingOiCap: capsOf({ name, fullName, deployer, markets, ...dex }),
    subDeployers: [['setOracle', [deployer]]],
    deployerFeeScale: '1.0',
    lastDeployerFeeScaleChangeTime: '1970-01-01T00:00:00',
    assetToFundingMultiplier: [],
    assetToFundingInterestRate: [],
  };
}

function fundingsOf(world: World) {
  const next = world.venue.now - (world.venue.now % hour) + hour;
  return world.venue.universe.dexes[0]!.markets.filter(({ isDelisted }) => !isDelisted).map(market => {
    const { rate } = world.funding.estimate(market);
    const ours = { fundingRate: wireNumber(rate, 10), nextFundingTime: next, fundingIntervalHours: 1 };
    const theirs = { fundingRate: wireNumber(rate * 8, 10), nextFundingTime: next, fundingIntervalHours: 8 };
    // Not all coins are listed elsewhere.
    const elsewhere = market.index % 5 === 4 ? null : theirs;
    return [
      market.coin,
      [
        ['BinPerp', elsewhere],
        ['HlPerp', ours],
        ['BybitPerp', elsewhere],
      ],
    ];
  });
}

export const dexResponders: Readonly<Record<string, Responder>> = {
  perpDexs: (_, world) => answer([null, ...world.venue.universe.dexes.slice(1).map(dexOf)]),
  perpDexStatus: (request, world) => {
    const dex = dexIn(request, world);
    if (dex === undefined) return brokenAnswer;
    const deposited = world.venue.book.accounts.reduce(
      (sum, { collateral }) => sum + collateral[dex.index]!,
      0,
    );
    return answer({ totalNetDeposit: wireUsd(deposited) });
  },
  perpDexLimits: (request, world) => {
    const dex = dexIn(request, world);
    if (dex === undefined) return brokenAnswer;
    if (dex.index === 0) return answer(null);
    return answer({
      totalOiCap: wireDecimal(capUsd * 16, 0),
      oiSzCapPerPerp: '1000000000.0',
      maxTransferNtl: '150000000.0',
      coinToOiCap: capsOf(dex),
    });
  },
  perpsAtOpenInterestCap: (request, world) =>
    dexIn(request, world) === undefined ? brokenAnswer : answer([]),
  predictedFundings: (_, world) => answer(fundingsOf(world)),
  liquidatable: () => answer([]),
  outcomeMeta: () => answer({ outcomes: [], questions: [] }),
  gossipRootIps: () => answer([]),
  validatorSummaries: () => answer([]),
};
