import { rowProblem } from '../row-check.ts';
import { recordFault, recordThrow } from './faults.ts';
import { joinRows } from './joins.ts';
import { keyAt, keyTextAt, sortSlots } from './keyspace.ts';
import { fittedRow, markStale, rowAt, sayRow, takeDirty, withdrawRow } from './rows.ts';
import type { ClassifierRunner, Run } from './state.ts';
import { startTiming, stopTiming } from './timing.ts';

/** Classifies all keys whose inputs changed in the beat, sorted by key. */
export function runClassifier(run: Run, runner: ClassifierRunner): void {
  if (runner.dirty.slots.length === 0) return;
  const slots = sortSlots(runner.node.space, takeDirty(runner.dirty));
  const started = startTiming(run, runner.health, slots.length);
  for (let i = 0; i < slots.length; i++) classify(run, runner, slots[i] as number);
  if (started >= 0) stopTiming(run, runner.health, started, slots.length);
}

function classify(run: Run, runner: ClassifierRunner, slot: number): void {
  const { node, health, ctx, draws } = runner;
  const rows = health.halted ? 'stale' : joinRows(run, runner.inputs, node, slot);
  if (rows === undefined) {
    withdrawRow(run, node, slot);
    return;
  }
  if (rows === 'stale') {
    markStale(run, node, slot);
    return;
  }
  if (run.strict) Object.freeze(rows);
  ctx.now = run.now;
  ctx.key = keyAt(node.space, slot);
  draws.count = 0;
  draws.slot = slot;
  let row: unknown;
  try {
    row = runner.plugin.classify(rows as never, rowAt(node, slot) as never, ctx as never);
  } catch (error) {
    recordThrow(run, health, 'classify', error, keyTextAt(node.space, slot));
    markStale(run, node, slot);
    return;
  }
  if (row === undefined) {
    withdrawRow(run, node, slot);
    return;
  }
  const fitted = fittedRow(node, row);
  if (fitted !== undefined) {
    sayRow(run, node, slot, fitted, false, ctx.key);
    return;
  }
  const problem = rowProblem(node.fields, row) ?? 'the row does not fit';
  recordFault(
    run,
    health,
    'classify',
    'PLUGIN_OUTPUT_INVALID',
    `${node.ref.id}: ${problem}.`,
    keyTextAt(node.space, slot),
  );
  markStale(run, node, slot);
}
