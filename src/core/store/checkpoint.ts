import { InvariantError } from '../errors.ts';
import type { OutputBatch, Position } from '../event.ts';
import { countDecisions } from '../pipeline/decision-counts.ts';
import type { Engine } from './engine.ts';

/** Up to where everything is stored: an event, and the last of its outputs that was. */
export type Checkpoint = Position;

/** The checkpoint of an empty database. */
export const beginning: Checkpoint = { seq: 0, index: -1 };

export async function readCheckpoint(on: Pick<Engine, 'query'>): Promise<Checkpoint> {
  const [row] = await on.query<{ value: Checkpoint }>(`select value from meta where key = 'checkpoint'`);
  return row?.value ?? beginning;
}

/** Where a batch takes the checkpoint. */
export function checkpointAfter(batch: OutputBatch, before: Checkpoint): Checkpoint {
  let index = batch.toSeq === before.seq ? before.index : -1;
  for (const list of [
    batch.latest,
    batch.history,
    batch.signals,
    batch.alerts,
    batch.decisions,
    batch.faults,
  ]) {
    for (const item of list) if (item.seq === batch.toSeq && item.index > index) index = item.index;
  }
  return { seq: batch.toSeq, index };
}

/**
 * What of a batch is not stored yet; `undefined` when all of it is.
 *
 * Throws `STORE_BATCH_MISSING` when events between the checkpoint and the batch were left out.
 */
export function notStored(batch: OutputBatch, checkpoint: Checkpoint): OutputBatch | undefined {
  if (checkpoint.seq === 0 || batch.fromSeq === checkpoint.seq + 1) return batch;
  if (batch.fromSeq > checkpoint.seq + 1) {
    throw new InvariantError(
      'STORE_BATCH_MISSING',
      `Expected a batch that goes on at event ${checkpoint.seq + 1}, found one from ${batch.fromSeq} to ${batch.toSeq}: what ` +
        'lies between would be lost. Start again: recovery reads it from the tape.',
    );
  }
  if (batch.toSeq < checkpoint.seq) return undefined;
  const isNew = (at: Position) =>
    at.seq > checkpoint.seq || (at.seq === checkpoint.seq && at.index > checkpoint.index);
  const decisions = batch.decisions.filter(isNew);
  const rest: OutputBatch = {
    fromSeq: checkpoint.seq + 1,
    toSeq: batch.toSeq,
    now: batch.now,
    events: batch.events.filter(event => event.seq > checkpoint.seq),
    latest: batch.latest.filter(isNew),
    history: batch.history.filter(isNew),
    signals: batch.signals.filter(isNew),
    alerts: batch.alerts.filter(isNew),
    decisions,
    // Note: which evaluations a count is of is not known. Batches overlap only where somebody else cut them.
    decisionCounts: countDecisions(decisions),
    faults: batch.faults.filter(isNew),
  };
  const empty =
    batch.toSeq === checkpoint.seq &&
    [rest.latest, rest.history, rest.signals, rest.alerts, rest.decisions, rest.faults].every(
      list => list.length === 0,
    );
  return empty ? undefined : rest;
}
