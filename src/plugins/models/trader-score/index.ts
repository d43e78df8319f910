import {
  defineModel,
  optional,
  type RowOf,
  traderScore,
  walletLeaderboard,
  walletPerformance,
} from '../../../plugin-api/index.ts';
import { traderScoreConfig } from './config.ts';
import { type TraderFigures, traderPoints } from './points.ts';

const hour = 3_600_000;

/** Scores a trader from 0 to 105 by returns, account value, volume and steadiness. */
export const traderScoreModel = defineModel({
  id: 'trader-score',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Scores a trader from 0 to 105 by returns, account value, volume and steadiness.',
  config: traderScoreConfig,
  inputs: { performance: optional(walletPerformance), leaderboard: optional(walletLeaderboard) },
  output: traderScore,
  score: (rows, ctx) => {
    const oldest = {
      line: ctx.now - ctx.config.leaderboardMaxAgeHours * hour,
      accountValue: ctx.now - ctx.config.accountValueMaxAgeHours * hour,
    };
    return rows.map(row => {
      const figures = figuresOf(row.leaderboard, row.performance, oldest);
      return figures === undefined ? undefined : traderPoints(figures, ctx.config);
    });
  },
});

/** The exchange's own figures where it has told them lately, else those reconstructed from the tape; never a mixture. */
function figuresOf(
  leaderboard: RowOf<typeof walletLeaderboard> | undefined,
  performance: RowOf<typeof walletPerformance> | undefined,
  oldest: { readonly line: number; readonly accountValue: number },
): TraderFigures | undefined {
  if (leaderboard !== undefined && leaderboard.asOf >= oldest.line) {
    return {
      basis: 'leaderboard',
      dayRoi: leaderboard.dayRoi,
      weekRoi: leaderboard.weekRoi,
      monthRoi: leaderboard.monthRoi,
      allRoi: leaderboard.allRoi,
      accountValue: leaderboard.accountValue,
      monthVolume: leaderboard.monthVolume,
    };
  }
  if (performance === undefined) return undefined;
  const [day, week, month, all] = performance.windows;
  return {
    basis: 'reconstruction',
    dayRoi: day?.roi ?? null,
    weekRoi: week?.roi ?? null,
    monthRoi: month?.roi ?? null,
    allRoi: all?.roi ?? null,
    accountValue:
      (performance.accountValueTime ?? -Infinity) >= oldest.accountValue ? performance.accountValue : null,
    monthVolume: month?.volume ?? 0,
  };
}
