import {
  marketState,
  optional,
  type SignalContext,
  traderScore,
  traderWeight,
  walletLeaderboard,
} from '../../../plugin-api/index.ts';
import type { WhaleAlertConfig } from './config.ts';

/** What tells a whale's size, an elite trader's score and a coin's price. */
export const whaleAlertInputs = {
  weight: optional(traderWeight),
  leaderboard: optional(walletLeaderboard),
  score: optional(traderScore),
  market: optional(marketState),
};

export type WhaleAlertContext = SignalContext<Readonly<WhaleAlertConfig>, 'coin', typeof whaleAlertInputs>;
