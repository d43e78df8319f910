import type { trackingTiers } from '../../../plugin-api/index.ts';
import type { TraderTierConfig } from './config.ts';
import { allAbove, atLeast, shown, type TierFigures } from './figures.ts';

export type TrackingTier = (typeof trackingTiers)[number];

/**
 * The tier of some figures. A trader keeps the tier that it has while it is within the margins of `hysteresis` below the
 * threshold, so that nobody is dropped and taken up again with every trade. Nobody gets a tier by a margin.
 */
export function tierOf(
  figures: TierFigures,
  previous: TrackingTier | undefined,
  config: TraderTierConfig,
): { readonly tier: TrackingTier; readonly because: string } {
  const { tiers, hysteresis } = config;
  const { score, accountValue } = figures;

  if (accountValue !== null && accountValue >= tiers.alert.accountValue) {
    return { tier: 'alert', because: atLeast('account value', accountValue, tiers.alert.accountValue) };
  }
  if (score !== null && score >= tiers.alert.score) {
    return { tier: 'alert', because: atLeast('score', score, tiers.alert.score) };
  }
  if (previous === 'alert') {
    const kept = tiers.alert.accountValue * (1 - hysteresis.accountValueShare);
    if (accountValue !== null && hysteresis.accountValueShare > 0 && accountValue >= kept) {
      return { tier: 'alert', because: `kept: ${atLeast('account value', accountValue, kept)}` };
    }
    if (keptByScore(score, tiers.alert.score, hysteresis.score)) {
      return {
        tier: 'alert',
        because: `kept: ${atLeast('score', score, tiers.alert.score - hysteresis.score)}`,
      };
    }
  }

  const gained = allAbove(figures, tiers.core.roiAbove);
  const gains = `ROI of day, week and month > ${shown(tiers.core.roiAbove)}`;
  if (gained && score !== null && score >= tiers.core.score) {
    return {
      tier: 'core',
      because: `${atLeast('score', score, tiers.core.score)}, ${gains}`,
    };
  }
  if (gained && previous === 'core' && keptByScore(score, tiers.core.score, hysteresis.score)) {
    return {
      tier: 'core',
      because: `kept: ${atLeast('score', score, tiers.core.score - hysteresis.score)}, ${gains}`,
    };
  }

  if (score !== null && score >= tiers.extended.score) {
    return { tier: 'extended', because: atLeast('score', score, tiers.extended.score) };
  }
  if (
    previous !== undefined &&
    previous !== 'none' &&
    keptByScore(score, tiers.extended.score, hysteresis.score)
  ) {
    return {
      tier: 'extended',
      because: `kept: ${atLeast('score', score, tiers.extended.score - hysteresis.score)}`,
    };
  }
  return {
    tier: 'none',
    because: score === null ? 'no score is known' : `score ${shown(score)} < ${tiers.extended.score}`,
  };
}

function keptByScore(score: number | null, threshold: number, margin: number): score is number {
  return margin > 0 && score !== null && score >= threshold - margin;
}
