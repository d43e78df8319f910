import {
  marketState,
  optional,
  type SignalContext,
  traderScore,
  traderWeight,
  walletLeaderboard,
  walletOwner,
} from '../../../plugin-api/index.ts';
import type { WhaleAlertConfig } from './config.ts';

/** What tells a whale's size, an elite trader's score, whose account it is and a coin's price. */
export const whaleAlertInputs = {
  weight: optional(traderWeight),
  leaderboard: optional(walletLeaderboard),
  score: optional(traderScore),
  owner: optional(walletOwner),
  market: optional(marketState),
};

export type WhaleAlertContext = SignalContext<Readonly<WhaleAlertConfig>, 'coin', typeof whaleAlertInputs>;
