import * as z from 'zod';
import { defineFeature, leaderboard, toNumber, walletLeaderboard } from '../../../plugin-api/index.ts';

/** One line of the exchange's leaderboard, as numbers. */
interface LeaderboardLine {
  asOf: number;
  displayName: string | null;
  accountValue: number;
  dayPnl: number;
  dayRoi: number;
  dayVolume: number;
  weekPnl: number;
  weekRoi: number;
  weekVolume: number;
  monthPnl: number;
  monthRoi: number;
  monthVolume: number;
  allPnl: number;
  allRoi: number;
  allVolume: number;
}

/**
 * Keeps the last line that the exchange's leaderboard gave for each wallet, so that models can read it.
 * A line older than the one held is ignored, whatever order they arrive in.
 */
export const leaderboardView = defineFeature({
  id: 'leaderboard-view',
  version: '1.0.0',
  api: '^1.0.0',
  doc: "Keeps the last line of the exchange's leaderboard for each wallet.",
  config: z.strictObject({}),
  on: [leaderboard],
  output: walletLeaderboard,
  key: event => event.payload.user,
  initial: (): { line: LeaderboardLine | undefined } => ({ line: undefined }),
  update(state, event) {
    if (state.line !== undefined && event.tsEvent < state.line.asOf) return;
    const told = event.payload;
    state.line = {
      asOf: event.tsEvent,
      displayName: told.displayName,
      accountValue: toNumber(told.accountValue),
      dayPnl: toNumber(told.dayPnl),
      dayRoi: toNumber(told.dayRoi),
      dayVolume: toNumber(told.dayVolume),
      weekPnl: toNumber(told.weekPnl),
      weekRoi: toNumber(told.weekRoi),
      weekVolume: toNumber(told.weekVolume),
      monthPnl: toNumber(told.monthPnl),
      monthRoi: toNumber(told.monthRoi),
      monthVolume: toNumber(told.monthVolume),
      allPnl: toNumber(told.allPnl),
      allRoi: toNumber(told.allRoi),
      allVolume: toNumber(told.allVolume),
    };
  },
  value: state => (state.line === undefined ? undefined : { ...state.line }),
  // Note: the exchange tells the whole list every few minutes; one day covers a source that tells it daily.
  warmup: '1d',
});
