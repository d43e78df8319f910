import {
  defineModel,
  optional,
  type RowOf,
  traderWeight,
  walletLeaderboard,
  walletPerformance,
  walletRegime,
} from '../../../plugin-api/index.ts';
import { traderWeightConfig } from './config.ts';
import {
  composite,
  performanceDimension,
  type Returns,
  recencyDimension,
  regimeDimension,
  sizeTierOf,
} from './dimensions.ts';

const hour = 3_600_000;

/** Weighs a trader by performance, size, recent returns and results in the present regime. */
export const traderWeightModel = defineModel({
  id: 'trader-weight',
  version: '1.0.0',
  api: '^1.0.0',
  doc: "Says how much a trader's positions count, by performance, size, recent returns and regime.",
  config: traderWeightConfig,
  inputs: {
    performance: optional(walletPerformance),
    leaderboard: optional(walletLeaderboard),
    regime: optional(walletRegime),
  },
  output: traderWeight,
  score: (rows, ctx) => {
    const { config } = ctx;
    const oldest = ctx.now - config.leaderboardMaxAgeHours * hour;
    return rows.map(({ performance, leaderboard: told, regime: results }) => {
      const leaderboard = told !== undefined && told.asOf >= oldest ? told : undefined;
      const returns = returnsOf(leaderboard, performance);
      const accountValue = performance?.accountValue ?? leaderboard?.accountValue ?? null;
      const tier = accountValue === null ? undefined : sizeTierOf(accountValue, config.size);
      const performanceValue = performanceDimension(performance, returns, config.performance);
      const size = tier?.value ?? null;
      // Note: a regime alone says how steady a trader is, not how good: it only corrects the other dimensions.
      const recency = recencyDimension(returns, config.recency);
      const known = performanceValue !== null || size !== null || recency !== null;
      const regime = known ? regimeDimension(results, config.regime) : null;
      const weight = composite({ performance: performanceValue, size, recency, regime }, config.dimensions);
      if (weight === undefined) return undefined;
      return {
        weight,
        performance: performanceValue,
        size,
        recency,
        regime,
        sizeTier: tier?.tier ?? null,
        accountValue,
      };
    });
  },
});

/** Returns by the exchange's leaderboard where it has told them lately, else by the tape. */
function returnsOf(
  leaderboard: RowOf<typeof walletLeaderboard> | undefined,
  performance: RowOf<typeof walletPerformance> | undefined,
): Returns {
  if (leaderboard !== undefined) {
    return { day: leaderboard.dayRoi, week: leaderboard.weekRoi, month: leaderboard.monthRoi };
  }
  const [day, week, month] = performance?.windows ?? [];
  return { day: day?.roi ?? null, week: week?.roi ?? null, month: month?.roi ?? null };
}
