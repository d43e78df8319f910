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
  const { n, evm } = state;
  const count = n[at.executions]!;
  if (count === 0 && evm === undefined) return undefined;
  const transactions = count + (evm?.transactions ?? 0);
  const ageDays = (n[at.lastSeen]! - n[at.firstSeen]!) / dayMs;
  const openings = n[at.openings]!;
  const makerShare = ratio(n[at.makerNotional]!, n[at.knownNotional]!);
  const traded = n[at.bought]! + n[at.sold]!;
  const balance = 1 - Math.abs(n[at.bought]! - n[at.sold]!) / traded;
  const impacts = n[at.impactCount]!;
  const slips = n[at.slippageCount]!;
  const moves = n[at.moveCount]!;
  const candles = n[at.candleCount]!;
  return {
    txCount: transactions,
    erc20Count: evm === undefined ? null : evm.erc20Count,
    uniqueTokens: n[at.coinCount]! + (evm?.tokenCount ?? 0),
    uniqueAddresses: n[at.otherCount] === 0 ? null : counterparties(state),
    ageDays,
    txPerDay: transactions / Math.max(ageDays, 1),
    burstiness: known(deviationOf(n, at.intervalMean, count - 1) / n[at.intervalMean]!),
    hourEntropy: known(entropyOf(n, at.hours, 24)),
    totalValue: n[at.valueSum]!,
    avgValue: known(ratio(n[at.valueSum]!, count)),
    maxValue: count === 0 ? null : n[at.valueMax]!,
    valueStd: known(deviationOf(n, at.valueMean, count)),
    erc20Volume: evm === undefined || (evm.erc20Count > 0 && evm.pricedCount === 0) ? null : evm.erc20Volume,
    longRatio: openings === 0 ? 0.5 : n[at.longs]! / openings,
    flipRate: known(ratio(n[at.flips]!, openings)),
    sizeEntropy: known(entropyOf(n, at.sizes, 10)),
    contractInteractionCount: evm === undefined ? null : evm.contractCount,
    avgMarketImpact: known(ratio(n[at.impactSum]!, impacts)),
    maxMarketImpact: impacts === 0 ? null : n[at.impactMax]!,
    avgSlippage: slips === 0 ? null : n[at.slippageMean]!,
    slippageStd: known(deviationOf(n, at.slippageMean, slips)),
    momentumScore: known(ratio(n[at.momentumSum]!, moves)),
    meanReversionScore: known(ratio(n[at.reversionSum]!, moves)),
    volatilityTradingScore: known(ratio(n[at.volatilitySum]!, n[at.volatilityCount]!)),
    marketMakerScore: known(makerShare * balance),
    orderBookParticipation: known(makerShare),
    avgCandleVolatility: candles === 0 ? null : n[at.rangeMean]!,
    maxCandleVolatility: candles === 0 ? null : n[at.rangeMax]!,
    volatilityStd: known(deviationOf(n, at.rangeMean, candles)),
    avgCandleMomentum: candles === 0 ? null : n[at.bodyMean]!,
    momentumStd: known(deviationOf(n, at.bodyMean, candles)),
    positiveMomentumRatio: known(ratio(n[at.bodyPositive]!, candles)),
    avgTrendStrength: known(ratio(n[at.trendSum]!, n[at.trendCount]!)),
    avgCandleVolume: candles === 0 ? null : n[at.volumeMean]!,
    maxCandleVolume: candles === 0 ? null : n[at.volumeMax]!,
    volumeStd: known(deviationOf(n, at.volumeMean, candles)),
  };
}
