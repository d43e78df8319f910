import type { Input, Logger, Plugin, Ref } from '../../plugin-api/index.ts';
import { durationMs } from '../duration.ts';
import { refOfInput } from '../plan/plugin-refs.ts';
import type { Plan, PlannedPlugin } from '../plan.ts';
import { compileCheck } from '../row-compile.ts';
import { createContext, createReaders } from './context.ts';
import { createKeyspaces, type Keyspaces } from './keyspace.ts';
import { createPackedStates } from './packed-store.ts';
import { compileDigest } from './row-digest.ts';
import { createRowStore } from './row-store.ts';
import type {
  ClassifierRunner,
  Dependant,
  FeatureRunner,
  Health,
  JoinedInput,
  ModelRunner,
  Node,
  Run,
  SignalRunner,
} from './state.ts';
import { createTouchAhead } from './touch-ahead.ts';
import { createWakeQueue } from './wake-queue.ts';

export interface RunOptions {
  readonly plan: Plan;
  readonly seed: number;
  readonly strict: boolean;
  readonly log: Logger | undefined;
  readonly stopwatch: (() => number) | undefined;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Makes an empty run of a plan. */
export function createRun(options: RunOptions): Run {
  const { plan } = options;
  const spaces = createKeyspaces();
  const nodes = new Map<string, Node>();
  const health = new Map<string, Health>();
  for (const { plugin } of plan.plugins) {
    health.set(plugin.id, createHealth(plugin.id));
    if (plugin.kind !== 'collector') nodes.set(plugin.output.id, createNode(plugin, spaces, options.strict));
  }
  const run: Mutable<Run> = {
    ...options,
    spaces,
    nodes,
    features: [],
    featuresOn: new Map(),
    models: [],
    classifiers: [],
    signals: [],
    health,
    wakes: createWakeQueue(),
    cooldowns: new Map(),
    now: -Infinity,
    seq: 0,
    tsEvent: 0,
    index: 0,
    beatEnd: Infinity,
    nextTick: Infinity,
    waking: false,
    sawStale: false,
    digest: 0,
    atStart: [],
    touch: createTouchAhead(),
    out: { history: [], signals: [], alerts: [], decisions: new Map(), faults: [] },
  };
  run.features = plan.features.map((planned, index) => createFeature(run, planned, index));
  for (const runner of run.features) {
    // Note: exactly one parameter; a function of none may read what it is given all the same.
    if (runner.plugin.value.length === 1) runner.node.ofState = runner;
  }
  run.models = plan.models.map(planned => createJoined<ModelRunner>(run, planned));
  run.classifiers = plan.classifiers.map(planned => createJoined<ClassifierRunner>(run, planned));
  run.signals = plan.signals.map((planned, index) => createSignal(run, planned, index));
  run.featuresOn = featuresByEvent(run.features);
  // Note: readers come last, since only now it is known which features are read as they stand at an event.
  for (const runner of [...run.features, ...run.signals]) {
    for (const input of inputsOf(runner.plugin)) markLive(run, refOfInput(input).id);
  }
  for (const runner of run.features) {
    (runner.ctx as Mutable<typeof runner.ctx>).inputs = createReaders(run, runner.plugin.inputs);
  }
  for (const runner of run.signals) {
    (runner.ctx as Mutable<typeof runner.ctx>).inputs = createReaders(run, runner.plugin.inputs, runner);
  }
  return run;
}

function inputsOf(plugin: Plugin): Input[] {
  return plugin.kind === 'collector' ? [] : Object.values((plugin.inputs ?? {}) as Record<string, Input>);
}

function createHealth(plugin: string): Health {
  return {
    plugin,
    paused: false,
    degraded: false,
    failed: false,
    halted: false,
    recent: [],
    faults: 0,
    calls: 0,
    timedCalls: 0,
    timedMs: 0,
  };
}

function createNode(
  plugin: Exclude<Plugin, { kind: 'collector' }>,
  spaces: Keyspaces,
  strict: boolean,
): Node {
  const ref: Ref = plugin.output;
  return {
    ref,
    fields: ref.fields,
    plugin: plugin.id,
    space: spaces[ref.entity],
    fits: compileCheck(ref.fields),
    digest: compileDigest(ref.fields, compileCheck),
    keepsHistory: ref.emitted === 'event' || ref.kind === 'category',
    keepsPrevious: ref.kind === 'category',
    store: createRowStore(ref.fields, strict),
    stale: new Set(),
    dependants: [],
    subscribers: [],
    ofState: undefined,
    told: new Int32Array(0),
    live: undefined,
    changedAt: new Int32Array(0),
    changedSlots: [],
    changes: [],
  };
}

function common(run: Run, planned: PlannedPlugin<Exclude<Plugin, { kind: 'collector' }>>, place: number) {
  const node = run.nodes.get(planned.plugin.output.id) as Node;
  const draws = { count: 0, slot: -1, wakeable: false };
  return {
    plugin: planned.plugin,
    order: planned.order,
    node,
    draws,
    ctx: createContext(run, { planned, draws, node, place }),
    health: run.health.get(planned.plugin.id) as Health,
  };
}

function createFeature(run: Run, planned: Plan['features'][number], index: number): FeatureRunner {
  return {
    ...common(run, planned, index),
    plugin: planned.plugin,
    place: index,
    emitsAtOnce: planned.plugin.output.emitted === 'event',
    hasInputs: Object.keys(planned.plugin.inputs ?? {}).length > 0,
    states: [],
    packed: createPackedStates(planned.plugin.initial),
    dirty: { slots: [], marks: new Uint8Array(0) },
    failed: new Set(),
    tainted: new Set(),
    heldWakes: [],
    touchedAt: [],
    liveRows: [],
    liveSeq: [],
  };
}

function markLive(run: Run, refId: string): void {
  const node = run.nodes.get(refId);
  const feature = run.features.find(runner => runner.node === node);
  if (node === undefined || feature === undefined) return;
  if (!feature.emitsAtOnce && node.ofState === undefined) node.live = feature;
}

function createJoined<R extends ModelRunner | ClassifierRunner>(
  run: Run,
  planned: PlannedPlugin<R['plugin'] & Plugin>,
): R {
  const inputs = Object.entries((planned.plugin.inputs ?? {}) as Record<string, Input>).map(
    ([name, input]): JoinedInput => ({
      name,
      optional: 'optional' in input,
      node: run.nodes.get(refOfInput(input).id),
    }),
  );
  const runner = {
    ...common(run, planned as never, -1),
    inputs,
    dirty: { slots: [], marks: new Uint8Array(0) },
  };
  for (const { node } of inputs) {
    // Note: a row of the market or of a part of a pair concerns many keys; it is read when they are computed, and computes none.
    if (
      node !== undefined &&
      node.space === runner.node.space &&
      !node.dependants.includes(runner as Dependant)
    ) {
      node.dependants.push(runner as Dependant);
    }
  }
  return runner as unknown as R;
}

function createSignal(run: Run, planned: Plan['signals'][number], index: number): SignalRunner {
  const { plugin } = planned;
  const triggers = plugin.trigger as readonly Ref[];
  const everyMs = plugin.every === undefined ? undefined : durationMs(plugin.every);
  const runner: SignalRunner = {
    ...common(run, planned, run.plan.features.length + index),
    plugin,
    eventTriggers: new Set(triggers.filter(ref => ref.kind === 'event').map(ref => ref.id)),
    states: [],
    known: [],
    sorted: undefined,
    everyMs,
    nextTick: Infinity,
    queue: [],
    reasons: { emitted: new Map(), held: new Map() },
    read: [],
    recording: false,
  };
  for (const id of new Set(triggers.filter(ref => ref.kind !== 'event').map(ref => ref.id))) {
    run.nodes.get(id)?.subscribers.push(runner);
  }
  return runner;
}

function featuresByEvent(features: readonly FeatureRunner[]): Map<string, FeatureRunner[]> {
  const byEvent = new Map<string, FeatureRunner[]>();
  for (const runner of features) {
    for (const ref of new Set<string>((runner.plugin.on as readonly Ref[]).map(on => on.id))) {
      byEvent.set(ref, [...(byEvent.get(ref) ?? []), runner]);
    }
  }
  return byEvent;
}
