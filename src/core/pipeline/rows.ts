import type { Entity, KeyOf } from '../../plugin-api/index.ts';
import { type AnyRow, type HistoryRow, keyText, type LatestRow } from '../event.ts';
import { keyAt } from './keyspace.ts';
import { stateAt } from './packed-store.ts';
import { dropRow, getRow, hasRow, holdsRow, putRow } from './row-store.ts';
import { beatMs, type Dirty, type FeatureRunner, type Node, type Run } from './state.ts';

/** The row as it is kept, with its properties in the order of the fields; `undefined` when it does not fit. */
export function fittedRow(node: Node, row: unknown): AnyRow | undefined {
  const fit = node.fits(row);
  if (fit === 1) return row as AnyRow;
  return fit === 0 ? undefined : node.store.packing.ordered(row as AnyRow);
}

/** Whether a row was said, and not withdrawn since. */
export function isTold({ ofState, told, store }: Node, slot: number): boolean {
  return ofState === undefined ? hasRow(store, slot) : (told[slot] ?? 0) !== 0;
}

/** The row that was said last; of one that is made from a state, as it stands now. */
export function rowAt(node: Node, slot: number): AnyRow | undefined {
  const { ofState } = node;
  const due = ofState !== undefined && ofState.dirty.marks[slot] === 1;
  if (ofState !== undefined && !due && !isTold(node, slot)) return undefined;
  // Note: a row told in this batch is no other than the one made again, but after a fault, and where its key was touched since;
  // where the batch ends must not matter.
  const place = due || (ofState !== undefined && node.stale.has(slot)) ? 0 : node.changedAt[slot];
  if (place !== undefined && place !== 0) return node.changes[place - 1]!.row;
  return ofState === undefined ? getRow(node.store, slot) : rowOfState(node, ofState, slot);
}

/** Makes a row again that was said before; `undefined` also when the state is one that a fault has been told of. */
function rowOfState(node: Node, runner: FeatureRunner, slot: number): AnyRow | undefined {
  const state = stateAt(runner, slot);
  if (state === undefined) return undefined;
  try {
    const row = fittedRow(node, (runner.plugin.value as (state: unknown) => unknown)(state));
    return row !== undefined && node.store.frozen ? Object.freeze(row) : row;
  } catch {
    // Note: what `value` throws for this state was told as a fault when the key was touched.
    return undefined;
  }
}

// Note: what follows is called for every row; the arguments stand in line, since an object of them would be made for each.

/** Keeps a row that differs from the one before, and tells whoever depends on it. `digest` is the row's, where it is known. */
export function sayRow(
  run: Run,
  node: Node,
  slot: number,
  row: AnyRow,
  stale: boolean,
  key: KeyOf<Entity>,
  digest = 0,
): void {
  const hash = node.ofState === undefined ? 0 : digest === 0 ? node.digest(row) : digest;
  const unchanged = hash === 0 ? holdsRow(node.store, slot, row) : node.told[slot] === hash;
  if (unchanged && (node.stale.size === 0 ? !stale : node.stale.has(slot) === stale)) return;
  if (run.strict) freezeDeep(row);
  const previous = node.keepsPrevious && !unchanged ? rowAt(node, slot) : undefined;
  if (hash !== 0) setTold(node, slot, hash);
  else if (!unchanged) putRow(node.store, slot, row);
  if (stale) node.stale.add(slot);
  else if (node.stale.size > 0) node.stale.delete(slot);
  const change = recordChange(run, node, slot, row, stale, key, previous);
  if (!unchanged) {
    if (node.keepsHistory) run.out.history.push(change);
    if (node.subscribers.length > 0) notify(run, node, key, row);
  }
  for (let i = 0; i < node.dependants.length; i++) {
    markDirty(run, (node.dependants[i] as { dirty: Dirty }).dirty, slot);
  }
}

/** Takes a key's row back, if it has one, and has whoever depends on it compute anew. Signals read none from now on. */
export function withdrawRow(run: Run, node: Node, slot: number): void {
  if (!isTold(node, slot)) return;
  const previous = node.keepsPrevious ? rowAt(node, slot) : undefined;
  if (node.ofState === undefined) dropRow(node.store, slot);
  else setTold(node, slot, 0);
  node.stale.delete(slot);
  const change = recordChange(run, node, slot, undefined, false, keyAt(node.space, slot), previous);
  if (node.keepsPrevious) run.out.history.push(change);
  for (const dependant of node.dependants) markDirty(run, dependant.dirty, slot);
}

/** Marks a key's row, if it has one, as older than it should be, and has whoever depends on it do likewise. */
export function markStale(run: Run, node: Node, slot: number): void {
  if (node.stale.has(slot) || !isTold(node, slot)) return;
  node.stale.add(slot);
  recordChange(run, node, slot, lastTold(node, slot), true, keyAt(node.space, slot), undefined);
  for (const dependant of node.dependants) markDirty(run, dependant.dirty, slot);
}

/** The row that was told last; `undefined` when none stands, or when it was made of a state that has changed since. */
export function lastTold(node: Node, slot: number): AnyRow | undefined {
  if (!isTold(node, slot)) return undefined;
  if (node.ofState === undefined) return getRow(node.store, slot);
  const row = rowOfState(node, node.ofState, slot);
  return row !== undefined && node.digest(row) === node.told[slot] ? row : undefined;
}

function setTold(node: Node, slot: number, hash: number): void {
  if (slot >= node.told.length) node.told = enlarged(node.told, slot);
  node.told[slot] = hash;
}

/** Makes the output of a row. The latest row and the row of history are one object; neither is written again. */
function recordChange(
  run: Run,
  node: Node,
  slot: number,
  row: AnyRow | undefined,
  stale: boolean,
  key: KeyOf<Entity>,
  previous: AnyRow | undefined,
): LatestRow & HistoryRow {
  if (slot >= node.changedAt.length) node.changedAt = enlarged(node.changedAt, slot);
  const { changedAt, changes } = node;
  const place = changedAt[slot] as number;
  const change = {
    seq: run.seq,
    index: run.index++,
    plugin: node.plugin,
    ref: node.ref,
    key: place === 0 ? keyText(key) : changes[place - 1]!.key,
    tsEvent: run.tsEvent,
    tsIngest: run.now,
    // Note: a row that is only marked may have been told in this batch.
    row: row === undefined && stale && place !== 0 ? changes[place - 1]!.row : row,
    stale,
    previous,
  };
  if (place === 0) {
    changedAt[slot] = changes.push(change);
    node.changedSlots.push(slot);
  } else changes[place - 1] = change;
  return change;
}

function notify(run: Run, node: Node, key: KeyOf<Entity>, row: AnyRow): void {
  const update = {
    type: node.ref.id,
    key,
    tsEvent: run.tsEvent,
    tsIngest: run.now,
    seq: run.seq,
    payload: row,
  };
  for (const signal of node.subscribers) signal.queue.push(update);
}

/** Has a key computed when the present beat ends. */
export function markDirty(run: Run, dirty: Dirty, slot: number): void {
  if (slot >= dirty.marks.length) dirty.marks = enlargedBytes(dirty.marks, slot);
  const { marks } = dirty;
  if (marks[slot] === 1) return;
  marks[slot] = 1;
  dirty.slots.push(slot);
  if (run.beatEnd === Infinity) run.beatEnd = Math.floor(run.now / beatMs) * beatMs + beatMs;
}

function enlarged(places: Int32Array, slot: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(16, (slot + 1) * 2));
  larger.set(places);
  return larger;
}

function enlargedBytes(marks: Uint8Array, slot: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(16, (slot + 1) * 2));
  larger.set(marks);
  return larger;
}

/** The dirty keys, which are clean from now on. */
export function takeDirty(dirty: Dirty): number[] {
  const { slots, marks } = dirty;
  dirty.slots = [];
  for (let i = 0; i < slots.length; i++) marks[slots[i] as number] = 0;
  return slots;
}

/** The rows that changed in this batch, each as it stands now. */
export function takeLatest(node: Node): readonly LatestRow[] {
  const { changes, changedSlots, changedAt } = node;
  if (changes.length === 0) return changes;
  for (let i = 0; i < changedSlots.length; i++) changedAt[changedSlots[i] as number] = 0;
  node.changes = [];
  node.changedSlots = [];
  return changes;
}

/** Freezes an event's payload or a row, lists and vectors included. */
export function freezeDeep(value: AnyRow): void {
  Object.freeze(value);
  for (const item of Object.values(value)) {
    if (typeof item === 'object' && item !== null && !Object.isFrozen(item)) freezeDeep(item as AnyRow);
  }
}
