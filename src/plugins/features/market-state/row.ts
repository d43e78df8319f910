import type { marketState, RowOf } from '../../../plugin-api/index.ts';
import { candleIntervals, type MarketStateConfig } from './config.ts';
import { recentSigma, scaledMove, windowSigma } from './grid.ts';
import * as at from './slots.ts';
import { bestPrice, type MarketState } from './state.ts';

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** What the state says. It depends on the state alone, so that it holds until the next event of the coin. */
export function marketRow(state: MarketState, config: MarketStateConfig): RowOf<typeof marketState> {
  const n = state.n;
  const price = bestPrice(n, config.staleAfterMs);
  const grid = state.ring.length > 0;
  const interval =
    config.candleInterval === 'finest' ? n[at.candleInterval]! : candleIntervals[config.candleInterval];
  return {
    mid: known(n[at.mid]!),
    midTime: known(n[at.midTime]!),
    price: known(price),
    z5: grid ? known(scaledMove(state, config.warmupMinutes, config.zClip)) : null,
    sigma5m: grid ? known(recentSigma(state)) : null,
    sigma24h: grid ? known(windowSigma(n, config.warmupMinutes)) : null,
    lastCandleOpenTime: known(n[at.candleOpenTime]!),
    candleIntervalMs: known(interval),
    candleOpen: known(n[at.candleOpen]!),
    candleHigh: known(n[at.candleHigh]!),
    candleLow: known(n[at.candleLow]!),
    candleClose: known(n[at.candleClose]!),
    candleVolumeUsd: known(n[at.candleVolumeUsd]!),
    dayReturn: known(price / n[at.dayOpen]! - 1),
    previousDayReturn: known(n[at.dayOpen]! / n[at.previousDayOpen]! - 1),
    funding: known(n[at.fundingRate]!),
    fundingIndex: known(n[at.fundingIndex]!),
  };
}
