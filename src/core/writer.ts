import type { Logger } from '../plugin-api/index.ts';
import type { Clock } from './clock.ts';
import { backOffMs, isRetryable } from './collectors/back-off.ts';
import type { OutputBatch, TapeEvent } from './event.ts';
import type { SnapshotHeader, Snapshots, UnfinishedSnapshot } from './snapshots.ts';
import { noteCursors } from './tape/cursors.ts';
import type { Tape } from './tape/tape.ts';

/** The part of the store that the writer needs. */
export interface BatchStore {
  write(
    batch: OutputBatch,
    meta: { readonly run: string; readonly cursors: ReadonlyMap<string, string> },
  ): Promise<void>;
  checkpoint(): Promise<number>;
}

/** The part of the pipeline that the writer needs. */
export interface BatchPipeline {
  process(events: readonly TapeEvent[]): OutputBatch | Promise<OutputBatch>;
}

/** Stages of a batch, for measuring. */
export type Stage = 'tape' | 'pipeline' | 'store' | 'feed' | 'snapshot';

export interface WriterOptions {
  readonly tape: Tape;
  readonly pipeline: BatchPipeline;
  readonly store: BatchStore;
  /** Called with each batch after it is committed. */
  readonly publish: (batch: OutputBatch) => void | Promise<void>;
  readonly run: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends waiting for a store that is gone. */
  readonly signal: AbortSignal;
  readonly snapshots?: SnapshotPolicy | undefined;
  readonly onStage?: (stage: Stage, ms: number) => void;
  readonly onBatch?: (batch: OutputBatch) => void;
  /** Told when a batch could not be stored or published; the next call rejects with the same error. */
  readonly onFailure?: (error: unknown) => void;
}

export interface SnapshotPolicy {
  readonly snapshots: Snapshots;
  /** The state as it stands, in parts; it stands still while they are written. */
  readonly state: () => Iterable<unknown>;
  readonly configHash: string;
  readonly everyEvents: number;
  readonly everyMs: number;
}

/** Where the store stands, for health. */
export interface StoreHealth {
  readonly available: boolean;
  readonly reason: string | undefined;
}

/**
 * The one writer: batch by batch to the tape, through the pipeline, into the store, out to the feed. While a batch is being
 * stored the next one is computed; a later batch is never stored before an earlier one.
 */
export interface Writer {
  /** Resolves when the batch is on the tape and computed, and the one before it is stored. */
  commit(events: readonly TapeEvent[], how?: CommitOptions): Promise<void>;
  /** Resolves when everything is stored. */
  flush(): Promise<void>;
  /** Before the first commit: what the store has already, and after which event the pipeline stands, of which there is a snapshot. */
  startAt(at: { readonly checkpoint: number; readonly pipelineSeq: number }): void;
  /** Takes a snapshot now, unless there is one of this place already. */
  snapshot(): Promise<void>;
  /** Seq of the last event whose outputs are committed. */
  readonly committedSeq: number;
  readonly storeHealth: StoreHealth;
}

export interface CommitOptions {
  /** False for events that are on the tape already. Default true. */
  readonly append?: boolean;
  /** False for events whose outputs are stored already. Default true. */
  readonly store?: boolean;
}

interface TakenSnapshot {
  readonly header: SnapshotHeader;
  readonly written: UnfinishedSnapshot;
}

/** Events between looks at what of a tape without snapshots has expired. */
const retainEvery = 10_000;
const storeBackOff = { firstMs: 100, longestMs: 5_000 };

export function createWriter(options: WriterOptions): Writer {
  const { tape, pipeline, store, clock, log, signal, snapshots: policy } = options;
  const onStage = options.onStage ?? (() => undefined);
  let storing: Promise<void> = Promise.resolve();
  let saving: Promise<void> = Promise.resolve();
  let isSaving = false;
  let committedSeq = 0;
  let processedSeq = 0;
  let retainedSeq = 0;
  let last: SnapshotHeader | undefined;
  let snapshotSeq = 0;
  let snapshotAt = clock.now();
  let health: StoreHealth = { available: true, reason: undefined };

  async function timed<T>(stage: Stage, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      onStage(stage, performance.now() - start);
    }
  }

  /** Stores a batch, waiting for a store that is gone for as long as it takes. */
  async function storeBatch(batch: OutputBatch): Promise<void> {
    const cursors = new Map<string, string>();
    for (const event of batch.events) noteCursors(cursors, event);
    for (let attempt = 1; ; attempt++) {
      try {
        // Note: when the connection is lost during a commit, nobody says whether it was done.
        if (attempt > 1 && (await store.checkpoint()) >= batch.toSeq) break;
        await store.write(batch, { run: options.run, cursors });
        break;
      } catch (error) {
        if (!isRetryable(error) || signal.aborted) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        health = { available: false, reason };
        const waitMs = backOffMs(attempt, storeBackOff, () => 1);
        log.warn('the store did not take a batch; it is tried again', { error, attempt, waitMs });
        await clock.sleep(waitMs, signal);
      }
    }
    if (!health.available) log.info('the store is back', { seq: batch.toSeq });
    health = { available: true, reason: undefined };
    committedSeq = batch.toSeq;
  }

  async function takeDue(header: SnapshotHeader): Promise<TakenSnapshot | undefined> {
    if (policy === undefined || isSaving) return undefined;
    const due = header.seq - snapshotSeq >= policy.everyEvents || clock.now() - snapshotAt >= policy.everyMs;
    return due ? take(header) : undefined;
  }

  /**
   * Takes the state; the next batch waits, so that nothing changes meanwhile. It is written beside the work, but for what is too
   * much to be held: there are two gigabytes of it when there are a million wallets.
   */
  async function take(header: SnapshotHeader): Promise<TakenSnapshot | undefined> {
    isSaving = true;
    snapshotSeq = header.seq;
    snapshotAt = clock.now();
    try {
      return {
        header,
        written: await timed('snapshot', () => policy!.snapshots.write(header, policy!.state())),
      };
    } catch (error) {
      // Note: a snapshot only shortens the next start; the tape has everything that it holds.
      log.error('the snapshot could not be written', { error, seq: header.seq });
      isSaving = false;
      return undefined;
    }
  }

  /** Makes what was written a snapshot, beside the work, and lets go of what no snapshot needs any more. */
  function finish({ header, written }: TakenSnapshot): void {
    const { snapshots, configHash } = policy!;
    saving = (async () => {
      try {
        const bytes = await written.finish();
        log.debug('snapshot taken', { seq: header.seq, bytes });
        const [oldest] = await snapshots.list(configHash);
        const dropped = await tape.retain({ now: header.tapeTime, keepFromSeq: (oldest ?? 0) + 1 });
        if (dropped.segments > 0) log.info('tape segments expired', { ...dropped });
        await snapshots.expire({ configHash, firstSeq: tape.firstSeq });
      } catch (error) {
        log.error('the snapshot could not be kept', { error, seq: header.seq });
      } finally {
        isSaving = false;
      }
    })();
  }

  return {
    get committedSeq() {
      return committedSeq;
    },
    get storeHealth() {
      return health;
    },
    async commit(events, { append = true, store: stored = true } = {}) {
      if (events.length === 0) return;
      const appended = append ? timed('tape', () => tape.append(events)) : Promise.resolve();
      appended.catch(() => undefined);
      const computed = await timed('pipeline', () => pipeline.process(events));
      await appended;
      // Note: a damaged segment that was skipped leaves a hole in the numbers; its gap event stands for all of them.
      const batch = processedSeq === 0 ? computed : { ...computed, fromSeq: processedSeq + 1 };
      processedSeq = batch.toSeq;
      const newest = events.at(-1)!;
      last = {
        seq: newest.seq,
        tapeTime: newest.tsIngest,
        configHash: policy?.configHash ?? '',
        tape: tape.id,
      };
      const taken = stored ? await takeDue(last) : undefined;
      await storing;
      if (!stored) {
        committedSeq = batch.toSeq;
        return;
      }
      storing = (async () => {
        await timed('store', () => storeBatch(batch));
        options.onBatch?.(batch);
        await timed('feed', () => options.publish(batch));
        // Note: only now, so that a snapshot is never ahead of the store.
        if (taken !== undefined) finish(taken);
        // Without snapshots nothing is read again: a tape in memory would only grow.
        else if (policy === undefined && batch.toSeq - retainedSeq >= retainEvery) {
          retainedSeq = batch.toSeq;
          await tape.retain({ now: batch.now, keepFromSeq: batch.toSeq + 1 });
        }
      })();
      storing.catch(error => options.onFailure?.(error));
    },
    startAt({ checkpoint, pipelineSeq }) {
      committedSeq = checkpoint;
      processedSeq = pipelineSeq;
      snapshotSeq = pipelineSeq;
    },
    async flush() {
      await storing;
      await saving;
    },
    async snapshot() {
      await storing;
      await saving;
      if (policy === undefined || last === undefined || last.seq <= snapshotSeq) return;
      if (last.seq !== committedSeq) return;
      const taken = await take(last);
      if (taken !== undefined) finish(taken);
      await saving;
    },
  };
}
