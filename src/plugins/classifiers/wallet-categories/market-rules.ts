import type { Thresholds } from './config.ts';
import { boost, type Rule } from './rule.ts';

const { abs, max, min } = Math;

/** Rules about what the market does when a wallet trades. */
export const marketRules = (all: Thresholds): readonly Rule[] => [
  volatilityTrader(all.volatilityTrader),
  possibleVolatilityTrader(all.possibleVolatilityTrader),
  momentumFollower(all.momentumFollower),
  possibleMomentumFollower(all.possibleMomentumFollower),
  contrarianTrader(all.contrarianTrader),
  possibleContrarianTrader(all.possibleContrarianTrader),
  highVolumeTrader(all.highVolumeTrader),
];

const volatilityTrader = (t: Thresholds['volatilityTrader']): Rule => ({
  category: 'Volatility Trader',
  chain: 'volatility',
  text: `avgCandleVolatility > ${t.avgCandleVolatility}, txCount >= ${t.txCount}`,
  reads: ['avgCandleVolatility', 'txCount', 'volatilityStyle'],
  isBoosted: true,
  holds: w => w.avgCandleVolatility > t.avgCandleVolatility && w.txCount >= t.txCount,
  confidence: w =>
    min(
      t.most,
      t.behaviourShare *
        min(1, (w.avgCandleVolatility / t.avgCandleVolatilityFull) * (w.txCount / t.txCountFull)) +
        boost(w, t.styleShare * max(0, w.volatilityStyle)),
    ),
});

const possibleVolatilityTrader = (t: Thresholds['possibleVolatilityTrader']): Rule => ({
  category: 'Possible Volatility Trader',
  chain: 'volatility',
  text: `else avgCandleVolatility > ${t.avgCandleVolatility}, txCount >= ${t.txCount}`,
  reads: ['avgCandleVolatility', 'txCount', 'volatilityStyle'],
  isBoosted: true,
  holds: w => w.avgCandleVolatility > t.avgCandleVolatility && w.txCount >= t.txCount,
  confidence: w => min(t.most, t.base + boost(w, t.styleShare * max(0, w.volatilityStyle))),
});

const momentumFollower = (t: Thresholds['momentumFollower']): Rule => ({
  category: 'Momentum Follower',
  chain: 'momentum',
  text: `positiveMomentumRatio > ${t.positiveMomentumRatio}, avgCandleMomentum > ${t.avgCandleMomentum}, txCount >= ${t.txCount}`,
  reads: ['positiveMomentumRatio', 'avgCandleMomentum', 'txCount', 'momentumStyle', 'profitability'],
  isBoosted: true,
  holds: w =>
    w.positiveMomentumRatio > t.positiveMomentumRatio &&
    w.avgCandleMomentum > t.avgCandleMomentum &&
    w.txCount >= t.txCount,
  confidence: w =>
    min(
      t.most,
      t.behaviourShare * min(1, w.positiveMomentumRatio * (w.avgCandleMomentum / t.avgCandleMomentumFull)) +
        boost(w, t.styleShare * max(0, w.momentumStyle) + t.profitabilityShare * w.profitability),
    ),
});

const possibleMomentumFollower = (t: Thresholds['possibleMomentumFollower']): Rule => ({
  category: 'Possible Momentum Follower',
  chain: 'momentum',
  text: `else positiveMomentumRatio > ${t.positiveMomentumRatio}, txCount >= ${t.txCount}`,
  reads: ['positiveMomentumRatio', 'txCount', 'momentumStyle'],
  isBoosted: true,
  holds: w => w.positiveMomentumRatio > t.positiveMomentumRatio && w.txCount >= t.txCount,
  confidence: w => min(t.most, t.base + boost(w, t.styleShare * max(0, w.momentumStyle))),
});

const contrarianTrader = (t: Thresholds['contrarianTrader']): Rule => ({
  category: 'Contrarian Trader',
  chain: 'contrarian',
  text: `positiveMomentumRatio < ${t.positiveMomentumRatio}, avgCandleMomentum < ${t.avgCandleMomentum}, txCount >= ${t.txCount}`,
  reads: ['positiveMomentumRatio', 'avgCandleMomentum', 'txCount', 'meanReversionStyle', 'profitability'],
  isBoosted: true,
  holds: w =>
    w.positiveMomentumRatio < t.positiveMomentumRatio &&
    w.avgCandleMomentum < t.avgCandleMomentum &&
    w.txCount >= t.txCount,
  confidence: w =>
    min(
      t.most,
      t.behaviourShare *
        min(1, (1 - w.positiveMomentumRatio) * (abs(w.avgCandleMomentum) / t.avgCandleMomentumFull)) +
        boost(w, t.styleShare * max(0, w.meanReversionStyle) + t.profitabilityShare * w.profitability),
    ),
});

const possibleContrarianTrader = (t: Thresholds['possibleContrarianTrader']): Rule => ({
  category: 'Possible Contrarian Trader',
  chain: 'contrarian',
  text: `else positiveMomentumRatio < ${t.positiveMomentumRatio}, txCount >= ${t.txCount}`,
  reads: ['positiveMomentumRatio', 'txCount', 'meanReversionStyle'],
  isBoosted: true,
  holds: w => w.positiveMomentumRatio < t.positiveMomentumRatio && w.txCount >= t.txCount,
  confidence: w => min(t.most, t.base + boost(w, t.styleShare * max(0, w.meanReversionStyle))),
});

const highVolumeTrader = (t: Thresholds['highVolumeTrader']): Rule => ({
  category: 'High Volume Trader',
  chain: 'volume',
  text: `avgCandleVolume > ${t.avgCandleVolume}, txCount >= ${t.txCount}`,
  reads: ['avgCandleVolume', 'txCount', 'profitability'],
  isBoosted: true,
  holds: w => w.avgCandleVolume > t.avgCandleVolume && w.txCount >= t.txCount,
  confidence: w =>
    min(
      t.most,
      t.behaviourShare * min(1, (w.avgCandleVolume / t.avgCandleVolumeFull) * (w.txCount / t.txCountFull)) +
        boost(w, t.profitabilityShare * w.profitability),
    ),
});
