import assert from 'node:assert/strict';
import { deserialize, serialize } from 'node:v8';
import type { Plugin } from '../../plugin-api/index.ts';
import { type Check, pureKinds } from './check.ts';
import { finalState, pipelineOf, type RecordedOutput, record } from './recorder.ts';
import { rescore } from './rescore.ts';
import { subjectOf } from './subject.ts';

const cloneableState: Check = {
  id: 'C03',
  title: 'keeps a state that survives structured cloning and the snapshot store',
  kinds: ['feature', 'signal'],
  async run(under, options) {
    const subject = subjectOf(under, options);
    const pipeline = await pipelineOf(subject);
    for (const event of subject.tape) await pipeline.process([event]);
    const before = pipeline.snapshot();
    const stored = deserialize(serialize(structuredClone(before)));
    assert.deepStrictEqual(stored, structuredClone(before));
    const restored = await pipelineOf(subject);
    restored.restore(stored);
    assert.deepStrictEqual(
      structuredClone(restored.snapshot()),
      stored,
      'expected the restored state to equal the stored one',
    );
    const initial = (subject.plugin as { initial?: () => unknown }).initial;
    if (initial)
      assert.deepStrictEqual(
        structuredClone(initial()),
        initial(),
        'expected the initial state to be plain data',
      );
  },
};

const repeatable: Check = {
  id: 'C04',
  title: 'gives the same outputs in two runs over the same tape',
  kinds: pureKinds,
  async run(under, options) {
    const subject = subjectOf(under, options);
    const first = await record(subject);
    const second = await record(subjectOf(under, options));
    assert.deepStrictEqual(second.outputs, first.outputs);
  },
};

const noLookAhead: Check = {
  id: 'C05',
  title: 'gives the same earlier outputs when the tape is cut after any event',
  kinds: pureKinds,
  async run(under, options) {
    const whole = subjectOf(under, options);
    const full = (await record(whole)).outputs;
    for (let length = 1; length < whole.tape.length; length += step(whole.tape.length)) {
      const cut = whole.tape.slice(0, length);
      // Note: a plugin that is made from its tape is made from the cut one, as it would have been at that time.
      const subject = subjectOf(under, { ...options, tape: cut });
      const { outputs } = await record(subject, cut);
      assert.deepStrictEqual(
        outputs,
        full.slice(0, outputs.length),
        `expected outputs up to event ${length} not to depend on what follows it`,
      );
    }
  },
};

const anyBatchSize: Check = {
  id: 'C06',
  title: 'gives the same outputs for batches of one, seven and all events or rows',
  kinds: pureKinds,
  async run(under, options) {
    const subject = subjectOf(under, options);
    const single = finalState((await record(subject)).outputs);
    for (const batchSize of [7, subject.tape.length]) {
      const { outputs } = await record(subject, subject.tape, { batchSize });
      assert.deepStrictEqual(
        finalState(outputs),
        single,
        `expected batches of ${batchSize} events to end like single ones`,
      );
    }
    if (subject.plugin.kind === 'model') await rescore(subject);
  },
};

const restorable: Check = {
  id: 'C07',
  title: 'goes on as if nothing had happened after a snapshot is restored at any event',
  kinds: pureKinds,
  async run(under, options) {
    const subject = subjectOf(under, options);
    const { outputs: full } = await record(subject);
    for (let at = 1; at < subject.tape.length; at += step(subject.tape.length)) {
      const { outputs } = await record(subject, subject.tape, { restoreAfter: at });
      assert.deepStrictEqual(outputs, full, `expected a restore after event ${at} to change nothing`);
    }
  },
};

/** Every event of a short tape; of a long one about 150 of them, so that the cost stays bounded. */
function step(length: number): number {
  return Math.max(1, Math.floor(length / 150));
}

const converging: Check = {
  id: 'C15',
  title: 'reaches the rows of a full history when it starts late and its declared warm-up has passed',
  kinds: ['feature'],
  async run(under, options) {
    const subject = subjectOf(under, options);
    const warmup = (subject.plugin as Plugin & { warmup?: string | 0 }).warmup ?? 'all';
    if (warmup === 'all') return;
    const full = lastRows((await record(subject)).outputs);
    for (const share of [0.2, 0.5, 0.8]) {
      const late = subject.tape.slice(Math.floor(subject.tape.length * share));
      const warm = (late[0]?.tsIngest ?? 0) + durationMs(warmup);
      const fresh = lastRows((await record(subject, late)).outputs);
      for (const [key, { at, content }] of fresh) {
        if (at < warm) continue;
        const message = `expected the row of ${key} to have converged ${warmup} after a late start`;
        assert.deepStrictEqual(content, full.get(key)?.content, message);
      }
    }
  },
};

function lastRows(outputs: readonly RecordedOutput[]): ReadonlyMap<string, RecordedOutput> {
  return new Map(outputs.filter(output => output.kind === 'row').map(output => [output.key, output]));
}

function durationMs(duration: string | 0): number {
  if (duration === 0) return 0;
  const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const [, count, unit] = /^([\d.]+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  return Number(count) * (units[unit ?? ''] ?? Number.NaN);
}

export const determinismChecks: readonly Check[] = [
  cloneableState,
  repeatable,
  noLookAhead,
  anyBatchSize,
  restorable,
  converging,
];
