import { type Change, type Direction, deltaOf, directionOf } from './change.ts';
import type { WhaleAlertConfig } from './config.ts';

/** When a whale changed its position in a direction last. */
export interface RecentChange {
  readonly owner: string;
  readonly trader: string;
  readonly direction: Direction;
  at: number;
}

/**
 * Takes a whale's change in and answers all whales, one for each owner, that changed the same way within the configured time,
 * this one first, then the latest.
 */
export function whalesTogether(
  recent: RecentChange[],
  change: Change,
  now: number,
  config: WhaleAlertConfig,
): readonly string[] {
  const direction = directionOf(deltaOf(change));
  const oldest = now - config.togetherWithinMs;
  let kept = 0;
  for (const item of recent) {
    const isThisOne = item.owner === change.owner && item.direction === direction;
    if (item.at >= oldest && !isThisOne) recent[kept++] = item;
  }
  recent.length = kept;
  recent.push({ owner: change.owner, trader: change.trader, direction, at: now });
  if (recent.length > config.maxRecent) recent.splice(0, recent.length - config.maxRecent);

  const traders: string[] = [];
  for (let index = recent.length - 1; index >= 0; index--) {
    if (recent[index]!.direction === direction) traders.push(recent[index]!.trader);
  }
  return traders;
}
