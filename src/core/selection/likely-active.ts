import type { SelectionConfig } from './config.ts';

/** What the leaderboard tells of a trader's last day. `null` is not known. */
export interface DayFigures {
  readonly dayRoi: number | null;
  /** USD. */
  readonly dayPnl: number | null;
  /** USD. */
  readonly dayVolume: number | null;
  /** USD. */
  readonly accountValue: number | null;
}

/** Whether a trader is likely active, without having asked the exchange about it. */
export interface LikelyActive {
  readonly likelyActive: boolean;
  readonly reason: string;
  /** From 0 (no sign of it) to 1. */
  readonly confidence: number;
}

/**
 * Infers from figures of the leaderboard alone whether a trader is active. Each sign that holds adds to the confidence as if the
 * signs were independent: 1 - (1 - a)(1 - b)…. `undefined` when nothing is known of the day.
 */
export function likelyActive(
  figures: DayFigures,
  config: SelectionConfig['likelyActive'],
): LikelyActive | undefined {
  const { dayRoi, dayPnl, dayVolume, accountValue } = figures;
  if (dayRoi === null && dayPnl === null && dayVolume === null) return undefined;
  const signs: { readonly because: string; readonly confidence: number }[] = [];
  if (dayVolume !== null && dayVolume > config.dayVolumeUsd) {
    signs.push({
      because: `day volume ${usd(dayVolume)} > ${usd(config.dayVolumeUsd)}`,
      confidence: config.confidence.dayVolume,
    });
  }
  if (dayPnl !== null && accountValue !== null && accountValue > 0) {
    const part = Math.abs(dayPnl) / accountValue;
    if (part > config.dayPnlShare) {
      signs.push({
        because: `|day PnL| / account value ${percent(part)} > ${percent(config.dayPnlShare)}`,
        confidence: config.confidence.dayPnl,
      });
    }
  }
  if (dayRoi !== null && Math.abs(dayRoi) > config.dayRoi) {
    signs.push({
      because: `|day ROI| ${percent(Math.abs(dayRoi))} > ${percent(config.dayRoi)}`,
      confidence: config.confidence.dayRoi,
    });
  }
  if (signs.length === 0) {
    return { likelyActive: false, reason: 'no return and no volume to speak of in a day', confidence: 0 };
  }
  const doubt = signs.reduce((left, { confidence }) => left * (1 - confidence), 1);
  return {
    likelyActive: true,
    reason: signs.map(({ because }) => because).join('; '),
    confidence: Math.round((1 - doubt) * 10_000) / 10_000,
  };
}

const usd = (value: number) => `${Math.round(value).toLocaleString('en-US')} USD`;
const percent = (value: number) => `${Number((value * 100).toPrecision(3))} %`;
