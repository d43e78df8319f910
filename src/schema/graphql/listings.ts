/*
 * What can be listed: the order of each list, and what each of its arguments means in SQL.
 */

export * from './listings/events.ts';
export * from './listings/market.ts';
export * from './listings/records.ts';
export * from './listings/selection.ts';
export * from './listings/wallets.ts';
