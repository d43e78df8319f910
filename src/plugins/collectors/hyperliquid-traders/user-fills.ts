import type { fill } from '../../../plugin-api/index.ts';
import { oldestFirst } from '../hyperliquid-messages/channels.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { decodeUserFill } from '../hyperliquid-messages/fills.ts';

/** What comes of a list of fills. */
export interface TakenFills {
  readonly drafts: readonly Collected<typeof fill>[];
  readonly rejected: readonly string[];
}

/** Decodes fills, oldest first, and leaves out those that happened before a time: what a snapshot tells of the past. */
export function takeFills(user: string, rows: readonly unknown[], from: number): TakenFills {
  const drafts: Collected<typeof fill>[] = [];
  const rejected: string[] = [];
  for (const row of oldestFirst(rows)) {
    const decoded = decodeUserFill(user, row);
    if (typeof decoded === 'string') rejected.push(decoded);
    else if (decoded.tsEvent >= from) drafts.push(decoded);
  }
  return { drafts, rejected };
}
