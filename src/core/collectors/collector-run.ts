import type { CollectorPlugin, Logger, Progress } from '../../plugin-api/index.ts';
import type { Clock } from '../clock.ts';
import { UserError } from '../errors.ts';
import { type AnyDraft, faultDraft, gapDraft, outageDraft } from '../ingest/source-item.ts';
import { pluginSeed, randomAt } from '../random.ts';
import { type BackOff, backOffMs, isRetryable } from './back-off.ts';
import { type CollectorServices, createCollectorContext } from './collector-context.ts';
import { createGapList, type GapList } from './gap-list.ts';
import { createHttp } from './limited-fetch.ts';
import { linkAbort } from './linked-abort.ts';

export type CollectorState =
  | 'planned'
  | 'starting'
  | 'running'
  | 'degraded'
  | 'paused'
  | 'stopped'
  | 'failed';

export interface CollectorStatus {
  readonly state: CollectorState;
  /** Why it is degraded, stopped or failed. */
  readonly reason: string | undefined;
  readonly faults: number;
  readonly progress: Progress | undefined;
  /** Input that the collector reported as unreadable. */
  readonly rejected: number;
  /** The first of these, as sentences. */
  readonly examples: readonly string[];
}

/** One collector at work: begun again after failures, stopped by its signal. */
export interface CollectorRun {
  readonly id: string;
  readonly plugin: CollectorPlugin;
  readonly availability: 'live' | 'declared';
  readonly status: CollectorStatus;
  /** Its drafts and the gaps it reports, in order. Ends when the collector is done, fails or is stopped. */
  drafts(): AsyncGenerator<readonly AnyDraft[]>;
  pause(): void;
  resume(): void;
}

export interface CollectorRunOptions extends CollectorServices {
  readonly plugin: CollectorPlugin;
  readonly config: unknown;
  readonly cursor: string | undefined;
  readonly required: boolean;
  readonly seed: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly secret: (name: string) => string | undefined;
  /** Of a live collector that ran before: since when events may be missing that were not fetched since, in ms. */
  readonly outageSince: number | undefined;
  readonly timeoutMs?: number;
  readonly requestsPerMinute?: number;
  readonly backOff?: BackOff;
  /** How long a collector may take to stop. Default 1 s. */
  readonly stopWithinMs?: number;
  readonly onProgress?: (progress: Progress) => void;
}

/** A declared source that failed this often in a row is given up. */
const mostAttempts = 8;
/** A shorter interruption is not an outage. */
const shortestOutageMs = 2_000;
const keepExamples = 10;

export function createCollectorRun(options: CollectorRunOptions): CollectorRun {
  const { plugin, clock, log, signal } = options;
  const backOff = options.backOff ?? { firstMs: 500, longestMs: 60_000 };
  const stopWithinMs = options.stopWithinMs ?? 1_000;
  const availability = plugin.availability ?? 'live';
  const seed = pluginSeed(options.seed, plugin.id);
  const emitted = new Set<string>(plugin.emits.map((ref: { id: string }) => ref.id));
  const examples: string[] = [];
  let draws = 0;
  const random = (): number => randomAt(seed, 0, draws++);
  let state: CollectorState = 'planned';
  let reason: string | undefined;
  let faults = 0;
  let rejected = 0;
  let progress: Progress | undefined;
  let { cursor } = options;
  /** Of the last draft that it brought. */
  let lastTsEvent: number | undefined;
  /** Up to when everything was fetched after an outage. */
  let recoveredUntil: number | undefined;
  let pausing: { readonly ended: Promise<void>; end(): void } | undefined;

  const reject = (source: string, line: number | undefined, why: string): void => {
    rejected++;
    const sentence = `${source}${line === undefined ? '' : `:${line}`}: ${why}`;
    if (examples.length < keepExamples) {
      examples.push(sentence);
      log.warn('input was skipped', { source, line, reason: why });
    }
  };
  const config = options.config as Readonly<Record<string, never>>;
  const makeContext = (gaps: GapList, attempt: AbortSignal) =>
    createCollectorContext({
      ...{ clock, config, log, random, signal, attempt, cursor },
      plugin: plugin.id,
      budgets: options.budgets,
      works: options.works,
      tracked: options.tracked,
      followers: options.followers,
      positionsOf: options.positionsOf,
      http: createHttp({
        clock,
        signal,
        timeoutMs: options.timeoutMs ?? 10_000,
        requestsPerMinute: options.requestsPerMinute ?? 600,
      }),
      secret: options.secret,
      progress(value) {
        progress = value;
        options.onProgress?.(value);
      },
      reject: ({ source, line, reason: why }) => reject(source, line, why),
      gap: report => gaps.add(report),
    });

  /** Only what the collector said it would emit passes. */
  const checked = (value: unknown): readonly AnyDraft[] => {
    const drafts = (Array.isArray(value) ? value : [value]) as readonly AnyDraft[];
    const last = drafts.findLast(draft => typeof draft?.cursor === 'string');
    if (last?.cursor !== undefined) cursor = last.cursor;
    lastTsEvent = drafts.at(-1)?.tsEvent ?? lastTsEvent;
    if (drafts.every(draft => emitted.has(draft?.ref?.id))) return drafts;
    return drafts.filter(draft => {
      const fits = emitted.has(draft?.ref?.id);
      if (!fits) reject(plugin.id, undefined, `a draft of ${draft?.ref?.id}, which is not in its \`emits\``);
      return fits;
    });
  };

  async function whilePaused(): Promise<void> {
    while (pausing !== undefined && !signal.aborted) {
      state = 'paused';
      await Promise.race([pausing.ended, aborted(signal)]);
    }
  }

  async function* pull(iterable: AsyncIterable<unknown>, gaps: GapList): AsyncGenerator<readonly AnyDraft[]> {
    const iterator = iterable[Symbol.asyncIterator]();
    const reported = (): AnyDraft[] => gaps.take().map(report => gapDraft(report, plugin.id));
    try {
      for (;;) {
        await whilePaused();
        if (signal.aborted) return;
        const next = nextUntilAborted(iterator, { signal, clock, stopWithinMs });
        next.catch(() => undefined);
        // Note: a gap is told at once, for while there is one there may be nothing else to tell.
        while ((await gaps.race(next)) === 'gap') yield reported();
        const result = await next;
        if (result === 'stuck') {
          reason = `did not stop within ${stopWithinMs} ms`;
          log.error('the collector did not stop in time and was left behind', { stopWithinMs });
          return;
        }
        if (result.done) return;
        // Note: it may have been paused while it waited; what it has then brought is held back, not lost.
        await whilePaused();
        state = 'running';
        reason = undefined;
        yield checked(result.value);
      }
    } finally {
      // Note: not awaited, since a generator that waits for its next value does not return before that comes.
      iterator.return?.().catch(() => undefined);
    }
  }

  async function* recoverOutage(since: number, why: string): AsyncGenerator<readonly AnyDraft[]> {
    const range = { from: since, to: clock.now() };
    if (range.to - range.from < shortestOutageMs) return;
    const mark = (healed: boolean): AnyDraft[] =>
      [...emitted].map(stream => outageDraft({ stream, ...range, reason: why, healed }, plugin.id));
    yield mark(false);
    if (plugin.backfill === undefined) return;
    const gaps = createGapList();
    const cursorBefore = cursor;
    const attempt = linkAbort(signal);
    try {
      for await (const drafts of pull(plugin.backfill(makeContext(gaps, attempt.signal), range), gaps)) {
        // Note: where a backfill stands is not where the collector goes on.
        yield drafts.map(({ cursor: _, ...draft }) => draft);
      }
    } finally {
      attempt.abort();
      cursor = cursorBefore;
    }
    if (signal.aborted) return;
    recoveredUntil = range.to;
    yield mark(true);
  }

  async function* drafts(): AsyncGenerator<readonly AnyDraft[]> {
    let attempt = 0;
    let outage: { since: number; why: string } | undefined =
      availability === 'live' && options.outageSince !== undefined
        ? { since: options.outageSince, why: 'not running' }
        : undefined;
    let lastArrival: number | undefined;
    while (!signal.aborted) {
      state = 'starting';
      const link = linkAbort(signal);
      try {
        if (outage !== undefined) yield* recoverOutage(outage.since, outage.why);
        outage = undefined;
        const gaps = createGapList();
        for await (const chunk of pull(plugin.collect(makeContext(gaps, link.signal)), gaps)) {
          attempt = 0;
          lastArrival = clock.now();
          yield chunk;
        }
        break;
      } catch (error) {
        if (signal.aborted) break;
        faults++;
        attempt++;
        reason = error instanceof Error ? error.message : String(error);
        // Note: a history that failed before its first event has no place on the tape yet; the log and its state say so.
        const at = availability === 'live' ? clock.now() : lastTsEvent;
        if (at !== undefined) yield [faultDraft(error, plugin.id, { at, count: faults })];
        const again =
          availability === 'live'
            ? !(error instanceof UserError)
            : isRetryable(error) && attempt < mostAttempts;
        if (!again) {
          state = 'failed';
          log.error('the collector failed', { error, attempt });
          if (options.required) {
            throw new UserError(
              'COLLECTOR_REQUIRED_FAILED',
              `Expected the required collector ${plugin.id} to run, found that it failed: ${reason} ` +
                'Remove what it says, or make the collector optional (plugins.<id>.required: false).',
              { cause: error },
            );
          }
          return;
        }
        state = 'degraded';
        const waitMs = backOffMs(attempt, backOff, random);
        log.warn('the collector failed and is begun again', { error, attempt, waitMs });
        await clock.sleep(waitMs, signal);
        const since = Math.max(lastArrival ?? -1, recoveredUntil ?? options.outageSince ?? -1);
        if (availability === 'live' && since >= 0) outage = { since, why: `failed: ${reason}` };
      } finally {
        // Note: what listened for it listens no more; the next attempt begins anew.
        link.abort();
      }
    }
    state = 'stopped';
  }

  return {
    id: plugin.id,
    plugin,
    availability,
    get status() {
      return { state, reason, faults, progress, rejected, examples };
    },
    drafts,
    pause() {
      if (pausing !== undefined) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      pausing = { ended: promise, end: resolve };
    },
    resume() {
      pausing?.end();
      pausing = undefined;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function nextUntilAborted(
  iterator: AsyncIterator<unknown>,
  { signal, clock, stopWithinMs }: { signal: AbortSignal; clock: Clock; stopWithinMs: number },
): Promise<IteratorResult<unknown> | 'stuck'> {
  const next = iterator.next();
  next.catch(() => undefined);
  const end = new AbortController();
  const onAbort = (): void => release.resolve();
  const release = Promise.withResolvers<void>();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) release.resolve();
  try {
    const first = await Promise.race([next, release.promise]);
    if (first !== undefined) return first;
    const late = clock.sleep(stopWithinMs, end.signal).then(() => 'stuck' as const);
    return await Promise.race([next, late]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    end.abort();
  }
}
