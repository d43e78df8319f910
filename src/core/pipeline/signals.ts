import type { Entity, KeyOf } from '../../plugin-api/index.ts';
import { type AnyRow, keyText, type TapeEvent, type Trace } from '../event.ts';
import { rowProblem } from '../row-check.ts';
import { raiseAlert } from './alerts.ts';
import { countReason } from './decision-counts.ts';
import { recordFault, recordThrow } from './faults.ts';
import { keyAt, keyTextAt, nameSlot, pairSlot, sortSlots } from './keyspace.ts';
import { putRow } from './row-store.ts';
import { fittedRow, freezeDeep } from './rows.ts';
import type { AnyEvent, Run, SignalRunner } from './state.ts';
import { startTiming, stopTiming } from './timing.ts';

/** Gives an event, where it is a trigger, and all rows that wait to every signal; signals that others trigger come first. */
export function runSignals(run: Run, event: TapeEvent | undefined): void {
  for (let i = 0; i < run.signals.length; i++) {
    const runner = run.signals[i] as SignalRunner;
    if (event !== undefined && runner.eventTriggers.has(event.type)) trigger(run, runner, event);
    if (runner.queue.length > 0) {
      const queue = runner.queue;
      runner.queue = [];
      for (let j = 0; j < queue.length; j++) trigger(run, runner, queue[j]!);
    }
  }
}

/** Evaluates all keys of every signal whose `every` is due now. */
export function fireTicks(run: Run): void {
  const time = run.nextTick;
  run.now = time;
  run.nextTick = Infinity;
  for (const runner of run.signals) {
    if (runner.nextTick === time) {
      runner.nextTick += runner.everyMs as number;
      tickAll(run, runner, time);
    }
    if (runner.nextTick < run.nextTick) run.nextTick = runner.nextTick;
  }
  runSignals(run, undefined);
}

function tickAll(run: Run, runner: SignalRunner, time: number): void {
  runner.sorted ??= sortSlots(
    runner.node.space,
    runner.known.flatMap((known, slot) => (known === 1 ? [slot] : [])),
  );
  const tick = { type: 'tick', tsEvent: time, tsIngest: time, seq: run.seq } as const;
  for (const slot of runner.sorted) {
    if (runner.health.halted) return;
    runner.read = [];
    evaluate(run, runner, slot, keyAt(runner.node.space, slot), tick);
  }
}

/** Evaluates a key at a time that it asked for, as a tick would. */
export function wakeSignal(run: Run, runner: SignalRunner, slot: number, time: number): void {
  run.now = time;
  // Note: of one that is paused or degraded nothing is kept; it decides again at its next trigger.
  if (runner.health.halted) return;
  runner.read = [];
  run.waking = true;
  const tick = { type: 'tick', tsEvent: time, tsIngest: time, seq: run.seq } as const;
  evaluate(run, runner, slot, keyAt(runner.node.space, slot), tick);
  run.waking = false;
}

function trigger(run: Run, runner: SignalRunner, event: AnyEvent): void {
  const { health, node } = runner;
  if (health.halted) return;
  let keys: unknown;
  try {
    keys = runner.plugin.key(event as never);
  } catch (error) {
    recordThrow(run, health, 'key', error, undefined);
    return;
  }
  if (keys === undefined) return;
  const paired = node.space.entity === 'trader:coin';
  const single = typeof keys === 'string' || (paired && Array.isArray(keys) && typeof keys[0] === 'string');
  const list = (single ? [keys] : keys) as readonly KeyOf<Entity>[];
  const told = new Set<number>();
  for (const key of Array.isArray(list) ? list : [undefined]) {
    const slot = slotOfKey(runner, key);
    if (slot < 0) {
      const message = `\`key\` must answer keys of ${node.space.entity} or undefined; found ${JSON.stringify(key)}.`;
      recordFault(run, health, 'key', 'PLUGIN_KEY_INVALID', message, undefined);
    } else if (!told.has(slot)) {
      told.add(slot);
      if (prepare(run, runner, slot, key, event)) evaluate(run, runner, slot, key, event);
    }
  }
}

function slotOfKey({ node: { space } }: SignalRunner, key: unknown): number {
  if (space.entity !== 'trader:coin') {
    const valid = typeof key === 'string' && key !== '' && (space.entity !== 'market' || key === 'market');
    return valid ? nameSlot(space, key) : -1;
  }
  if (!Array.isArray(key) || key.length !== 2 || !key.every(part => typeof part === 'string' && part !== ''))
    return -1;
  return pairSlot(space, key[0], key[1]);
}

/** Makes the state of a new key and takes the trigger into it. */
function prepare(run: Run, runner: SignalRunner, slot: number, key: KeyOf<Entity>, event: AnyEvent): boolean {
  const { states, known, plugin, health } = runner;
  while (states.length <= slot) {
    states.push(undefined);
    known.push(0);
  }
  runner.read = [];
  try {
    if (known[slot] === 0) {
      states[slot] = plugin.initial?.();
      known[slot] = 1;
      runner.sorted = undefined;
    }
    if (plugin.reduce === undefined) return true;
    begin(run, runner, slot, key);
    plugin.reduce(states[slot], event as never, runner.ctx as never);
    return true;
  } catch (error) {
    recordThrow(run, health, 'reduce', error, keyText(key));
    return false;
  } finally {
    end(runner);
  }
}

function begin(run: Run, runner: SignalRunner, slot: number, key: KeyOf<Entity>): void {
  runner.ctx.now = run.now;
  runner.ctx.key = key;
  runner.draws.count = 0;
  runner.draws.slot = slot;
  runner.draws.wakeable = true;
  runner.recording = true;
}

function end(runner: SignalRunner): void {
  runner.draws.wakeable = false;
  runner.recording = false;
}

function evaluate(run: Run, runner: SignalRunner, slot: number, key: KeyOf<Entity>, event: AnyEvent): void {
  const { node, health, plugin } = runner;
  if (health.halted) return;
  const started = startTiming(run, health);
  begin(run, runner, slot, key);
  let decision: unknown;
  try {
    decision = plugin.evaluate(runner.states[slot], event as never, runner.ctx as never);
  } catch (error) {
    recordThrow(run, health, 'evaluate', error, keyText(key));
    return;
  } finally {
    end(runner);
  }
  if (started >= 0) stopTiming(run, health, started);
  const answer = decision as { emit?: AnyRow; because?: unknown } | null | undefined;
  if (typeof answer !== 'object' || answer === null || typeof answer.because !== 'string') {
    const message = '`evaluate` must answer emit(row, because) or hold(because).';
    recordFault(run, health, 'evaluate', 'PLUGIN_OUTPUT_INVALID', message, keyText(key));
    return;
  }
  const row = answer.emit === undefined ? undefined : fittedRow(node, answer.emit);
  if (answer.emit !== undefined && row === undefined) {
    const problem = rowProblem(node.fields, answer.emit) ?? 'the row does not fit';
    recordFault(
      run,
      health,
      'evaluate',
      'PLUGIN_OUTPUT_INVALID',
      `${node.ref.id}: ${problem}.`,
      keyText(key),
    );
    return;
  }
  const trace: Trace = { because: answer.because, trigger: event.type, inputs: runner.read };
  countReason(runner.reasons, answer.because, row !== undefined);
  keepDecision(run, runner, slot, trace, row !== undefined);
  if (row !== undefined) emitSignal(run, runner, slot, key, row, trace);
}

function keepDecision(run: Run, runner: SignalRunner, slot: number, trace: Trace, emitted: boolean): void {
  let decisions = run.out.decisions.get(runner);
  if (decisions === undefined) {
    decisions = new Map();
    run.out.decisions.set(runner, decisions);
  }
  decisions.set(slot, { ...outputOf(run, runner, slot), emitted, trace });
}

function outputOf(run: Run, { node }: SignalRunner, slot: number) {
  return {
    seq: run.seq,
    index: run.index++,
    plugin: node.plugin,
    ref: node.ref,
    key: keyTextAt(node.space, slot),
    tsEvent: run.tsEvent,
    tsIngest: run.now,
  };
}

function emitSignal(
  run: Run,
  runner: SignalRunner,
  slot: number,
  key: KeyOf<Entity>,
  row: AnyRow,
  trace: Trace,
): void {
  const { node } = runner;
  if (run.strict) freezeDeep(row);
  putRow(node.store, slot, row);
  const output = outputOf(run, runner, slot);
  run.out.signals.push({ ...output, row, trace });
  if (node.subscribers.length > 0) {
    const { seq, tsEvent, tsIngest } = output;
    const update = { type: node.ref.id, key, tsEvent, tsIngest, seq, payload: row };
    for (const subscriber of node.subscribers) subscriber.queue.push(update);
  }
  raiseAlert(run, runner, output, row);
}
