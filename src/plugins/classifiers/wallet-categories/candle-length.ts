import type { Thresholds } from './config.ts';

/** The thresholds of one-minute candles as they are for candles of another length. */
export function forCandlesOf(rules: Thresholds, minutes: number): Thresholds {
  if (minutes === 1) return rules;
  const root = Math.sqrt(minutes);
  const volatility = <T extends { readonly avgCandleVolatility: number }>(t: T): T => ({
    ...t,
    avgCandleVolatility: t.avgCandleVolatility * root,
  });
  const momentum = <T extends Thresholds['momentumFollower']>(t: T): T => ({
    ...t,
    avgCandleMomentum: t.avgCandleMomentum * root,
    avgCandleMomentumFull: t.avgCandleMomentumFull * root,
  });
  const { volatilityTrader, highVolumeTrader } = rules;
  return {
    ...rules,
    volatilityTrader: {
      ...volatility(volatilityTrader),
      avgCandleVolatilityFull: volatilityTrader.avgCandleVolatilityFull * root,
    },
    possibleVolatilityTrader: volatility(rules.possibleVolatilityTrader),
    momentumFollower: momentum(rules.momentumFollower),
    contrarianTrader: momentum(rules.contrarianTrader),
    highVolumeTrader: {
      ...highVolumeTrader,
      avgCandleVolume: highVolumeTrader.avgCandleVolume * minutes,
      avgCandleVolumeFull: highVolumeTrader.avgCandleVolumeFull * minutes,
    },
  };
}
