import type { marketRegimes, marketState, RowOf } from '../../../plugin-api/index.ts';
import type { MarketRegimeConfig } from './config.ts';

export type MarketRegime = (typeof marketRegimes)[number];

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** The regime of a market at a time; `undefined` while its volatility or the day's return is not known. */
export function regimeOf(
  market: RowOf<typeof marketState> | undefined,
  now: number,
  config: MarketRegimeConfig,
): MarketRegime | undefined {
  if (market === undefined || market.sigma5m === null || market.sigma24h === null) return undefined;
  if (market.sigma5m >= config.highVolatilityRatio * market.sigma24h) {
    // Note: a market that does not move at all has no volatility to be high.
    return market.sigma5m > 0 ? 'high-volatility' : 'ranging';
  }
  if (market.dayReturn === null) return undefined;
  const minutes = Math.max((now % dayMs) / minuteMs, 1);
  const randomWalk = market.sigma24h * Math.sqrt(minutes);
  return Math.abs(Math.log1p(market.dayReturn)) >= config.trendRatio * randomWalk ? 'trending' : 'ranging';
}
