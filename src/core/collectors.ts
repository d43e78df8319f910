import type { Clock } from './clock.ts';
import type { CollectorRun } from './collectors/collector-run.ts';
import { beatMs, createPace } from './collectors/pace.ts';
import type { ItemQueue } from './ingest/item-queue.ts';
import { mergeDeclared } from './ingest/merge.ts';
import {
  type AnyDraft,
  beatDraft,
  isAboutSource,
  type SourceItem,
  type Stamp,
} from './ingest/source-item.ts';

export interface CollectOptions {
  readonly runs: readonly CollectorRun[];
  readonly queue: ItemQueue;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How many times faster than it happened history passes; `Infinity` for as fast as possible. */
  readonly speed: number;
  /** `tsIngest` of the newest event that was admitted, in ms. */
  readonly tapeTime: () => number | undefined;
  /** Told once, when all history has been read and the live collectors begin. */
  readonly onLive?: () => void;
}

/**
 * Runs collectors into the queue until all of them have ended: first those that declare when their events were known, merged into
 * one history, then the live ones, by arrival. While live, a timer event closes each beat.
 */
export async function collect(options: CollectOptions): Promise<void> {
  const { runs, queue, clock, signal } = options;
  const declared = runs.filter(run => run.availability === 'declared');
  const live = runs.filter(run => run.availability === 'live');

  const push = (item: SourceItem): void => queue.pushNow(item);
  const pace = createPace({ speed: options.speed, clock, signal, push });
  const history = declared.map(run => ({ id: run.id, drafts: run.drafts() }));
  for await (const { source, drafts } of mergeDeclared(history)) {
    if (signal.aborted) break;
    if (Number.isFinite(options.speed)) {
      for (const draft of drafts) {
        if (draft.tsIngest !== undefined) await pace.until(draft.tsIngest);
        await queue.push(itemsOf(source, [draft], 'declared'));
      }
    } else {
      await queue.push(itemsOf(source, drafts, 'declared'));
    }
  }
  if (live.length === 0 || signal.aborted) return;

  options.onLive?.();
  const ended = new AbortController();
  const beats = beat({ ...options, signal: AbortSignal.any([signal, ended.signal]) });
  try {
    await Promise.all(
      live.map(async run => {
        for await (const drafts of run.drafts()) await queue.push(itemsOf(run.id, drafts, 'live'));
      }),
    );
  } finally {
    ended.abort();
    await beats;
  }
}

async function beat({ clock, signal, queue, tapeTime }: CollectOptions): Promise<void> {
  while (!signal.aborted) {
    const now = clock.now();
    const boundary = (Math.floor(now / beatMs) + 1) * beatMs;
    await clock.sleep(boundary - now, signal);
    // Note: the queue holds events from before the boundary; when it is long they are what the writer is busy with.
    if (!signal.aborted && (tapeTime() ?? 0) < boundary && queue.size < queue.capacity) {
      queue.pushNow({ source: 'core', draft: beatDraft(boundary), stamp: 'tape' });
    }
  }
}

function itemsOf(source: string, drafts: readonly AnyDraft[], stamp: Stamp): SourceItem[] {
  return drafts.map(draft => ({
    source,
    draft,
    // Note: a gap or a fault has no time of its own; in a history it stands where it was reported.
    stamp: stamp === 'declared' && isAboutSource(draft) ? 'tape' : stamp,
  }));
}
