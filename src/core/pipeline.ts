import type { Logger } from '../plugin-api/index.ts';
import { InvariantError } from './errors.ts';
import type { AnyRow, DecisionCount, LatestRow, OutputBatch, TapeEvent } from './event.ts';
import { allRows } from './pipeline/all-rows.ts';
import { createRun } from './pipeline/build.ts';
import { runClassifier } from './pipeline/classifiers.ts';
import { summariseReasons } from './pipeline/decision-counts.ts';
import { pausePlugin, recordThrow, resumePlugin, updateHalted } from './pipeline/faults.ts';
import { closeFeature, fireWake, updateFeature } from './pipeline/features.ts';
import { releaseWakes } from './pipeline/halted.ts';
import { findSlot } from './pipeline/keyspace.ts';
import { runModel } from './pipeline/models.ts';
import { freezeDeep, rowAt, takeLatest } from './pipeline/rows.ts';
import { fireTicks, runSignals } from './pipeline/signals.ts';
import {
  type PipelineSnapshot,
  restoreParts,
  type SnapshotPart,
  snapshotParts,
} from './pipeline/snapshot.ts';
import type { ModelRunner, Run, SignalRunner } from './pipeline/state.ts';
import { type Timing, timingOf } from './pipeline/timing.ts';
import { lookAhead, rememberTraders, touchEvents } from './pipeline/touch-ahead.ts';
import type { Plan } from './plan.ts';

export type { PipelineSnapshot, SnapshotPart } from './pipeline/snapshot.ts';
export type { Timing } from './pipeline/timing.ts';

export interface PipelineOptions {
  readonly plan: Plan;
  /** What `ctx.random` grows from. */
  readonly seed?: number;
  /** Where plugins' log lines and faults go. */
  readonly log?: Logger;
  /** Freeze every payload and row that a handler is given; for tests and the conformance kit. */
  readonly strict?: boolean;
  /** Milliseconds since any moment; without it no times are measured. */
  readonly stopwatch?: () => number;
  /** Reads a model's artifact. */
  readonly readArtifact?: (artifact: URL) => Promise<Uint8Array>;
}

export interface PluginHealth {
  readonly plugin: string;
  readonly state: 'running' | 'paused' | 'degraded' | 'failed';
  readonly faults: number;
}

/**
 * Runs all stages after the tape. It is a pure function of the events: neither the size of the batches nor the order in
 * which plugins were registered changes an output.
 */
export interface Pipeline {
  /** Loads the models. A model that cannot be loaded is failed; the others go on. */
  start(): Promise<void>;
  /**
   * Takes events in, in their order on the tape. Answers at once unless a model scores asynchronously. Not to be called again
   * before the answer is there.
   */
  process(events: readonly TapeEvent[]): OutputBatch | Promise<OutputBatch>;
  /** A copy of everything that influences later outputs. */
  snapshot(): PipelineSnapshot;
  /** The same in pieces that are not copied: serialise each before the next call of `process`. */
  snapshotParts(): Iterable<SnapshotPart>;
  /** Takes a snapshot back; only before the first event. */
  restore(snapshot: PipelineSnapshot | Iterable<SnapshotPart>): void;
  /** Every row that stands, with the place of the last event. They are made as they are asked for: before the next `process`. */
  allRows(): Iterable<LatestRow>;
  /** The latest row of a ref and key, as `keyText` writes it. */
  row(refId: string, key: string): AnyRow | undefined;
  timings(): readonly Timing[];
  health(): readonly PluginHealth[];
  /** The last event taken in. */
  readonly seq: number;
  /** Tape time. */
  readonly now: number;
}

export function createPipeline({
  plan,
  seed = 0,
  log,
  strict = false,
  stopwatch,
  readArtifact,
}: PipelineOptions): Pipeline {
  const run = createRun({ plan, seed, strict, log, stopwatch });
  let busy = false;

  return {
    async start() {
      for (const model of run.models) await loadModel(run, model, readArtifact);
    },
    process(events) {
      if (busy) {
        throw new InvariantError(
          'PIPELINE_BUSY',
          '`process` was called before its last answer; wait for it.',
        );
      }
      busy = true;
      let pending: void | Promise<void>;
      try {
        pending = takeFrom(run, events, 0);
      } catch (error) {
        busy = false;
        throw error;
      }
      if (pending === undefined) {
        busy = false;
        return takeOutputs(run, events);
      }
      return pending
        .then(() => takeOutputs(run, events))
        .finally(() => {
          busy = false;
        });
    },
    snapshot: () => ({ seq: run.seq, parts: Array.from(snapshotParts(run), part => structuredClone(part)) }),
    snapshotParts: () => snapshotParts(run),
    restore(snapshot) {
      restoreParts(run, 'parts' in snapshot ? structuredClone(snapshot.parts) : snapshot);
    },
    allRows: () => allRows(run),
    row(refId, key) {
      const node = run.nodes.get(refId);
      if (node === undefined) return undefined;
      const colon = key.indexOf(':');
      const pair = [key.slice(0, colon), key.slice(colon + 1)] as const;
      return rowAt(node, findSlot(node.space, node.space.entity === 'trader:coin' ? pair : key));
    },
    timings: () => Array.from(run.health.values(), timingOf),
    health: () =>
      Array.from(run.health.values(), ({ plugin, paused, degraded, failed, faults }) => ({
        plugin,
        state: failed ? 'failed' : paused ? 'paused' : degraded ? 'degraded' : 'running',
        faults,
      })),
    get seq() {
      return run.seq;
    },
    get now() {
      return run.now;
    },
  };
}

async function loadModel(
  run: Run,
  { plugin, ctx, health, draws }: ModelRunner,
  readArtifact: PipelineOptions['readArtifact'],
): Promise<void> {
  if (plugin.load === undefined) return;
  draws.slot = -1;
  draws.count = 0;
  try {
    if (plugin.artifact !== undefined && readArtifact === undefined) {
      throw new InvariantError(
        'PIPELINE_ARTIFACT',
        `${plugin.id} has an artifact, and nothing reads artifacts.`,
      );
    }
    const artifact = plugin.artifact === undefined ? undefined : await readArtifact?.(plugin.artifact);
    ctx.model = await plugin.load(artifact, ctx as never);
  } catch (error) {
    health.failed = true;
    updateHalted(health);
    // Note: a fault has its place on the tape, which begins with the next event.
    run.atStart.push(() => recordThrow(run, health, 'load', error, undefined));
  }
}

/** Takes in the events from `first`; a promise only when a model answered with one. */
function takeFrom(run: Run, events: readonly TapeEvent[], first: number): void | Promise<void> {
  for (let i = first; i < events.length; i++) {
    const event = events[i] as TapeEvent;
    if (i % lookAhead === 0) touchEvents(run, events, i);
    if (event.seq <= run.seq || event.tsIngest < run.now) throw outOfOrder(run, event);
    const pending = advance(run, event.tsIngest);
    if (pending !== undefined) {
      return pending.then(() => {
        takeEvent(run, event);
        return takeFrom(run, events, i + 1);
      });
    }
    rememberTraders(run, i % lookAhead);
    takeEvent(run, event);
  }
  return undefined;
}

function outOfOrder(run: Run, event: TapeEvent): InvariantError {
  return new InvariantError(
    'PIPELINE_ORDER',
    `Expected an event after ${run.seq} and not before time ${run.now}; found ${event.seq} at ${event.tsIngest}. ` +
      'The tape is not in order: stop, and verify it.',
  );
}

/** Does all that is due until `time`, in the order of time: at one moment beats, then ticks, then wakes. */
function advance(run: Run, time: number): void | Promise<void> {
  for (;;) {
    const due = Math.min(run.beatEnd, run.nextTick, run.wakes.next);
    if (due > time) return undefined;
    if (due === run.beatEnd) {
      const pending = closeBeat(run);
      if (pending !== undefined) return pending.then(() => advance(run, time));
    } else if (due === run.nextTick) {
      fireTicks(run);
    } else {
      fireWake(run);
      if (run.signals.length > 0) runSignals(run, undefined);
    }
  }
}

function closeBeat(run: Run): void | Promise<void> {
  run.now = run.beatEnd;
  for (const feature of run.features) closeFeature(run, feature);
  return runModels(run, 0);
}

function runModels(run: Run, first: number): void | Promise<void> {
  for (let i = first; i < run.models.length; i++) {
    const pending = runModel(run, run.models[i] as ModelRunner);
    if (pending !== undefined) return pending.then(() => runModels(run, i + 1));
  }
  for (const classifier of run.classifiers) runClassifier(run, classifier);
  run.beatEnd = Infinity;
  if (run.signals.length > 0) runSignals(run, undefined);
  return undefined;
}

function takeEvent(run: Run, event: TapeEvent): void {
  if (run.now === -Infinity) beginTicks(run, event.tsIngest);
  run.now = event.tsIngest;
  run.seq = event.seq;
  run.tsEvent = event.tsEvent;
  run.index = 0;
  if (run.strict) freezeDeep(event.payload);
  if (run.atStart.length > 0) for (const act of run.atStart.splice(0)) act();
  if (event.type === 'core.command') obey(run, event);
  const features = run.featuresOn.get(event.type);
  if (features !== undefined) {
    for (let i = 0; i < features.length; i++) updateFeature(run, features[i]!, event);
  }
  if (run.signals.length > 0) runSignals(run, event);
}

/** The first tick of each signal is at the first multiple of its `every` after the tape's beginning. */
function beginTicks(run: Run, time: number): void {
  for (const signal of run.signals) {
    if (signal.everyMs === undefined) continue;
    signal.nextTick = (Math.floor(time / signal.everyMs) + 1) * signal.everyMs;
    run.nextTick = Math.min(run.nextTick, signal.nextTick);
  }
}

function obey(run: Run, event: TapeEvent): void {
  const { name, target } = event.payload;
  const health = run.health.get(String(target));
  if (health === undefined) return;
  if (name === 'pause-plugin') pausePlugin(health);
  if (name === 'resume-plugin') {
    resumePlugin(health);
    releaseWakes(run, health.plugin);
  }
}

function takeOutputs(run: Run, events: readonly TapeEvent[]): OutputBatch {
  const { history, signals, alerts, decisions, faults } = run.out;
  run.out.history = [];
  run.out.signals = [];
  run.out.alerts = [];
  run.out.faults = [];
  run.out.decisions = new Map();
  const latest = Array.from(run.nodes.values(), takeLatest).flat();
  return {
    fromSeq: events[0]?.seq ?? run.seq + 1,
    toSeq: run.seq,
    now: run.now,
    events,
    latest,
    history,
    signals,
    alerts,
    decisions: run.signals.flatMap(signal => [...(decisions.get(signal)?.values() ?? [])]),
    decisionCounts: run.signals.flatMap(takeReasons),
    faults,
  };
}

function takeReasons(signal: SignalRunner): DecisionCount[] {
  const { reasons } = signal;
  if (reasons.emitted.size + reasons.held.size === 0) return [];
  signal.reasons = { emitted: new Map(), held: new Map() };
  return summariseReasons(signal.plugin.id, reasons);
}
