import type { AnyRow, LatestRow, TapeEvent } from '../event.ts';
import { keyAt, keyTextAt } from './keyspace.ts';
import { beatMs, type Dirty, type Node, type Run } from './state.ts';

/** Keeps a row that differs from the one before, and tells whoever depends on it. */
export function sayRow(run: Run, node: Node, slot: number, row: AnyRow, stale: boolean): void {
  const { rows } = node;
  while (rows.length <= slot) rows.push(undefined);
  const previous = rows[slot];
  const unchanged = previous !== undefined && node.same(previous, row);
  if (unchanged && (node.stale.size === 0 ? !stale : node.stale.has(slot) === stale)) return;
  if (run.strict) freezeDeep(row);
  if (!unchanged) rows[slot] = row;
  if (stale) node.stale.add(slot);
  else if (node.stale.size > 0) node.stale.delete(slot);
  const index = recordChange(run, node, slot);
  if (!unchanged) {
    if (node.keepsHistory) {
      run.out.history.push({
        seq: run.seq,
        index,
        plugin: node.plugin,
        ref: node.ref,
        key: keyTextAt(node.space, slot),
        tsEvent: run.tsEvent,
        tsIngest: run.now,
        row,
        previous,
      });
    }
    if (node.subscribers.length > 0) notify(run, node, slot, row);
  }
  for (let i = 0; i < node.dependants.length; i++) {
    markDirty(run, (node.dependants[i] as { dirty: Dirty }).dirty, slot);
  }
}

/** Marks a key's row, if it has one, as older than it should be, and has whoever depends on it do likewise. */
export function markStale(run: Run, node: Node, slot: number): void {
  if (node.rows[slot] === undefined || node.stale.has(slot)) return;
  node.stale.add(slot);
  recordChange(run, node, slot);
  for (const dependant of node.dependants) markDirty(run, dependant.dirty, slot);
}

function recordChange(run: Run, node: Node, slot: number): number {
  const index = run.index++;
  const { changedAt, changes } = node;
  while (changedAt.length <= slot) changedAt.push(0);
  const place = changedAt[slot] as number;
  if (place === 0) {
    changedAt[slot] = changes.push({ slot, seq: run.seq, index, tsEvent: run.tsEvent, tsIngest: run.now });
  } else {
    const change = changes[place - 1]!;
    change.seq = run.seq;
    change.index = index;
    change.tsEvent = run.tsEvent;
    change.tsIngest = run.now;
  }
  return index;
}

function notify(run: Run, node: Node, slot: number, row: AnyRow): void {
  const update = {
    type: node.ref.id,
    key: keyAt(node.space, slot),
    tsEvent: run.tsEvent,
    tsIngest: run.now,
    seq: run.seq,
    payload: row,
  };
  for (const signal of node.subscribers) signal.queue.push(update);
}

/** Has a key computed when the present beat ends. */
export function markDirty(run: Run, dirty: Dirty, slot: number): void {
  const { marks } = dirty;
  while (marks.length <= slot) marks.push(0);
  if (marks[slot] === 1) return;
  marks[slot] = 1;
  dirty.slots.push(slot);
  if (run.beatEnd === Infinity) run.beatEnd = Math.floor(run.now / beatMs) * beatMs + beatMs;
}

/** The dirty keys, which are clean from now on. */
export function takeDirty(dirty: Dirty): number[] {
  const { slots, marks } = dirty;
  dirty.slots = [];
  for (let i = 0; i < slots.length; i++) marks[slots[i] as number] = 0;
  return slots;
}

/** The rows that changed in this batch, each as it stands now. */
export function takeLatest(node: Node, into: LatestRow[]): void {
  const { changes, changedAt, rows, stale, space, plugin, ref } = node;
  for (let i = 0; i < changes.length; i++) {
    const { slot, seq, index, tsEvent, tsIngest } = changes[i]!;
    changedAt[slot] = 0;
    into.push({
      seq,
      index,
      plugin,
      ref,
      key: keyTextAt(space, slot),
      tsEvent,
      tsIngest,
      row: rows[slot] as AnyRow,
      stale: stale.size > 0 && stale.has(slot),
    });
  }
  node.changes = [];
}

/** Freezes an event's payload or a row, lists and vectors included. */
export function freezeDeep(value: AnyRow | TapeEvent): void {
  Object.freeze(value);
  for (const item of Object.values(value)) {
    if (typeof item === 'object' && item !== null && !Object.isFrozen(item)) freezeDeep(item as AnyRow);
  }
}
