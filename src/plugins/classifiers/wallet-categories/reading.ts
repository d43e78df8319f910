import type { RowOf, walletFeatures, walletPerformance, walletScores } from '../../../plugin-api/index.ts';

/**
 * What the rules read of a wallet. A value that is not known is NaN here, so that no comparison with it holds.
 * Ratios and scores as in their refs, money in USD, `avgCandleVolume` in thousands of USD.
 */
export interface WalletReading {
  txCount: number;
  txPerDay: number;
  ageDays: number;
  /** 1 when the wallet has not traded for 30 days, else 0. */
  idle: number;
  burstiness: number;
  sizeEntropy: number;
  maxValue: number;
  totalValue: number;
  uniqueTokens: number;
  erc20Count: number;
  flipRate: number;
  avgCandleVolatility: number;
  positiveMomentumRatio: number;
  avgCandleMomentum: number;
  avgCandleVolume: number;
  bot: number;
  risk: number;
  profitability: number;
  sophistication: number;
  influence: number;
  momentumStyle: number;
  meanReversionStyle: number;
  volatilityStyle: number;
  /** The mean of four scores above which they raise confidences; known where the scores are. */
  boostAbove: number;
  /** Whether scores raise confidences. */
  boosted: boolean;
}

export type ReadingName = Exclude<keyof WalletReading, 'boosted'>;

/** A reading in which nothing is known. */
export function emptyReading(): WalletReading {
  return {
    txCount: Number.NaN,
    txPerDay: Number.NaN,
    ageDays: Number.NaN,
    idle: Number.NaN,
    burstiness: Number.NaN,
    sizeEntropy: Number.NaN,
    maxValue: Number.NaN,
    totalValue: Number.NaN,
    uniqueTokens: Number.NaN,
    erc20Count: Number.NaN,
    flipRate: Number.NaN,
    avgCandleVolatility: Number.NaN,
    positiveMomentumRatio: Number.NaN,
    avgCandleMomentum: Number.NaN,
    avgCandleVolume: Number.NaN,
    bot: Number.NaN,
    risk: Number.NaN,
    profitability: Number.NaN,
    sophistication: Number.NaN,
    influence: Number.NaN,
    momentumStyle: Number.NaN,
    meanReversionStyle: Number.NaN,
    volatilityStyle: Number.NaN,
    boostAbove: Number.NaN,
    boosted: false,
  };
}

/** Fills a reading, in place, from a wallet's rows. */
export function fillReading(
  reading: WalletReading,
  features: RowOf<typeof walletFeatures>,
  performance: RowOf<typeof walletPerformance> | undefined,
  scores: RowOf<typeof walletScores> | undefined,
  boostAbove: number,
): void {
  reading.txCount = features.txCount;
  reading.txPerDay = features.txPerDay;
  reading.ageDays = features.ageDays;
  reading.idle = performance === undefined ? Number.NaN : Number(performance.idle);
  reading.burstiness = features.burstiness ?? Number.NaN;
  reading.sizeEntropy = features.sizeEntropy ?? Number.NaN;
  reading.maxValue = features.maxValue ?? Number.NaN;
  reading.totalValue = features.totalValue;
  reading.uniqueTokens = features.uniqueTokens;
  reading.erc20Count = features.erc20Count ?? Number.NaN;
  reading.flipRate = features.flipRate ?? Number.NaN;
  reading.avgCandleVolatility = features.avgCandleVolatility ?? Number.NaN;
  reading.positiveMomentumRatio = features.positiveMomentumRatio ?? Number.NaN;
  reading.avgCandleMomentum = features.avgCandleMomentum ?? Number.NaN;
  reading.avgCandleVolume = features.avgCandleVolume ?? Number.NaN;
  reading.bot = scores?.bot ?? Number.NaN;
  reading.risk = scores?.risk ?? Number.NaN;
  reading.profitability = scores?.profitability ?? Number.NaN;
  reading.sophistication = scores?.sophistication ?? Number.NaN;
  reading.influence = scores?.influence ?? Number.NaN;
  reading.momentumStyle = scores?.style[0] ?? Number.NaN;
  reading.meanReversionStyle = scores?.style[1] ?? Number.NaN;
  reading.volatilityStyle = scores?.style[2] ?? Number.NaN;
  reading.boostAbove = scores === undefined ? Number.NaN : boostAbove;
  reading.boosted =
    (reading.bot + reading.risk + reading.profitability + reading.sophistication) / 4 > boostAbove;
}
