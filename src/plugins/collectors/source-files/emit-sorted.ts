import type { CollectorContext, Draft, EventRef } from '../../../plugin-api/index.ts';
import { asDrafts, type Collected } from '../hyperliquid-messages/collected.ts';
import type { Row } from './sorted-rows.ts';
import { cursorOf, sourceTag, unreadableCursor } from './source-config.ts';

/**
 * Where a sorted source goes on: after `count` drafts of time `time`. It holds as long as the source's files hold the same
 * rows of that time.
 */
export interface TimeCursor {
  readonly time: number;
  readonly count: number;
}

export const sourceStart: TimeCursor = { time: Number.NEGATIVE_INFINITY, count: 0 };

export function readTimeCursor(cursor: string | undefined, path: string): TimeCursor {
  const text = cursorOf(cursor, sourceTag(path));
  if (text === undefined) return sourceStart;
  const [time, count] = text.split(':').map(Number);
  if (!Number.isSafeInteger(time) || !Number.isSafeInteger(count)) throw unreadableCursor(text);
  return { time: time as number, count: count as number };
}

/** Gives each draft, in order, the cursor to go on after it, and leaves out what the cursor of the last run covers. */
export function timeCursors(path: string, from: TimeCursor): (draft: Collected, time: number) => boolean {
  const tag = sourceTag(path);
  let present = from.time;
  let count = 0;
  return (draft, time) => {
    if (time !== present) {
      present = time;
      count = 0;
    }
    count += 1;
    draft.cursor = `${tag}|${time}:${count}`;
    return time > from.time || (time === from.time && count > from.count);
  };
}

/** At most this many rows of one time are put in order together. */
const largestGroup = 10_000;

/**
 * Decodes sorted rows whose time is their `tsIngest`, and gives them away in batches. Rows at or after the cursor's time must
 * all be there; what it covers is left out.
 */
export async function* emitSorted<R extends EventRef>(
  ctx: Pick<CollectorContext<unknown>, 'progress' | 'signal'>,
  rows: AsyncIterable<readonly Row[]>,
  options: {
    readonly path: string;
    readonly from: TimeCursor;
    readonly total: () => number;
    readonly decode: (row: Row) => Collected | undefined;
    /** Puts the drafts of one time in order. */
    readonly arrange?: (drafts: Collected[]) => void;
  },
): AsyncGenerator<readonly Draft<R>[]> {
  const stamp = timeCursors(options.path, options.from);
  let group: Collected[] = [];
  let groupTime = Number.NEGATIVE_INFINITY;
  let ready: Collected[] = [];
  let done = 0;
  const closeGroup = () => {
    if (group.length > 1) options.arrange?.(group);
    for (const draft of group) {
      draft.tsIngest = groupTime;
      if (stamp(draft, groupTime)) ready.push(draft);
    }
    group = [];
  };
  for await (const batch of rows) {
    for (const row of batch) {
      if (row.time !== groupTime || group.length >= largestGroup) {
        closeGroup();
        groupTime = row.time;
      }
      const draft = options.decode(row);
      if (draft !== undefined) group.push(draft);
    }
    done += batch.length;
    if (ready.length > 0) {
      yield asDrafts<R>(ready);
      ready = [];
    }
    ctx.progress({ source: options.path, done, total: options.total(), unit: 'rows' });
  }
  // Note: when reading was broken off, the last group may lack rows, and its cursors would be wrong.
  if (ctx.signal.aborted) return;
  closeGroup();
  if (ready.length > 0) yield asDrafts<R>(ready);
}
