import type { marketRegime, RowOf, walletPerformance, walletRegime } from '../../../plugin-api/index.ts';
import type { TraderWeightConfig } from './config.ts';

type Performance = RowOf<typeof walletPerformance>;

const day = 86_400_000;

/** Returns of the last day, week and month as fractions; `null` is not known. */
export interface Returns {
  readonly day: number | null;
  readonly week: number | null;
  readonly month: number | null;
  /** The share of them that is positive; `null` where it says nothing yet. */
  readonly consistency: number | null;
}

/** What the exchange's leaderboard tells. */
export function toldReturns(told: {
  readonly dayRoi: number;
  readonly weekRoi: number;
  readonly monthRoi: number;
}): Returns {
  const { dayRoi, weekRoi, monthRoi } = told;
  const positive = Number(dayRoi > 0) + Number(weekRoi > 0) + Number(monthRoi > 0);
  return { day: dayRoi, week: weekRoi, month: monthRoi, consistency: positive / 3 };
}

/** What the tape tells. A young wallet's day, week and month are the same few hours: being positive in all is one success. */
export function reconstructedReturns(
  performance: Performance | undefined,
  now: number,
  consistencyAfterDays: number,
): Returns {
  if (performance === undefined) return { day: null, week: null, month: null, consistency: null };
  const [ofDay, ofWeek, ofMonth] = performance.windows;
  return {
    day: ofDay?.roi ?? null,
    week: ofWeek?.roi ?? null,
    month: ofMonth?.roi ?? null,
    consistency: now - performance.firstSeen >= consistencyAfterDays * day ? performance.consistency : null,
  };
}

/**
 * The performance dimension, in [0, 1.5]: the weighted mean of the parts that are known, times 1.5. `null` when very little of
 * the formula is known; when little is, what is missing counts as 0, so that nobody comes first by what nobody knows.
 */
export function performanceDimension(
  performance: Performance | undefined,
  consistency: number | null,
  config: TraderWeightConfig['performance'],
): number | null {
  const all = performance?.windows[3];
  let sum = 0;
  let known = 0;
  const sharpe = all?.sharpe ?? null;
  if (sharpe !== null) {
    sum += config.sharpe * Math.min(sharpe / config.fullSharpe, 1);
    known += config.sharpe;
  }
  const sortino = all?.sortino ?? null;
  if (sortino !== null) {
    sum += config.sortino * Math.min(sortino / config.fullSortino, 1);
    known += config.sortino;
  }
  if (consistency !== null) {
    sum += config.consistency * consistency;
    known += config.consistency;
  }
  const drawdown = all?.maxDrawdown ?? null;
  if (drawdown !== null) {
    sum += config.drawdown * (1 - drawdown);
    known += config.drawdown;
  }
  const winRate = all?.winRate ?? null;
  if (winRate !== null) {
    sum += config.winRate * winRate;
    known += config.winRate;
  }
  const profitFactor = all?.profitFactor ?? null;
  if (profitFactor !== null) {
    sum +=
      config.profitFactor * clamp((profitFactor - config.profitFactorFrom) / config.profitFactorSpan, 0, 1);
    known += config.profitFactor;
  }
  if (known === 0 || known < config.minKnownShare) return null;
  return clamp((config.most * sum) / Math.max(known, config.fullKnownShare), 0, config.most);
}

/** The size tier of an account value in USD. */
export function sizeTierOf(
  accountValue: number,
  tiers: TraderWeightConfig['size'],
): TraderWeightConfig['size'][number] {
  for (const tier of tiers) if (accountValue >= tier.atLeast) return tier;
  // Note: an account can be worth less than nothing for a moment; it belongs to the smallest tier.
  return tiers[tiers.length - 1]!;
}

/** The recency dimension, in [0.5, 1.5]; shares of unknown windows go to the known ones. `null` when none is known. */
export function recencyDimension(
  returns: Omit<Returns, 'consistency'>,
  config: TraderWeightConfig['recency'],
): number | null {
  let sum = 0;
  let known = 0;
  if (returns.day !== null) {
    sum += config.day * returns.day;
    known += config.day;
  }
  if (returns.week !== null) {
    sum += config.week * returns.week;
    known += config.week;
  }
  if (returns.month !== null) {
    sum += config.month * returns.month;
    known += config.month;
  }
  if (known === 0) return null;
  const whole = config.day + config.week + config.month;
  return clamp(config.base + (config.factor * sum * whole) / known, config.least, config.most);
}

/**
 * The regime dimension, in [0.8, 1.2]: the trader's return per closed notional in markets like the present one less its own
 * average, as a share of the mean absolute return, so that a trader of small margins is measured by small margins.
 */
export function regimeDimension(
  results: RowOf<typeof walletRegime> | undefined,
  present: RowOf<typeof marketRegime>['regime'],
  config: TraderWeightConfig['regime'],
): number | null {
  const inRegime = present === null ? undefined : results?.regimes.find(({ regime }) => regime === present);
  if (results === undefined || inRegime === undefined || inRegime.return === null) return null;
  if (inRegime.closes < config.minCloses || results.meanAbsoluteReturn === 0) return null;
  const difference = (inRegime.return - results.returnOverall) / results.meanAbsoluteReturn;
  return 1 + config.span * clamp(difference, -1, 1);
}

/** The weighted mean of the dimensions that are known; `undefined` when none is. */
export function composite(
  dimensions: {
    readonly performance: number | null;
    readonly size: number | null;
    readonly recency: number | null;
    readonly regime: number | null;
  },
  weights: TraderWeightConfig['dimensions'],
): number | undefined {
  let sum = 0;
  let known = 0;
  if (dimensions.performance !== null) {
    sum += weights.performance * dimensions.performance;
    known += weights.performance;
  }
  if (dimensions.size !== null) {
    sum += weights.size * dimensions.size;
    known += weights.size;
  }
  if (dimensions.recency !== null) {
    sum += weights.recency * dimensions.recency;
    known += weights.recency;
  }
  if (dimensions.regime !== null) {
    sum += weights.regime * dimensions.regime;
    known += weights.regime;
  }
  return known === 0 ? undefined : sum / known;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
