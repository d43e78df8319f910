import type { Entity, KeyOf } from '../../plugin-api/index.ts';
import { type AnyRow, keyText, type TapeEvent } from '../event.ts';
import { rowProblem } from '../row-check.ts';
import { recordFault, recordThrow } from './faults.ts';
import { holdWake, passOver } from './halted.ts';
import { keyAt, keyTextAt, nameSlot, pairSlot } from './keyspace.ts';
import { keepMore, packedState, stateAt } from './packed-store.ts';
import { fittedRow, markDirty, markStale, rowAt, sayRow, takeDirty, withdrawRow } from './rows.ts';
import { wakeSignal } from './signals.ts';
import type { FeatureRunner, Run, SignalRunner } from './state.ts';
import { startTiming, stopTiming } from './timing.ts';
import { lookAhead, touchSlots } from './touch-ahead.ts';
import { takeWake } from './wake-queue.ts';

/** A row made by `value` holds until its key is touched. */
const untilTouched = -1;
const outdated = -2;

/** Gives an event to a feature, for every key that it concerns. */
export function updateFeature(run: Run, runner: FeatureRunner, event: TapeEvent): void {
  const { health } = runner;
  if (health.halted) {
    passOver(run, runner, event);
    return;
  }
  const started = startTiming(run, health);
  let keys: unknown;
  try {
    keys = runner.plugin.key(event);
  } catch (error) {
    recordThrow(run, health, 'key', error, undefined);
    return;
  }
  if (typeof keys === 'string') updateName(run, runner, keys, event);
  else if (Array.isArray(keys)) updateAll(run, runner, keys, event);
  else if (keys !== undefined) refuseKey(run, runner, keys);
  if (started >= 0) stopTiming(run, health, started);
}

function updateAll(run: Run, runner: FeatureRunner, keys: readonly unknown[], event: TapeEvent): void {
  const paired = runner.node.space.entity === 'trader:coin';
  if (paired && keys.length === 2 && typeof keys[0] === 'string') {
    updatePair(run, runner, keys as readonly unknown[], event);
    return;
  }
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (paired) {
      if (!isRepeatedPair(keys, i)) updatePair(run, runner, key, event);
    } else if (typeof key !== 'string') {
      refuseKey(run, runner, key);
    } else if (i === 0 || keys.indexOf(key) === i) {
      // Note: who trades with himself is named twice and told once.
      updateName(run, runner, key, event);
    }
  }
}

function isRepeatedPair(keys: readonly unknown[], at: number): boolean {
  const key = keys[at] as readonly unknown[];
  for (let i = 0; i < at; i++) {
    const other = keys[i] as readonly unknown[];
    if (other?.[0] === key?.[0] && other?.[1] === key?.[1]) return true;
  }
  return false;
}

function updatePair(run: Run, runner: FeatureRunner, key: unknown, event: TapeEvent): void {
  const { space } = runner.node;
  const pair = key as readonly [string, string];
  if (
    space.entity !== 'trader:coin' ||
    !Array.isArray(key) ||
    pair.length !== 2 ||
    typeof pair[0] !== 'string' ||
    typeof pair[1] !== 'string' ||
    pair[0] === '' ||
    pair[1] === ''
  ) {
    refuseKey(run, runner, key);
    return;
  }
  updateKey(run, runner, pair, pairSlot(space, pair[0], pair[1]), event);
}

function updateName(run: Run, runner: FeatureRunner, key: string, event: TapeEvent): void {
  const { space } = runner.node;
  if (space.entity === 'trader:coin' || key === '' || (space.entity === 'market' && key !== 'market')) {
    refuseKey(run, runner, key);
    return;
  }
  updateKey(run, runner, key, nameSlot(space, key), event);
}

function refuseKey(run: Run, runner: FeatureRunner, key: unknown): void {
  const { entity } = runner.node.space;
  const expected =
    entity === 'trader:coin'
      ? 'pairs of an address and a coin'
      : entity === 'market'
        ? 'the word market'
        : 'texts that are not empty';
  const message = `\`key\` must answer ${expected} or undefined, since the output is keyed by ${entity}; found ${JSON.stringify(key)}.`;
  recordFault(run, runner.health, 'key', 'PLUGIN_KEY_INVALID', message, undefined);
}

function updateKey(
  run: Run,
  runner: FeatureRunner,
  key: KeyOf<Entity>,
  slot: number,
  event: TapeEvent,
): void {
  const { health, ctx, draws, states, packed } = runner;
  if (health.halted) {
    markStale(run, runner.node, slot);
    return;
  }
  let state: unknown;
  if (packed !== undefined) state = packedState(packed, slot);
  else {
    while (states.length <= slot) states.push(undefined);
    state = states[slot];
    if (state === undefined) {
      try {
        state = runner.plugin.initial();
      } catch (error) {
        recordThrow(run, health, 'initial', error, keyText(key));
        return;
      }
      states[slot] = state;
    }
  }
  ctx.now = run.now;
  ctx.key = key;
  draws.count = 0;
  draws.slot = slot;
  draws.wakeable = true;
  run.sawStale = false;
  let failed = false;
  try {
    runner.plugin.update(state, event, ctx as never);
  } catch (error) {
    failed = true;
    recordThrow(run, health, 'update', error, keyText(key));
  }
  if (packed !== undefined) keepMore(packed);
  draws.wakeable = false;
  touch(run, runner, slot, failed, key);
}

/** What follows every update and wake of a key. */
function touch(run: Run, runner: FeatureRunner, slot: number, failed: boolean, key: KeyOf<Entity>): void {
  if (run.sawStale) runner.tainted.add(slot);
  if (runner.node.live !== undefined) {
    const { touchedAt, liveSeq, liveRows } = runner;
    while (touchedAt.length <= slot) {
      touchedAt.push(0);
      liveSeq.push(outdated);
      liveRows.push(undefined);
    }
    touchedAt[slot] = run.now;
    liveSeq[slot] = outdated;
  }
  if (failed) runner.failed.add(slot);
  if (runner.emitsAtOnce) emitRow(run, runner, slot, key);
  else markDirty(run, runner.dirty, slot);
}

/** Wakes the feature or signal, and the key, that are due first. */
export function fireWake(run: Run): void {
  const wake = takeWake(run.wakes);
  const { time, feature, slot } = wake;
  if (feature >= run.features.length) {
    wakeSignal(run, run.signals[feature - run.features.length] as SignalRunner, slot, time);
    return;
  }
  const runner = run.features[feature] as FeatureRunner;
  run.now = time;
  const { health, ctx, draws, plugin } = runner;
  if (plugin.wake === undefined) return;
  if (health.halted) {
    holdWake(run, runner, wake);
    return;
  }
  const started = startTiming(run, health);
  ctx.now = time;
  ctx.key = keyAt(runner.node.space, slot);
  draws.count = 0;
  draws.slot = slot;
  draws.wakeable = true;
  run.waking = true;
  run.sawStale = false;
  let failed = false;
  try {
    plugin.wake(stateAt(runner, slot), ctx as never);
  } catch (error) {
    failed = true;
    recordThrow(run, health, 'wake', error, keyTextAt(runner.node.space, slot));
  }
  if (runner.packed !== undefined) keepMore(runner.packed);
  draws.wakeable = false;
  run.waking = false;
  touch(run, runner, slot, failed, ctx.key);
  if (started >= 0) stopTiming(run, health, started);
}

/** Computes the rows of all keys that changed in the beat. */
export function closeFeature(run: Run, runner: FeatureRunner): void {
  if (runner.dirty.slots.length === 0) return;
  const slots = takeDirty(runner.dirty);
  if (runner.health.halted) {
    for (const slot of slots) markStale(run, runner.node, slot);
    return;
  }
  const started = startTiming(run, runner.health, slots.length);
  for (let i = 0; i < slots.length; i++) {
    if (i % lookAhead === 0) touchSlots(run, runner, slots, i);
    const slot = slots[i] as number;
    if (runner.node.live !== undefined) runner.touchedAt[slot] = run.now;
    emitRow(run, runner, slot, keyAt(runner.node.space, slot));
  }
  if (started >= 0) stopTiming(run, runner.health, started, slots.length);
}

function emitRow(run: Run, runner: FeatureRunner, slot: number, key: KeyOf<Entity>): void {
  const { node, failed, tainted } = runner;
  if (failed.size > 0 && failed.delete(slot)) {
    markStale(run, node, slot);
    return;
  }
  run.sawStale = false;
  const row = computeRow(run, runner, slot, run.now, key);
  if (node.live !== undefined) keepLive(run, runner, slot, row === null ? rowAt(node, slot) : row);
  if (row === null) return;
  const isTainted = tainted.size > 0 && tainted.delete(slot);
  if (row === undefined) withdrawRow(run, node, slot);
  else sayRow(run, node, slot, row, run.sawStale || isTainted, key, run.digest);
}

/** Calls `value`; a fault gives `null`, and the row that stands becomes stale. */
function computeRow(
  run: Run,
  runner: FeatureRunner,
  slot: number,
  now: number,
  key: KeyOf<Entity>,
): AnyRow | undefined | null {
  const { node, ctx, draws, packed, plugin } = runner;
  let row: unknown;
  try {
    const state = packed === undefined ? runner.states[slot] : packedState(packed, slot);
    if (node.ofState !== undefined) row = (plugin.value as (state: unknown) => unknown)(state);
    else {
      ctx.now = now;
      ctx.key = key;
      draws.count = 0;
      draws.slot = slot;
      row = plugin.value(state, ctx as never);
    }
  } catch (error) {
    recordThrow(run, runner.health, 'value', error, keyTextAt(node.space, slot));
    markStale(run, node, slot);
    return null;
  }
  if (row === undefined) return undefined;
  if (node.ofState !== undefined) {
    run.digest = node.digest(row);
    if (run.digest !== 0) return row as AnyRow;
  }
  const fitted = fittedRow(node, row);
  if (fitted !== undefined) return fitted;
  const problem = rowProblem(node.fields, row) ?? 'the row does not fit';
  recordFault(
    run,
    runner.health,
    'value',
    'PLUGIN_OUTPUT_INVALID',
    `${node.ref.id}: ${problem}.`,
    keyTextAt(node.space, slot),
  );
  markStale(run, node, slot);
  return null;
}

function keepLive(run: Run, runner: FeatureRunner, slot: number, row: AnyRow | undefined): void {
  runner.liveRows[slot] = row;
  runner.liveSeq[slot] = runner.hasInputs ? run.seq : untilTouched;
}

/** A key's row as it stands at the present event. */
export function liveRow(run: Run, runner: FeatureRunner, slot: number): AnyRow | undefined {
  const since = runner.liveSeq[slot];
  if (since === undefined) return undefined;
  if (since === untilTouched || since === run.seq) return runner.liveRows[slot];
  if (runner.health.halted) return rowAt(runner.node, slot);
  // Note: features share their keys' slots, so a later key's touch makes room for one that this feature has never seen.
  if (stateAt(runner, slot) === undefined) return undefined;
  // Note: whether anybody has read it since must not change a row, so it is made as of its last touch; one that is made of
  // other rows is made as of now.
  const now = runner.hasInputs ? run.now : (runner.touchedAt[slot] as number);
  const saw = run.sawStale;
  const made = computeRow(run, runner, slot, now, keyAt(runner.node.space, slot));
  const row = made === null ? rowAt(runner.node, slot) : made;
  run.sawStale = saw;
  if (run.strict && row !== undefined) Object.freeze(row);
  keepLive(run, runner, slot, row);
  return row;
}
