import {
  defineClassifier,
  optional,
  traderScore,
  traderTier,
  walletLeaderboard,
  walletPerformance,
} from '../../../plugin-api/index.ts';
import { traderTierConfig } from './config.ts';
import { figuresOf } from './figures.ts';
import { tagsOf } from './tags.ts';
import { tierOf } from './tier.ts';

const hour = 3_600_000;

/** Says how closely a trader is worth tracking, and tags it; each with the reason. */
export const traderTierClassifier = defineClassifier({
  id: 'trader-tier-and-tags',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Says how closely a trader is worth tracking, and tags it, each with the reason.',
  config: traderTierConfig,
  inputs: {
    score: optional(traderScore),
    performance: optional(walletPerformance),
    leaderboard: optional(walletLeaderboard),
  },
  output: traderTier,
  classify: (inputs, previous, ctx) => {
    const { leaderboardMaxAgeHours, accountValueMaxAgeHours } = ctx.config;
    const figures = figuresOf(inputs.score?.score ?? null, inputs.leaderboard, inputs.performance, {
      line: ctx.now - leaderboardMaxAgeHours * hour,
      accountValue: ctx.now - accountValueMaxAgeHours * hour,
    });
    const { tier, because } = tierOf(figures, previous?.tier, ctx.config);
    const tags = tagsOf(figures, ctx.config.tags);
    // Note: a wallet of which nothing is said needs no row, unless something was said before.
    if (tier === 'none' && tags.length === 0 && previous === undefined) return undefined;
    // Note: the reasons that stay are those of the time at which the tier and the tags were given.
    if (
      previous?.tier === tier &&
      previous.tags.length === tags.length &&
      previous.tags.every((tag, index) => tag.tag === tags[index]?.tag)
    ) {
      return previous;
    }
    return { tier, because, tags };
  },
});
