import type { InfoBody } from './info-types.ts';

/*
 * What requests cost within the exchange's limit of 1,200 a minute.
 */

const light = new Set([
  'l2Book',
  'allMids',
  'clearinghouseState',
  'orderStatus',
  'spotClearinghouseState',
  'exchangeStatus',
]);
const lightWeight = 2;
const usualWeight = 20;
const roleWeight = 60;

/** Requests whose answers cost one more for each so many rows. */
const rowsPerWeight: Readonly<Record<string, number>> = {
  recentTrades: 20,
  historicalOrders: 20,
  userFills: 20,
  userFillsByTime: 20,
  fundingHistory: 20,
  userFunding: 20,
  userNonFundingLedgerUpdates: 20,
  twapHistory: 20,
  userTwapSliceFills: 20,
  userTwapSliceFillsByTime: 20,
  delegatorHistory: 20,
  delegatorRewards: 20,
  validatorStats: 20,
  candleSnapshot: 60,
};

/** What asking costs. */
export function requestWeight({ type }: InfoBody): number {
  if (light.has(type)) return lightWeight;
  return type === 'userRole' ? roleWeight : usualWeight;
}

/** What an answer costs besides, for its rows. */
export function answerWeight({ type }: InfoBody, answer: unknown): number {
  const rows = Object.hasOwn(rowsPerWeight, type) ? rowsPerWeight[type] : undefined;
  return rows === undefined || !Array.isArray(answer) ? 0 : Math.ceil(answer.length / rows);
}
