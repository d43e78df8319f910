import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { rowProblem } from '../../core/row-check.ts';
import type {
  CollectorContext,
  CollectorPlugin,
  Draft,
  Rejection,
  StandardSchema,
} from '../../plugin-api/index.ts';
import { testCollectorContext } from '../collector-context.ts';
import type { Check } from './check.ts';
import { subjectOf } from './subject.ts';

interface Collected {
  readonly drafts: readonly Draft[];
  readonly rejections: readonly Rejection[];
  /** Milliseconds from the abort to the end of the iteration; `undefined` when the source ended by itself. */
  readonly stoppedAfterMs: number | undefined;
}

/** Runs a collector from a cursor until it ends or has given so many drafts, and then aborts it. */
async function collect(
  plugin: CollectorPlugin,
  config: unknown,
  cursor: string | undefined,
  atMost: number,
): Promise<Collected> {
  const abort = new AbortController();
  const drafts: Draft[] = [];
  const rejections: Rejection[] = [];
  const iterator = (
    plugin.collect(contextFor(config, cursor, abort.signal, rejections) as never) as AsyncIterable<
      Draft | readonly Draft[]
    >
  )[Symbol.asyncIterator]();
  while (drafts.length < atMost) {
    const next = await iterator.next();
    if (next.done) return { drafts, rejections, stoppedAfterMs: undefined };
    drafts.push(...(Array.isArray(next.value) ? next.value : [next.value as Draft]));
  }
  const aborted = performance.now();
  abort.abort();
  const drain = async () => {
    for (;;) if ((await iterator.next()).done) return;
  };
  const ended = await Promise.race([drain().then(() => true), sleep(3_000).then(() => false)]);
  return {
    drafts,
    rejections,
    stoppedAfterMs: ended ? performance.now() - aborted : Number.POSITIVE_INFINITY,
  };
}

function contextFor(
  config: unknown,
  cursor: string | undefined,
  signal: AbortSignal,
  rejections: Rejection[],
): CollectorContext<unknown> {
  return testCollectorContext(config, {
    now: Date.UTC(2026, 0, 5, 12),
    signal,
    cursor,
    reject: rejection => rejections.push(rejection),
  });
}

async function validated(plugin: CollectorPlugin, config: unknown): Promise<unknown> {
  const schema = plugin.config as StandardSchema | undefined;
  if (schema === undefined) return {};
  const result = await schema['~standard'].validate(config);
  assert.equal(
    result.issues,
    undefined,
    `expected a valid configuration, found ${JSON.stringify(result.issues)}`,
  );
  return result.issues === undefined ? result.value : {};
}

const identity = (draft: Draft) => `${draft.ref.id}/${draft.dedupe}`;

const resumes: Check = {
  id: 'C11',
  title: 'stops within a second of the abort and resumes from its cursor with no loss and no duplicate',
  kinds: ['collector'],
  async run(under, options) {
    const { plugin, config } = subjectOf(under, options) as { plugin: CollectorPlugin; config: unknown };
    const valid = await validated(plugin, config);
    const limit = options.drafts ?? 2_000;
    const whole = await collect(plugin, valid, undefined, limit);
    assert.ok(whole.drafts.length > 0, 'expected at least one draft from the source, found none');
    const expected = whole.drafts.slice(0, limit).map(identity);
    for (const part of [1, Math.ceil(expected.length / 3), Math.ceil((2 * expected.length) / 3)]) {
      const first = await collect(plugin, valid, undefined, part);
      assert.ok(
        first.stoppedAfterMs === undefined || first.stoppedAfterMs <= 1_000,
        `expected the collector to stop within 1 s, found ${first.stoppedAfterMs} ms`,
      );
      const cursor = first.drafts.at(-1)?.cursor;
      const rest = await collect(plugin, valid, cursor, expected.length - first.drafts.length);
      const found = [...first.drafts, ...rest.drafts].map(identity).slice(0, expected.length);
      assert.deepStrictEqual(
        found,
        expected,
        `expected a restart after ${first.drafts.length} drafts to lose and repeat nothing`,
      );
    }
  },
};

const validDrafts: Check = {
  id: 'C09',
  title: 'yields drafts that match their fields, of the kinds that it says it emits, in order',
  kinds: ['collector'],
  async run(under, options) {
    const { plugin, config } = subjectOf(under, options) as { plugin: CollectorPlugin; config: unknown };
    const { drafts } = await collect(
      plugin,
      await validated(plugin, config),
      undefined,
      options.drafts ?? 2_000,
    );
    const emitted = new Set((plugin.emits as readonly { id: string }[]).map(ref => ref.id));
    let last = Number.NEGATIVE_INFINITY;
    for (const draft of drafts) {
      assert.ok(
        emitted.has(draft.ref.id),
        `expected one of ${[...emitted].join(', ')}, found ${draft.ref.id}`,
      );
      const problem = rowProblem(draft.ref.fields, draft.payload);
      assert.equal(problem, undefined, `expected a payload that ${draft.ref.id} allows, found: ${problem}`);
      assert.ok(
        Number.isSafeInteger(draft.tsEvent),
        `expected tsEvent in whole milliseconds, found ${draft.tsEvent}`,
      );
      if (plugin.availability !== 'declared') continue;
      assert.ok(
        draft.tsIngest !== undefined,
        `expected a declared tsIngest on history, found none at ${draft.dedupe}`,
      );
      assert.ok(
        draft.tsIngest >= last,
        `expected drafts in the order of tsIngest, found ${draft.tsIngest} after ${last}`,
      );
      last = draft.tsIngest;
    }
  },
};

const unique: Check = {
  id: 'C12',
  title: 'gives each happening one de-duplication key of its own',
  kinds: ['collector'],
  async run(under, options) {
    const { plugin, config } = subjectOf(under, options) as { plugin: CollectorPlugin; config: unknown };
    const { drafts } = await collect(
      plugin,
      await validated(plugin, config),
      undefined,
      options.drafts ?? 2_000,
    );
    const payloads = new Map<string, string>();
    for (const draft of drafts) {
      const payload = JSON.stringify(draft.payload);
      const known = payloads.get(identity(draft));
      assert.ok(
        known === undefined || known === payload,
        `expected ${identity(draft)} to name one happening, found two`,
      );
      payloads.set(identity(draft), payload);
    }
  },
};

export const collectorChecks: readonly Check[] = [resumes, validDrafts, unique];
