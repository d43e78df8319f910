import {
  defineModel,
  marketRegime,
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
  recencyDimension,
  reconstructedReturns,
  regimeDimension,
  sizeTierOf,
  toldReturns,
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
    market: optional(marketRegime),
  },
  output: traderWeight,
  score: (rows, ctx) => {
    const { config } = ctx;
    const oldestLine = ctx.now - config.leaderboardMaxAgeHours * hour;
    const oldestValue = ctx.now - config.accountValueMaxAgeHours * hour;
    return rows.map(({ performance, leaderboard: told, regime: results, market }) => {
      const leaderboard = told !== undefined && told.asOf >= oldestLine ? told : undefined;
      const returns =
        leaderboard === undefined
          ? reconstructedReturns(performance, ctx.now, config.performance.consistencyAfterDays)
          : toldReturns(leaderboard);
      const account = accountOf(performance, told, oldestValue);
      const tier = account === undefined ? undefined : sizeTierOf(account.value, config.size);
      const performanceValue = performanceDimension(performance, returns.consistency, config.performance);
      const size = tier?.value ?? null;
      // Note: a regime alone says how steady a trader is, not how good: it only corrects the other dimensions.
      const recency = recencyDimension(returns, config.recency);
      const known = performanceValue !== null || size !== null || recency !== null;
      const regime = known ? regimeDimension(results, market?.regime ?? null, config.regime) : null;
      const weight = composite({ performance: performanceValue, size, recency, regime }, config.dimensions);
      if (weight === undefined) return undefined;
      return {
        weight,
        performance: performanceValue,
        size,
        recency,
        regime,
        sizeTier: tier?.tier ?? null,
        accountValue: account?.value ?? null,
        accountValueTime: account?.time ?? null,
      };
    });
  },
});

/** The account value as the wallet's own row has it, else as the leaderboard told it; neither when it is too old. */
function accountOf(
  performance: RowOf<typeof walletPerformance> | undefined,
  leaderboard: RowOf<typeof walletLeaderboard> | undefined,
  oldest: number,
): { readonly value: number; readonly time: number } | undefined {
  const value = performance?.accountValue ?? null;
  const time = performance?.accountValueTime ?? null;
  if (value !== null && time !== null && time >= oldest) return { value, time };
  if (leaderboard === undefined || leaderboard.asOf < oldest) return undefined;
  return { value: leaderboard.accountValue, time: leaderboard.asOf };
}
