import { UserError } from '../errors.ts';
import { updateHalted } from './faults.ts';
import { type KeyspacesSnapshot, restoreKeys, snapshotKeys } from './keyspace.ts';
import { packColumn, unpackColumn } from './packed-states.ts';
import {
  listPages,
  type PackedPage,
  type PackedRest,
  type PackedStates,
  packedPages,
  packedRest,
  restoreListPage,
  restorePage,
  restoreRest,
} from './packed-store.ts';
import type { Chunk, RowStore } from './row-store.ts';
import { markDirty } from './rows.ts';
import type { Dirty, FeatureRunner, Node, Run, SignalRunner } from './state.ts';
import { restoreWakes, snapshotWakes, type Wake } from './wake-queue.ts';

const format = 3;
/** So many keys stand in one part. */
const partSize = 4096;

/** A piece of a snapshot: plain data that survives structured cloning. */
export interface SnapshotPart {
  readonly name: string;
  readonly data: unknown;
}

/** Everything that influences later outputs, after event `seq`. */
export interface PipelineSnapshot {
  readonly seq: number;
  readonly parts: readonly SnapshotPart[];
}

interface Head {
  readonly format: number;
  readonly configHash: string;
  readonly plugins: readonly string[];
  readonly seed: number;
  readonly now: number;
  readonly seq: number;
  readonly tsEvent: number;
  readonly index: number;
  readonly beatEnd: number;
  readonly nextTick: number;
  readonly wakes: readonly (Omit<Wake, 'feature'> & { readonly feature: string })[];
  readonly wakesInserted: number;
  readonly cooldowns: readonly [string, number][];
  readonly health: readonly {
    readonly plugin: string;
    readonly paused: boolean;
    readonly degraded: boolean;
    readonly recent: readonly number[];
    readonly faults: number;
  }[];
}

/** What a plugin keeps besides its columns. */
interface Extras {
  readonly stale: readonly number[];
  readonly dirty?: readonly number[];
  readonly failed?: readonly number[];
  readonly tainted?: readonly number[];
  readonly heldWakes?: readonly number[];
  readonly nextTick?: number;
}

/** Names of plugins and refs with the versions that a snapshot depends on. */
function pluginNames(run: Run): string[] {
  return [...run.features, ...run.models, ...run.classifiers, ...run.signals].map(
    ({ plugin, node }) => `${plugin.id}@${plugin.version} ${node.ref.id}@${node.ref.version}`,
  );
}

/**
 * The parts of a snapshot, one after the other. They share their data with the run: serialise or clone each one before the
 * next event is processed.
 */
export function* snapshotParts(run: Run): Generator<SnapshotPart> {
  yield { name: 'head', data: headOf(run) };
  yield { name: 'keys', data: snapshotKeys(run.spaces) };
  for (const runner of run.features) {
    const { node, dirty, failed, tainted, heldWakes } = runner;
    const extras: Extras = {
      stale: [...node.stale],
      dirty: dirty.slots,
      failed: [...failed],
      tainted: [...tainted],
      heldWakes,
    };
    yield { name: `extras ${node.plugin}`, data: extras };
    if (runner.packed === undefined) yield* columnParts(`states ${node.plugin}`, runner.states);
    else yield* packedParts(node.plugin, runner.packed);
    yield* rowParts(`rows ${node.plugin}`, node.store);
    if (node.ofState !== undefined) yield { name: `told ${node.plugin}`, data: trimmed(node.told) };
    if (node.live !== undefined) yield* columnParts(`touched ${node.plugin}`, runner.touchedAt);
  }
  for (const { node, dirty } of [...run.models, ...run.classifiers]) {
    yield {
      name: `extras ${node.plugin}`,
      data: { stale: [...node.stale], dirty: dirty.slots } satisfies Extras,
    };
    yield* rowParts(`rows ${node.plugin}`, node.store);
  }
  for (const { node, states, known, nextTick } of run.signals) {
    yield { name: `extras ${node.plugin}`, data: { stale: [], nextTick } satisfies Extras };
    yield* columnParts(`states ${node.plugin}`, states);
    yield* columnParts(`known ${node.plugin}`, known);
    yield* rowParts(`rows ${node.plugin}`, node.store);
  }
}

/** Those that can be woken, in the order of their places. */
const wakeable = (run: Run): readonly (FeatureRunner | SignalRunner)[] => [...run.features, ...run.signals];

function headOf(run: Run): Head {
  return {
    format,
    configHash: run.plan.configHash,
    plugins: pluginNames(run),
    seed: run.seed,
    now: run.now,
    seq: run.seq,
    tsEvent: run.tsEvent,
    index: run.index,
    beatEnd: run.beatEnd,
    nextTick: run.nextTick,
    wakes: snapshotWakes(run.wakes).map(wake => ({
      ...wake,
      feature: wakeable(run)[wake.feature]!.plugin.id,
    })),
    wakesInserted: run.wakes.inserted,
    cooldowns: [...run.cooldowns],
    health: [...run.health.values()].map(({ plugin, paused, degraded, recent, faults }) => ({
      plugin,
      paused,
      degraded,
      recent: [...recent],
      faults,
    })),
  };
}

function* columnParts(name: string, column: readonly unknown[]): Generator<SnapshotPart> {
  for (let from = 0; from < column.length; from += partSize) {
    yield { name, data: packColumn(column.slice(from, from + partSize)) };
  }
}

function* packedParts(plugin: string, packed: PackedStates): Generator<SnapshotPart> {
  yield { name: `packed ${plugin}`, data: packedRest(packed) };
  for (const page of packedPages(packed)) yield { name: `page ${plugin}`, data: page };
  for (const page of listPages(packed)) yield { name: `lists ${plugin}`, data: page };
}

/** Without the zeros at its end, of which there are as many as it happened to grow. */
function trimmed(told: Int32Array): Int32Array {
  let length = told.length;
  while (length > 0 && told[length - 1] === 0) length--;
  return told.slice(0, length);
}

interface ChunkPart extends Chunk {
  readonly at: number;
}

function* rowParts(name: string, { chunks }: RowStore): Generator<SnapshotPart> {
  for (const [at, chunk] of chunks.entries()) {
    if (chunk !== undefined) yield { name, data: { at, ...chunk } satisfies ChunkPart };
  }
}

function restoreChunk({ chunks }: RowStore, { at, numbers, others, present }: ChunkPart): void {
  while (chunks.length <= at) chunks.push(undefined);
  chunks[at] = { numbers, others, present };
}

/**
 * Fills an empty run from a snapshot of the same plan.
 *
 * @throws UserError `SNAPSHOT_MISMATCH` when plugins, configuration or seed differ.
 */
export function restoreParts(run: Run, parts: Iterable<SnapshotPart>): void {
  const columns = new Map<string, unknown[]>();
  let restored = false;
  for (const runner of run.features) {
    columns.set(`states ${runner.node.plugin}`, runner.states);
    columns.set(`touched ${runner.node.plugin}`, runner.touchedAt);
  }
  for (const { node, states, known } of run.signals) {
    columns.set(`states ${node.plugin}`, states).set(`known ${node.plugin}`, known);
  }
  const packedBy = new Map(run.features.map(({ node, packed }) => [node.plugin, packed]));
  const toldBy = new Map(run.features.map(({ node }) => [`told ${node.plugin}`, node]));
  const stores = new Map(Array.from(run.nodes.values(), node => [`rows ${node.plugin}`, node.store]));

  for (const { name, data } of parts) {
    if (name === 'head') {
      restoreHead(run, data as Head);
      restored = true;
    } else if (!restored) {
      throw mismatch(`its first part is ${name}, not head`);
    } else if (name === 'keys') {
      restoreKeys(run.spaces, data as KeyspacesSnapshot);
    } else if (name.startsWith('extras ')) {
      restoreExtras(run, name.slice('extras '.length), data as Extras);
    } else if (stores.has(name)) {
      restoreChunk(stores.get(name) as RowStore, data as ChunkPart);
    } else if (toldBy.has(name)) {
      (toldBy.get(name) as Node).told = data as Int32Array<ArrayBuffer>;
    } else if (!restorePacked(packedBy, name, data)) {
      const column = columns.get(name);
      if (column === undefined) throw mismatch(`it has the unknown part ${name}`);
      for (const item of unpackColumn(data)) column.push(item);
    }
  }
  if (!restored) throw mismatch('it is empty');
  for (const runner of run.features) {
    if (runner.node.live === undefined) continue;
    // Note: a live row is made anew from its state, as of its last touch.
    for (let slot = 0; slot < runner.touchedAt.length; slot++) {
      runner.liveRows.push(undefined);
      runner.liveSeq.push(-2);
    }
  }
}

/** Whether the part is one of packed states. */
function restorePacked(
  packedBy: ReadonlyMap<string, PackedStates | undefined>,
  name: string,
  data: unknown,
): boolean {
  const space = name.indexOf(' ');
  const packed = packedBy.get(name.slice(space + 1));
  if (packed === undefined) return false;
  const part = name.slice(0, space);
  if (part === 'packed') restoreRest(packed, data as PackedRest);
  else if (part === 'page') restorePage(packed, data as PackedPage);
  else if (part === 'lists') restoreListPage(packed, data as PackedPage);
  else return false;
  return true;
}

function restoreHead(run: Run, head: Head): void {
  if (head.format !== format) throw mismatch(`its format is ${head.format}, and this build's is ${format}`);
  if (head.seed !== run.seed) throw mismatch(`its seed is ${head.seed}, and this run's is ${run.seed}`);
  const names = pluginNames(run);
  const missing = head.plugins.filter(name => !names.includes(name));
  const added = names.filter(name => !head.plugins.includes(name));
  if (missing.length + added.length > 0) {
    throw mismatch(
      `it has ${missing.join(', ') || 'nothing'} where this plan has ${added.join(', ') || 'nothing'}`,
    );
  }
  if (head.configHash !== run.plan.configHash) throw mismatch('the configuration has changed since');
  run.now = head.now;
  run.seq = head.seq;
  run.tsEvent = head.tsEvent;
  run.index = head.index;
  run.nextTick = head.nextTick;
  const places = new Map(wakeable(run).map((runner, index) => [runner.plugin.id, index]));
  restoreWakes(
    run.wakes,
    head.wakes.map(wake => ({ ...wake, feature: places.get(wake.feature) as number })),
    head.wakesInserted,
  );
  for (const [key, until] of head.cooldowns) run.cooldowns.set(key, until);
  for (const saved of head.health) {
    const health = run.health.get(saved.plugin);
    if (health === undefined) continue;
    health.paused = saved.paused;
    health.degraded = saved.degraded;
    health.recent.push(...saved.recent);
    health.faults = saved.faults;
    updateHalted(health);
  }
  run.beatEnd = head.beatEnd;
}

function restoreExtras(run: Run, plugin: string, extras: Extras): void {
  const runner = [...run.features, ...run.models, ...run.classifiers, ...run.signals].find(
    item => item.plugin.id === plugin,
  ) as { node: Node; dirty?: Dirty } & Partial<FeatureRunner> & Partial<SignalRunner>;
  for (const slot of extras.stale) runner.node.stale.add(slot);
  for (const slot of extras.dirty ?? []) markDirty(run, runner.dirty as Dirty, slot);
  for (const slot of extras.failed ?? []) runner.failed?.add(slot);
  for (const slot of extras.tainted ?? []) runner.tainted?.add(slot);
  for (const slot of extras.heldWakes ?? []) runner.heldWakes?.push(slot);
  if (extras.nextTick !== undefined) runner.nextTick = extras.nextTick;
}

function mismatch(found: string): UserError {
  return new UserError(
    'SNAPSHOT_MISMATCH',
    `A snapshot fits only the plugins, configuration and seed that it was taken with; found that ${found}. ` +
      'Delete the snapshot and replay the tape instead.',
  );
}
