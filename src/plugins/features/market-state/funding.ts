import * as at from './slots.ts';
import { bestPrice } from './state.ts';

const hourMs = 3_600_000;

/**
 * Takes in a funding rate. The first rate told in an hour is the one that falls due at the hour's beginning; it enters the
 * index times the oracle price, or the best known price where no fresh oracle price is known.
 */
export function takeFunding(n: number[], rate: number, time: number, staleAfterMs: number): void {
  n[at.fundingRate] = rate;
  const hour = Math.floor(time / hourMs);
  if (hour <= n[at.fundingHour]!) return;
  const oracleFresh = n[at.oracleTime]! >= n[at.now]! - staleAfterMs;
  const price = oracleFresh ? n[at.oracle]! : bestPrice(n, staleAfterMs);
  n[at.fundingHour] = hour;
  if (Number.isNaN(n[at.fundingIndex]!)) n[at.fundingIndex] = 0;
  if (price > 0) n[at.fundingIndex]! += rate * price;
}
