export * from './events.ts';
export * from './latest.ts';
export * from './leaderboard.ts';
export * from './operation.ts';
export * from './outputs.ts';
export * from './positions.ts';
export * from './selection.ts';
export * from './traders.ts';
