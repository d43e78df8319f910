import type { RowOf, walletFeatures } from '../../../plugin-api/index.ts';
import { deviationOf } from '../moments.ts';
import { entropyOf } from './histogram.ts';
import { counterparties } from './sketch.ts';
import * as at from './slots.ts';
import type { BehaviourState } from './state.ts';

const dayMs = 86_400_000;

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
/** A mean; NaN over nothing. */
const ratio = (sum: number, count: number): number => (count > 0 ? sum / count : Number.NaN);

export function behaviourRow(state: BehaviourState): RowOf<typeof walletFeatures> | undefined {
  const { numbers: n, first: o, more } = state;
  const evm = more?.evm;
  const count = n[o + at.executions]!;
  if (count === 0 && evm === undefined) return undefined;
  const transactions = count + (evm?.transactions ?? 0);
  const ageDays = (n[o + at.lastSeen]! - n[o + at.firstSeen]!) / dayMs;
  const openings = n[o + at.openings]!;
  const makerShare = ratio(n[o + at.makerNotional]!, n[o + at.knownNotional]!);
  const traded = n[o + at.bought]! + n[o + at.sold]!;
  const balance = 1 - Math.abs(n[o + at.bought]! - n[o + at.sold]!) / traded;
  const impacts = n[o + at.impactCount]!;
  const slips = n[o + at.slippageCount]!;
  const moves = n[o + at.moveCount]!;
  const volatilities = n[o + at.volatilityCount]!;
  const trends = n[o + at.trendCount]!;
  const candles = n[o + at.candleCount]!;
  return {
    txCount: transactions,
    erc20Count: evm === undefined ? null : evm.erc20Count,
    uniqueTokens: n[o + at.coinCount]! + (evm?.tokenCount ?? 0),
    uniqueAddresses: n[o + at.otherCount] === 0 ? null : counterparties(state),
    ageDays,
    txPerDay: transactions / Math.max(ageDays, 1),
    burstiness: known(deviationOf(n, o + at.intervalMean, count - 1) / n[o + at.intervalMean]!),
    hourEntropy: known(entropyOf(n[o + at.hourSum]!, count, 24)),
    totalValue: n[o + at.valueSum]!,
    avgValue: known(ratio(n[o + at.valueSum]!, count)),
    maxValue: count === 0 ? null : n[o + at.valueMax]!,
    valueStd: known(deviationOf(n, o + at.valueMean, count)),
    erc20Volume: evm === undefined || (evm.erc20Count > 0 && evm.pricedCount === 0) ? null : evm.erc20Volume,
    longRatio: openings === 0 ? 0.5 : n[o + at.longs]! / openings,
    flipRate: known(ratio(n[o + at.flips]!, openings)),
    sizeEntropy: known(entropyOf(n[o + at.sizeSum]!, count, 10)),
    contractInteractionCount: evm === undefined ? null : evm.contractCount,
    avgMarketImpact: impacts === 0 ? null : known(n[o + at.impactSum]! / impacts),
    maxMarketImpact: impacts === 0 ? null : n[o + at.impactMax]!,
    avgSlippage: slips === 0 ? null : n[o + at.slippageMean]!,
    slippageStd: known(deviationOf(n, o + at.slippageMean, slips)),
    momentumScore: moves === 0 ? null : known(n[o + at.momentumSum]! / moves),
    meanReversionScore: moves === 0 ? null : known(n[o + at.reversionSum]! / moves),
    volatilityTradingScore: volatilities === 0 ? null : known(n[o + at.volatilitySum]! / volatilities),
    marketMakerScore: known(makerShare * balance),
    orderBookParticipation: known(makerShare),
    avgCandleVolatility: candles === 0 ? null : n[o + at.rangeMean]!,
    maxCandleVolatility: candles === 0 ? null : n[o + at.rangeMax]!,
    volatilityStd: known(deviationOf(n, o + at.rangeMean, candles)),
    avgCandleMomentum: candles === 0 ? null : n[o + at.bodyMean]!,
    momentumStd: known(deviationOf(n, o + at.bodyMean, candles)),
    positiveMomentumRatio: candles === 0 ? null : known(n[o + at.bodyPositive]! / candles),
    avgTrendStrength: trends === 0 ? null : known(n[o + at.trendSum]! / trends),
    avgCandleVolume: candles === 0 ? null : n[o + at.volumeMean]!,
    maxCandleVolume: candles === 0 ? null : n[o + at.volumeMax]!,
    volumeStd: known(deviationOf(n, o + at.volumeMean, candles)),
  };
}
