import type { CollectorContext, TimeRange } from '../../../plugin-api/index.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { decodeFundingRate } from '../hyperliquid-messages/markets.ts';

const hourMs = 3_600_000;
export const fundingEveryMs = 8 * hourMs;
/** Rates are written some time after the hour. */
const afterMs = 5 * 60_000;

/** When rates are asked for next: five minutes after each eighth hour. */
export function nextFundingTime(now: number): number {
  return (Math.floor((now - afterMs) / fundingEveryMs) + 1) * fundingEveryMs + afterMs;
}

/** The rates that were paid in a market within an interval, both ends included. */
export async function readFunding(
  ctx: Pick<CollectorContext<unknown>, 'reject'>,
  info: Pick<InfoClient, 'pages'>,
  coin: string,
  range: TimeRange,
): Promise<readonly Collected[]> {
  const drafts: Collected[] = [];
  for await (const page of info.pages('fundingHistory', { coin }, range, { priority: 'low' })) {
    for (const row of page) {
      const draft = decodeFundingRate(row);
      if (typeof draft === 'string') ctx.reject({ source: 'fundingHistory', reason: draft });
      else drafts.push(draft as unknown as Collected);
    }
  }
  return drafts;
}
