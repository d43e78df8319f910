import type { RowOf, traderScore } from '../../../plugin-api/index.ts';
import type { TraderScoreConfig } from './config.ts';

/** What the score is computed from, whoever told it. ROI as a fraction, money in USD; `null` is not known. */
export interface TraderFigures {
  readonly basis: 'leaderboard' | 'reconstruction';
  readonly dayRoi: number | null;
  readonly weekRoi: number | null;
  readonly monthRoi: number | null;
  readonly allRoi: number | null;
  readonly accountValue: number | null;
  readonly monthVolume: number;
}

/**
 * The trader score of some figures, or `undefined` when fewer ROI are known than the configuration asks for: without any
 * return the sum would only repeat the size of the account.
 *
 * A part whose input is not known is `null` and adds nothing. The sum is held within [`least`, `most`] (0 to 105), its
 * parts are not.
 */
export function traderPoints(
  figures: TraderFigures,
  config: TraderScoreConfig,
): RowOf<typeof traderScore> | undefined {
  const { dayRoi, weekRoi, monthRoi, allRoi, accountValue } = figures;
  const known = Number(weekRoi !== null) + Number(monthRoi !== null) + Number(allRoi !== null);
  if (known < config.minKnownRoi) return undefined;

  const { allTimeRoi: all, monthRoi: month, weekRoi: week } = config;
  const roiAllPoints = allRoi === null ? null : Math.min(all.factor * allRoi, all.most);
  const roiMonthPoints = monthRoi === null ? null : Math.min(month.factor * monthRoi, month.most);
  const roiWeekPoints =
    weekRoi === null ? null : Math.min(Math.max(week.factor * weekRoi, week.least), week.most);
  const sizePoints = accountValue === null ? null : bandPoints(accountValue, config.accountValue);
  const volumePoints = bandPoints(figures.monthVolume, config.monthVolume);
  const consistencyPoints = allPositive(dayRoi, weekRoi, monthRoi, config.allPositive);

  const sum =
    (roiAllPoints ?? 0) +
    (roiMonthPoints ?? 0) +
    (roiWeekPoints ?? 0) +
    (sizePoints ?? 0) +
    volumePoints +
    (consistencyPoints ?? 0);
  return {
    score: Math.min(Math.max(sum, config.least), config.most),
    roiAllPoints,
    roiMonthPoints,
    roiWeekPoints,
    sizePoints,
    volumePoints,
    consistencyPoints,
    basis: figures.basis,
  };
}

/** Points of the first band that an amount reaches; 0 when it reaches none. */
export function bandPoints(
  amount: number,
  bands: readonly { readonly atLeast: number; readonly points: number }[],
): number {
  for (const band of bands) if (amount >= band.atLeast) return band.points;
  return 0;
}

/** One window that did not gain settles the matter, even when another is not known. */
function allPositive(
  day: number | null,
  week: number | null,
  month: number | null,
  points: number,
): number | null {
  if ((day !== null && day <= 0) || (week !== null && week <= 0) || (month !== null && month <= 0)) return 0;
  return day === null || week === null || month === null ? null : points;
}
