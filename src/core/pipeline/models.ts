import { rowProblem } from '../row-check.ts';
import { recordFault, recordThrow } from './faults.ts';
import { joinRows } from './joins.ts';
import { keyAt, keyTextAt, sortSlots } from './keyspace.ts';
import { fittedRow, markStale, sayRow, takeDirty, withdrawRow } from './rows.ts';
import type { ModelRunner, Run } from './state.ts';
import { startTiming, stopTiming } from './timing.ts';

/** Scores all keys whose inputs changed in the beat, in one batch sorted by key. */
export function runModel(run: Run, runner: ModelRunner): void | Promise<void> {
  if (runner.dirty.slots.length === 0) return undefined;
  const { node, health, ctx, draws } = runner;
  const slots: number[] = [];
  const rows: Record<string, unknown>[] = [];
  for (const slot of sortSlots(node.space, takeDirty(runner.dirty))) {
    const row = health.halted ? 'stale' : joinRows(run, runner.inputs, node, slot);
    if (row === 'stale') markStale(run, node, slot);
    else if (row === undefined) withdrawRow(run, node, slot);
    else {
      row.key = keyAt(node.space, slot);
      slots.push(slot);
      rows.push(row);
    }
  }
  if (rows.length === 0) return undefined;
  if (run.strict) Object.freeze(rows.map(Object.freeze));

  const started = startTiming(run, health, rows.length);
  const finish = (scores: unknown) => {
    if (started >= 0) stopTiming(run, health, started, rows.length);
    sayScores(run, runner, slots, scores);
  };
  const fail = (error: unknown) => {
    recordThrow(run, health, 'score', error, undefined);
    for (const slot of slots) markStale(run, node, slot);
  };
  ctx.now = run.now;
  draws.count = 0;
  draws.slot = -1;
  let scores: unknown;
  try {
    scores = runner.plugin.score(rows as never, ctx as never);
  } catch (error) {
    fail(error);
    return undefined;
  }
  if (!isPromise(scores)) {
    finish(scores);
    return undefined;
  }
  return scores.then(finish, fail);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as Promise<unknown>).then === 'function'
  );
}

function sayScores(run: Run, runner: ModelRunner, slots: readonly number[], scores: unknown): void {
  const { node, health } = runner;
  if (!Array.isArray(scores) || scores.length !== slots.length) {
    const found = Array.isArray(scores) ? `${scores.length} rows` : typeof scores;
    const message = `\`score\` must answer one row for each of ${slots.length} rows; found ${found}.`;
    recordFault(run, health, 'score', 'PLUGIN_OUTPUT_INVALID', message, undefined);
    for (const slot of slots) markStale(run, node, slot);
    return;
  }
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as number;
    const row = scores[i];
    if (row === undefined) {
      withdrawRow(run, node, slot);
      continue;
    }
    const fitted = fittedRow(node, row);
    if (fitted !== undefined) {
      sayRow(run, node, slot, fitted, false, keyAt(node.space, slot));
      continue;
    }
    const problem = rowProblem(node.fields, row) ?? 'the row does not fit';
    const key = keyTextAt(node.space, slot);
    recordFault(run, health, 'score', 'PLUGIN_OUTPUT_INVALID', `${node.ref.id}: ${problem}.`, key);
    markStale(run, node, slot);
  }
}
