import { fill } from '../../../plugin-api/index.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { type FillDraft, tradeOfHalves } from '../hyperliquid-messages/fills.ts';
import { orderByStartPosition } from '../source-files/fill-order.ts';

/**
 * Puts the fills of one moment in the order that their start positions tell, and adds each trade of which both halves are
 * there, right after its second half. The result depends on these drafts alone.
 */
export function arrangeNodeFills(
  drafts: Collected[],
  options: { readonly orderByStartPosition: boolean; readonly trades: boolean },
): Collected[] {
  if (drafts.length < 2) return drafts;
  if (options.orderByStartPosition) orderByStartPosition(drafts);
  if (!options.trades) return drafts;
  const halves = new Map<number, FillDraft[]>();
  const arranged: Collected[] = [];
  for (const draft of drafts) {
    arranged.push(draft);
    if (!isFill(draft) || draft.payload.tradeId === null) continue;
    const waiting = halves.get(draft.payload.tradeId);
    if (waiting === undefined) {
      halves.set(draft.payload.tradeId, [draft]);
      continue;
    }
    // Note: trade ids are hashes, and unique only together with coin and time; so each one waiting is compared.
    const index = waiting.findIndex(half => tradeOfHalves(half, draft) !== undefined);
    const half = waiting[index];
    const trade = half === undefined ? undefined : tradeOfHalves(half, draft);
    if (trade === undefined) waiting.push(draft);
    else {
      waiting.splice(index, 1);
      arranged.push(trade as unknown as Collected);
    }
  }
  return arranged;
}

function isFill(draft: Collected): draft is FillDraft {
  return (draft.ref as unknown) === fill;
}
