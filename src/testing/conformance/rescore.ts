import assert from 'node:assert/strict';
import type { Context, ModelPlugin } from '../../plugin-api/index.ts';
import { record } from './recorder.ts';
import type { Subject } from './subject.ts';

type ModelInput = Readonly<Record<string, unknown>>;
type Scores = readonly (unknown | undefined)[];

/** Every batch that a model was given over the tape, with what it answered. */
async function batchesOf(
  subject: Subject,
): Promise<
  readonly { readonly rows: readonly ModelInput[]; readonly ctx: Context<unknown>; readonly scores: Scores }[]
> {
  const model = subject.plugin as ModelPlugin;
  const batches: { rows: readonly ModelInput[]; ctx: Context<unknown>; scores: Scores }[] = [];
  const replacement: ModelPlugin = {
    ...model,
    async score(rows: readonly ModelInput[], ctx: Context<unknown>) {
      const kept = structuredClone(rows);
      const scores = await model.score(rows as never, ctx as never);
      batches.push({ rows: kept, ctx: { ...ctx }, scores: structuredClone(scores) });
      return scores;
    },
  };
  await record(subject, subject.tape, { replacement });
  return batches;
}

/** Gives the rows of a model to it again in batches of one, seven and all, and compares the scores row by row. */
export async function rescore(subject: Subject): Promise<void> {
  const model = subject.plugin as ModelPlugin;
  const batches = await batchesOf(subject);
  const rows = batches.flatMap(batch => batch.rows);
  const ctx = batches[0]?.ctx;
  if (ctx === undefined) return;
  const inBatchesOf = async (size: number): Promise<unknown[]> => {
    const scores: unknown[] = [];
    for (let from = 0; from < rows.length; from += size) {
      const part = structuredClone(rows.slice(from, from + size));
      const answer = await model.score(part as never, ctx as never);
      assert.equal(
        answer.length,
        part.length,
        `expected ${part.length} scores for ${part.length} rows, found ${answer.length}`,
      );
      scores.push(...structuredClone(answer));
    }
    return scores;
  };
  const single = await inBatchesOf(1);
  for (const size of [7, Math.max(1, rows.length)]) {
    assert.deepStrictEqual(
      await inBatchesOf(size),
      single,
      `expected the score of a row not to depend on its batch of ${size}`,
    );
  }
}
