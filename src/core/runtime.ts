import { setTimeout as wait } from 'node:timers/promises';
import type { HeldPosition, Progress } from '../plugin-api/index.ts';
import { command as commandRef, timer } from '../plugin-api/index.ts';
import type { Clock } from './clock.ts';
import type { CollectorRun } from './collectors/collector-run.ts';
import type { Followers } from './collectors/followers.ts';
import { beatMs } from './collectors/pace.ts';
import type { RepeatedWorks } from './collectors/repeated-work.ts';
import type { RequestBudgets } from './collectors/request-budget.ts';
import type { TrackedSet } from './collectors/tracked-set.ts';
import { collect } from './collectors.ts';
import type { Config } from './config.ts';
import type { OutputBatch, TapeEvent } from './event.ts';
import { eventRefsOf } from './event-refs.ts';
import { createDedupeWindow } from './ingest/dedupe-window.ts';
import { createItemQueue } from './ingest/item-queue.ts';
import { beatDraft, type Command, type CommandName, outageOf } from './ingest/source-item.ts';
import { createIngest, type Ingest, type SourceCounts } from './ingest.ts';
import type { AppLogger } from './log.ts';
import type { Pipeline } from './pipeline.ts';
import type { Plan } from './plan.ts';
import { type Recovery, type RowsOfStore, recover } from './recovery.ts';
import { checkRequired, collectorRuns, type PluginScope } from './runtime/collector-runs.ts';
import { createCommands } from './runtime/commands.ts';
import { followedTracking } from './runtime/followed-tracking.ts';
import { createOutages } from './runtime/outages.ts';
import { createSnapshotState } from './runtime/snapshot-state.ts';
import type { Snapshots } from './snapshots.ts';
import type { TapeOfStore } from './store/tape-of-store.ts';
import type { StoredTracking } from './store/tracking.ts';
import type { Tape } from './tape/tape.ts';
import { type BatchStore, createWriter, type Stage, type StoreHealth } from './writer.ts';

export interface RuntimeOptions {
  readonly plan: Plan;
  readonly tape: Tape;
  readonly store: BatchStore;
  /** Which tape the database belongs to. */
  readonly tapeOfStore: TapeOfStore;
  /** The latest rows that the database holds. */
  readonly rowsOfStore: RowsOfStore;
  readonly pipeline: Pipeline;
  readonly snapshots: Snapshots | undefined;
  readonly clock: Clock;
  readonly log: AppLogger;
  readonly config: Pick<Config, 'ingest' | 'snapshots' | 'seed' | 'tape'>;
  /** Changes when what is computed changes; a snapshot of another one is not used. */
  readonly analysisHash: string;
  /** Id of the run that outputs point at. */
  readonly run: string;
  /** What each plugin has of its own, by plugin id. */
  readonly scopes: ReadonlyMap<string, PluginScope>;
  readonly budgets: RequestBudgets;
  readonly works: Pick<RepeatedWorks, 'begin'>;
  readonly tracked: TrackedSet;
  /** What the database says of the wallets that somebody decided about. */
  readonly decidedTraders: () => Promise<Iterable<StoredTracking>>;
  readonly followers: Followers;
  /** The open positions of a wallet that the database holds. */
  readonly positionsOf: (address: string) => Promise<readonly HeldPosition[]>;
  readonly publish: (batch: OutputBatch) => void | Promise<void>;
  readonly onStage?: (stage: Stage, ms: number) => void;
  readonly onBatch?: (batch: OutputBatch) => void;
  readonly onProgress?: (progress: Progress & { readonly plugin: string }) => void;
}

export type RuntimePhase = 'planned' | 'recovering' | 'history' | 'live' | 'idle' | 'stopped' | 'failed';

/** The way of an event from its collector to the feed, as one thing that starts and stops. */
export interface Runtime {
  /** Brings pipeline and store to the tape's end. */
  recover(): Promise<Recovery>;
  /**
   * Starts the collectors. Resolves when all history has been read and committed and no live collector runs; rejects when the
   * writer has to halt.
   */
  run(): Promise<void>;
  /** Asks everything to end at its next step. */
  interrupt(): void;
  /** Stops collectors, commits what they brought, takes a snapshot. */
  stop(): Promise<void>;
  /** Puts acts on the tape, in their order; resolves when the results of all are committed. */
  act(commands: readonly Command[]): Promise<void>;
  readonly phase: RuntimePhase;
  readonly collectors: readonly CollectorRun[];
  readonly sources: ReadonlyMap<string, SourceCounts>;
  readonly queueDepth: number;
  /** Events that ingest remembers, so that it knows them when they come again. */
  readonly rememberedEvents: number;
  /** Seq of the newest event on the tape. */
  readonly lastSeq: number;
  readonly committedSeq: number;
  /** `tsIngest` of the newest event in ms. */
  readonly tapeTime: number | undefined;
  readonly storeHealth: StoreHealth;
  /** Why the writer halted. */
  readonly failure: unknown;
}

export function createRuntime(options: RuntimeOptions): Runtime {
  const { plan, tape, store, pipeline, clock, log, config } = options;
  const refs = eventRefsOf(plan);
  const window = createDedupeWindow({
    minimumKeys: config.ingest.dedupeKeys,
    minimumSpanMs: config.ingest.dedupeMinutes * 60_000,
  });
  const ingest: Ingest = createIngest({
    refs,
    clock,
    log,
    window,
    lastSeq: tape.lastSeq,
    tapeTime: tape.lastTsIngest,
  });
  const queue = createItemQueue(config.ingest.queueEvents);
  const stopping = new AbortController();
  const abandon = new AbortController();
  const outages = createOutages(ingest);
  const pausedCollectors = new Set<string>();
  let lastEvent: TapeEvent | undefined;
  let phase: RuntimePhase = 'planned';
  let failure: unknown;
  let running: Promise<void> | undefined;
  let collectors: CollectorRun[] = [];
  const commands = createCommands({
    ...{ queue, clock, signal: stopping.signal },
    phase: () => phase,
    tapeTime: () => ingest.tapeTime,
  });
  let followTracking: ((batch: OutputBatch) => void) | undefined;
  const snapshotState = createSnapshotState({ window, ingest, outages, pausedCollectors, pipeline });

  const writer = createWriter({
    tape,
    pipeline,
    store,
    run: options.run,
    clock,
    log,
    signal: abandon.signal,
    publish: options.publish,
    ...(options.onStage && { onStage: options.onStage }),
    onBatch(batch) {
      options.onBatch?.(batch);
      followTracking?.(batch);
      options.followers.tell(batch.events);
      commands.committed(batch);
    },
    // Note: otherwise a failure would be noticed only with the next batch, which may never come.
    onFailure: () => queue.close(),
    snapshots: options.snapshots && {
      snapshots: options.snapshots,
      state: snapshotState.save,
      configHash: options.analysisHash,
      everyEvents: config.snapshots.everyEvents,
      everyMs: config.snapshots.everySeconds * 1_000,
    },
  });

  const fail = (error: unknown): void => {
    if (failure !== undefined) return;
    phase = 'failed';
    failure = error;
    stopping.abort();
    queue.close();
    log.error('the writer has halted', { error });
  };

  /** Notes what the core itself needs to know of an event. */
  const note = (event: TapeEvent): void => {
    lastEvent = event;
    const outage = outageOf(event);
    if (outage !== undefined) outages.note(event.source, outage);
    if (event.type !== commandRef.id) return;
    const { name, target } = event.payload as { name: CommandName; target: string };
    const collector = collectors.find(({ id }) => id === target);
    if (name === 'pause-plugin' && plan.collectors.some(({ plugin }) => plugin.id === target)) {
      pausedCollectors.add(target);
      collector?.pause();
    }
    if (name === 'resume-plugin') {
      pausedCollectors.delete(target);
      collector?.resume();
    }
  };

  async function write(): Promise<void> {
    const { batchEvents, lingerMs } = config.ingest;
    for (;;) {
      const items = await queue.take({ max: batchEvents, lingerMs: phase === 'live' ? lingerMs : 0 });
      if (items === undefined) break;
      const events = ingest.admit(items);
      for (const event of events) note(event);
      await writer.commit(events);
    }
    await writer.flush();
  }

  /** Closes the last beats of a history, and grants the wakes of the second after its last event. Once. */
  function endHistory(): void {
    if (lastEvent === undefined || lastEvent.type === timer.id) return;
    const at = (Math.floor(lastEvent.tsIngest / beatMs) + 2) * beatMs;
    queue.pushNow({ source: 'core', draft: beatDraft(at), stamp: 'tape' });
  }

  async function drained(): Promise<void> {
    while (!stopping.signal.aborted && (queue.size > 0 || writer.committedSeq < ingest.lastSeq))
      await wait(1);
  }

  async function runAll(): Promise<void> {
    phase = 'history';
    collectors = collectorRuns({ ...options, cursors: tape.cursors(), outages, signal: stopping.signal });
    for (const run of collectors) if (pausedCollectors.has(run.id)) run.pause();

    const writing = write();
    writing.catch(fail);
    const collecting = collect({
      runs: collectors,
      queue,
      clock,
      signal: stopping.signal,
      speed: config.ingest.speed ?? Number.POSITIVE_INFINITY,
      tapeTime: () => ingest.tapeTime,
      onLive: () => {
        phase = 'live';
      },
    });
    try {
      await Promise.race([collecting, writing]);
      await collecting;
      if (!stopping.signal.aborted) {
        await Promise.race([drained(), writing]);
        endHistory();
        await Promise.race([drained(), writing]);
        phase = 'idle';
      }
    } catch (error) {
      stopping.abort();
      queue.close();
      await Promise.allSettled([writing, collecting]);
      throw error;
    }
    running = writing;
    if (stopping.signal.aborted) await writing;
  }

  return {
    get phase() {
      return phase;
    },
    get collectors() {
      return collectors;
    },
    get sources() {
      return ingest.sources();
    },
    get rememberedEvents() {
      return window.size;
    },
    get queueDepth() {
      return queue.size;
    },
    get lastSeq() {
      return ingest.lastSeq;
    },
    get committedSeq() {
      return writer.committedSeq;
    },
    get tapeTime() {
      return ingest.tapeTime;
    },
    get storeHealth() {
      return writer.storeHealth;
    },
    get failure() {
      return failure;
    },
    async recover() {
      phase = 'recovering';
      for (const repair of tape.repairs) log.warn(repair.message, { file: repair.file, bytes: repair.bytes });
      await pipeline.start();
      checkRequired(pipeline, options.scopes);
      followTracking = followedTracking(options.tracked, await options.decidedTraders());
      const recovery = await recover({
        tape,
        checkpoint: await store.checkpoint(),
        writer,
        snapshots: options.snapshots,
        configHash: options.analysisHash,
        acceptIncomplete: config.tape.skipCorrupt,
        tapeOfStore: options.tapeOfStore,
        rowsOfStore: options.rowsOfStore,
        batchEvents: config.ingest.batchEvents,
        restore: snapshotState.restore,
        recall(event) {
          ingest.recall(event);
          note(event);
        },
        log,
        signal: stopping.signal,
      });
      if (lastEvent === undefined && tape.lastSeq > 0) {
        for await (const events of tape.read(tape.lastSeq)) lastEvent = events.at(-1);
      }
      log.info('recovered', { ...recovery, seq: tape.lastSeq });
      return recovery;
    },
    interrupt() {
      stopping.abort();
    },
    async run() {
      if (stopping.signal.aborted) return;
      if (running !== undefined) return running;
      running = runAll();
      try {
        await running;
      } catch (error) {
        fail(error);
        throw error;
      }
    },
    async stop() {
      if (phase === 'stopped') return;
      stopping.abort();
      queue.close();
      const deadline = setTimeout(() => abandon.abort(), 5_000);
      try {
        await running?.catch(() => undefined);
        if (failure === undefined) {
          await writer.flush();
          await writer.snapshot();
          phase = 'stopped';
        }
      } finally {
        clearTimeout(deadline);
      }
    },
    act: commands.act,
  };
}
