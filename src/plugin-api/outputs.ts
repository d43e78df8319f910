/*
 * The standard rows: what the platform's own tables, leaderboard and GraphQL types read. The built-in plugins provide them; a
 * stranger's plugin may provide one of them instead.
 */

export { marketRegime, marketRegimes, marketState, walletRegime } from './outputs/market.ts';
export { type Window, walletLeaderboard, walletPerformance, windows } from './outputs/performance.ts';
export { type PositionAction, positionActions, walletPosition } from './outputs/positions.ts';
export { smartMoneyBias, whaleAlert } from './outputs/signals.ts';
export {
  sizeTiers,
  tags,
  trackingTiers,
  traderScore,
  traderTier,
  traderWeight,
  walletCategories,
  walletOwner,
  walletScores,
} from './outputs/traders.ts';
export { walletFeatures } from './outputs/wallet-features.ts';
