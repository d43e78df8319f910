import type { RowOf, walletLeaderboard, walletPerformance } from '../../../plugin-api/index.ts';

/** What tiers and tags are decided by. ROI as a fraction, account value in USD; `null` is not known. */
export interface TierFigures {
  readonly score: number | null;
  readonly accountValue: number | null;
  readonly dayRoi: number | null;
  readonly weekRoi: number | null;
  readonly monthRoi: number | null;
  readonly allRoi: number | null;
}

/**
 * The exchange's own returns where it has told them lately, else the tape's; the account value as the wallet's own row has it,
 * else as the leaderboard told it. What was told before `oldest` is not known any more.
 */
export function figuresOf(
  score: number | null,
  leaderboard: RowOf<typeof walletLeaderboard> | undefined,
  performance: RowOf<typeof walletPerformance> | undefined,
  oldest: { readonly line: number; readonly accountValue: number },
): TierFigures {
  const accountValue = accountValueOf(leaderboard, performance, oldest.accountValue);
  if (leaderboard !== undefined && leaderboard.asOf >= oldest.line) {
    const { dayRoi, weekRoi, monthRoi, allRoi } = leaderboard;
    return { score, accountValue, dayRoi, weekRoi, monthRoi, allRoi };
  }
  const [day, week, month, all] = performance?.windows ?? [];
  return {
    score,
    accountValue,
    dayRoi: day?.roi ?? null,
    weekRoi: week?.roi ?? null,
    monthRoi: month?.roi ?? null,
    allRoi: all?.roi ?? null,
  };
}

function accountValueOf(
  leaderboard: RowOf<typeof walletLeaderboard> | undefined,
  performance: RowOf<typeof walletPerformance> | undefined,
  oldest: number,
): number | null {
  if ((performance?.accountValueTime ?? -Infinity) >= oldest) return performance?.accountValue ?? null;
  return leaderboard !== undefined && leaderboard.asOf >= oldest ? leaderboard.accountValue : null;
}

/** Whether day, week and month all gained more than `above`; a window that is not known did not. */
export function allAbove(figures: TierFigures, above: number): boolean {
  const { dayRoi, weekRoi, monthRoi } = figures;
  return (
    dayRoi !== null &&
    weekRoi !== null &&
    monthRoi !== null &&
    dayRoi > above &&
    weekRoi > above &&
    monthRoi > above
  );
}

/** A value as reasons show it: at most four decimals. */
export function shown(value: number): string {
  return `${Math.round(value * 10_000) / 10_000}`;
}

/** A reason, such as `score 92.5 >= 80`. */
export function atLeast(name: string, value: number, threshold: number): string {
  return `${name} ${shown(value)} >= ${shown(threshold)}`;
}
