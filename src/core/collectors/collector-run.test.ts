import { describe, expect, it } from 'vitest';
import {
  type CollectorContext,
  type CollectorPlugin,
  defineCollector,
  draft,
  mark,
  metric,
} from '../../plugin-api/index.ts';
import { manualClock } from '../../testing/manual-clock.ts';
import { type Clock, systemClock } from '../clock.ts';
import { RetryableError } from '../errors.ts';
import type { AnyDraft } from '../ingest/source-item.ts';
import { silentLog } from '../log.ts';
import { type CollectorRunOptions, createCollectorRun } from './collector-run.ts';
import { createFollowers } from './followers.ts';
import { createRepeatedWorks } from './repeated-work.ts';
import { createMemoryLedger } from './request-budget/memory-ledger.ts';
import { createRequestBudgets } from './request-budget.ts';
import { createTrackedSet } from './tracked-set.ts';

type Ctx = CollectorContext<Readonly<Record<string, never>>>;

function collector(
  collect: (ctx: Ctx) => AsyncGenerator<ReturnType<typeof value>>,
  more: Partial<Pick<CollectorPlugin, 'availability' | 'backfill'>> = {},
): CollectorPlugin {
  return defineCollector({
    id: 'test-source',
    version: '1.0.0',
    api: '^1.0.0',
    doc: 'A source.',
    emits: [metric],
    collect: collect as never,
    ...more,
  });
}

const value = (n: number) =>
  draft(metric, {
    key: 'market',
    tsEvent: n,
    dedupe: `${n}`,
    cursor: `${n}`,
    payload: { name: 'test', value: n, period: 0 },
  });

function run(plugin: CollectorPlugin, options: Partial<CollectorRunOptions> = {}) {
  const stop = new AbortController();
  const created = createCollectorRun({
    plugin,
    config: {},
    cursor: undefined,
    required: false,
    seed: 0,
    clock: systemClock,
    log: silentLog,
    signal: stop.signal,
    secret: name => (name === 'api-key' ? 'xyz' : undefined),
    budgets: createRequestBudgets({
      owner: 'test',
      ledgerOf: () => createMemoryLedger(systemClock),
      clock: systemClock,
      log: silentLog,
      random: () => 0,
    }),
    works: createRepeatedWorks({ clock: systemClock }),
    tracked: createTrackedSet(),
    followers: createFollowers(systemClock),
    positionsOf: async () => [],
    outageSince: undefined,
    backOff: { firstMs: 1, longestMs: 2 },
    ...options,
  });
  const all = async (): Promise<AnyDraft[]> => {
    const drafts: AnyDraft[] = [];
    for await (const chunk of created.drafts()) drafts.push(...chunk);
    return drafts;
  };
  return { run: created, all, stop };
}

const shown = (drafts: readonly AnyDraft[]) =>
  drafts.map(({ ref, dedupe, payload }) =>
    ref.id === 'metric'
      ? dedupe
      : ref.id === 'core.fault'
        ? `${payload.code}: ${payload.message}`
        : `${ref.id} ${payload.reason} healed=${payload.healed}`,
  );

describe('a collector at work', () => {
  it('gives its drafts, one by one or in arrays, and ends as stopped', async () => {
    const { run: made, all } = run(
      collector(async function* () {
        yield value(1);
        yield [value(2), value(3)] as never;
      }),
    );
    expect(made.status.state).toBe('planned');
    expect(shown(await all())).toEqual(['1', '2', '3']);
    expect(made.status).toMatchObject({ state: 'stopped', faults: 0 });
  });

  it('begins again where it was after a failure that may pass', async () => {
    const cursors: (string | undefined)[] = [];
    const { run: made, all } = run(
      collector(
        async function* (ctx) {
          cursors.push(ctx.cursor);
          const from = Number(ctx.cursor ?? 0);
          yield value(from + 1);
          if (from < 2) throw new RetryableError('STORE_UNAVAILABLE', 'gone for a moment');
        },
        { availability: 'declared' },
      ),
    );
    const fault = 'STORE_UNAVAILABLE: gone for a moment';
    expect(shown(await all())).toEqual(['1', fault, '2', fault, '3']);
    expect(cursors).toEqual([undefined, '1', '2']);
    expect(made.status).toMatchObject({ state: 'stopped', faults: 2 });
  });

  it('gives up a history whose failure will not pass, and says why', async () => {
    const { run: made, all } = run(
      collector(
        async function* () {
          yield value(1);
          throw new Error('line 7 is torn');
        },
        { availability: 'declared' },
      ),
    );
    expect(shown(await all())).toEqual(['1', 'PLUGIN_THREW: line 7 is torn']);
    expect(made.status).toMatchObject({ state: 'failed', reason: 'line 7 is torn', faults: 1 });
  });

  it('stops everything when the operator has called it required', async () => {
    const failing = collector(
      async function* () {
        yield* [];
        throw new Error('no such file');
      },
      { availability: 'declared' },
    );
    await expect(run(failing, { required: true }).all()).rejects.toMatchObject({
      code: 'COLLECTOR_REQUIRED_FAILED',
      message: expect.stringContaining('test-source'),
    });
  });

  it('marks an outage of a live source as a gap, fetches what was missed, and marks it healed', async () => {
    const clock = manualClock(1_000_000);
    let begun = 0;
    const ranges: unknown[] = [];
    const { all, stop } = run(
      collector(
        async function* (ctx) {
          begun++;
          yield value(begun * 10);
          if (begun === 1) throw new Error('socket closed');
          stop.abort();
          await ctx.sleep(1e9);
        },
        {
          async *backfill(_ctx: Ctx, range: unknown) {
            ranges.push(range);
            yield value(11);
          },
        } as never,
      ),
      { clock, backOff: { firstMs: 8_000, longestMs: 8_000 } },
    );
    const drafts = all();
    while (clock.sleeping === 0) await new Promise(resolve => setImmediate(resolve));
    await clock.advance(8_000);
    expect(shown(await drafts)).toEqual([
      '10',
      'PLUGIN_THREW: socket closed',
      'core.gap failed: socket closed healed=false',
      '11',
      'core.gap failed: socket closed healed=true',
      '20',
    ]);
    expect(ranges).toEqual([{ from: 1_000_000, to: expect.any(Number) }]);
  });

  it('took the cursor of a backfill for its own, on the tape and after a backfill that failed', async () => {
    const clock = manualClock(1_000_000);
    const cursors: (string | undefined)[] = [];
    let tries = 0;
    const { all } = run(
      collector(
        async function* (ctx) {
          cursors.push(ctx.cursor);
          yield value(20);
        },
        {
          async *backfill(ctx: Ctx) {
            cursors.push(ctx.cursor);
            yield value(3);
            if (++tries === 1) throw new Error('lost');
          },
        } as never,
      ),
      { clock, outageSince: 400_000, cursor: '15', backOff: { firstMs: 8_000, longestMs: 8_000 } },
    );
    const drafts = all();
    while (clock.sleeping === 0) await new Promise(resolve => setImmediate(resolve));
    await clock.advance(8_000);
    const metrics = (await drafts).filter(({ ref }) => ref.id === 'metric');
    expect(metrics.map(({ dedupe, cursor }) => [dedupe, cursor])).toEqual([
      ['3', undefined],
      ['3', undefined],
      ['20', '20'],
    ]);
    expect(cursors).toEqual(['15', '15', '15']);
  });

  it('marks the time that the process was down', async () => {
    const clock = manualClock(1_000_000);
    const { all } = run(
      collector(async function* () {
        yield value(1);
      }),
      { clock, outageSince: 400_000 },
    );
    const drafts = await all();
    expect(shown(drafts)).toEqual(['core.gap not running healed=false', '1']);
    expect(drafts[0]?.payload).toMatchObject({ stream: 'metric', from: 400_000, to: 1_000_000 });
  });

  it('tells a gap at once, also while nothing else comes, and before it fails', async () => {
    const { all, stop } = run(
      collector(async function* (ctx) {
        yield value(1);
        ctx.gap({ stream: 'metric', from: 1, to: 2, reason: 'while it waits' });
        await ctx.sleep(1e8);
      }),
    );
    const drafts = all();
    setTimeout(() => stop.abort(), 30);
    expect(shown(await drafts)).toEqual(['1', 'core.gap while it waits healed=false']);

    const failing = run(
      collector(
        async function* (ctx) {
          yield value(1);
          ctx.gap({ stream: 'metric', from: 1, to: 2, reason: 'before it fails' });
          throw new Error('a bug');
        },
        { availability: 'declared' },
      ),
    );
    expect(shown(await failing.all())).toEqual([
      '1',
      'core.gap before it fails healed=false',
      'PLUGIN_THREW: a bug',
    ]);
  });

  it('puts a gap that it reports where it was reported', async () => {
    const { all } = run(
      collector(async function* (ctx) {
        yield value(1);
        ctx.gap({ stream: 'metric', from: 1, to: 2, reason: 'skipped a file' });
        yield value(2);
      }),
    );
    expect(shown(await all())).toEqual(['1', 'core.gap skipped a file healed=false', '2']);
  });

  it('counts what it rejects and keeps the first as examples; what it does not emit is rejected too', async () => {
    const { run: made, all } = run(
      collector(async function* (ctx) {
        for (let line = 1; line <= 12; line++) ctx.reject({ source: 'a.jsonl', line, reason: 'no JSON' });
        yield { ...value(1), ref: mark } as never;
        yield value(2);
      }),
    );
    expect(shown(await all())).toEqual(['2']);
    expect(made.status.rejected).toBe(13);
    expect(made.status.examples).toHaveLength(10);
    expect(made.status.examples[0]).toBe('a.jsonl:1: no JSON');
  });

  it('stops when it is told to while it waits', async () => {
    const {
      run: made,
      all,
      stop,
    } = run(
      collector(async function* (ctx) {
        yield value(1);
        await ctx.sleep(1e8);
      }),
    );
    const drafts = all();
    setTimeout(() => stop.abort(), 20);
    expect(shown(await drafts)).toEqual(['1']);
    expect(made.status).toMatchObject({ state: 'stopped', reason: undefined });
  });

  it('is left behind when it does not stop in time, and that is said', async () => {
    const {
      run: made,
      all,
      stop,
    } = run(
      collector(async function* () {
        yield value(1);
        await new Promise(() => undefined);
      }),
      { stopWithinMs: 30 },
    );
    const drafts = all();
    setTimeout(() => stop.abort(), 10);
    const start = performance.now();
    await drafts;
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(made.status.reason).toBe('did not stop within 30 ms');
  });

  it('pauses and goes on', async () => {
    const { run: made, all } = run(
      collector(async function* () {
        yield value(1);
        yield value(2);
      }),
    );
    made.pause();
    const drafts = all();
    await new Promise(resolve => setTimeout(resolve, 10));
    expect(made.status.state).toBe('paused');
    made.resume();
    expect(shown(await drafts)).toEqual(['1', '2']);
  });

  it('has secrets, and keeps within its request budget', async () => {
    const clock = manualClock();
    const seen: unknown[] = [];
    const { all } = run(
      collector(async function* (ctx) {
        seen.push(ctx.secret('api-key'), ctx.secret('other'));
        const asked = [1, 2, 3].map(() => ctx.http('http://127.0.0.1:1/').catch(() => 'failed'));
        seen.push(await Promise.all(asked.slice(0, 2)));
        seen.push(
          await Promise.race([asked[2], new Promise(resolve => setTimeout(() => resolve('waits'), 50))]),
        );
        yield value(1);
      }),
      { clock: clock as Clock, requestsPerMinute: 2 },
    );
    await all();
    expect(seen).toEqual(['xyz', undefined, ['failed', 'failed'], 'waits']);
  });
});
