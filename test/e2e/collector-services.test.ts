import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type App, type AppOptions, createApp } from '../../src/core/app.ts';
import { silentLog } from '../../src/core/log.ts';
import {
  type CollectorContext,
  defineCollector,
  defineFeature,
  draft,
  feature,
  integer,
  metric,
  type Plugin,
  type TrackedTraders,
} from '../../src/plugin-api/index.ts';
import { ask } from './platform.ts';

/*
 * What the core gives to live collectors, from GraphQL to the collector and back.
 */

const wallet = (n: number) => `0x${n.toString(16).padStart(40, '0')}`;
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A collector that notes what it is told of, and emits what it is asked to. */
function witness() {
  const seen = { changes: [] as unknown[], events: [] as unknown[] };
  let tracked: TrackedTraders | undefined;
  const waiting: number[] = [];
  let wake = () => {};
  let gap: CollectorContext<unknown>['gap'] = () => {};
  const plugin: Plugin = defineCollector({
    id: 'witness',
    version: '1.0.0',
    api: '^1.0.0',
    doc: 'Notes what it is told of.',
    emits: [metric],
    async *collect(ctx) {
      tracked = ctx.tracked;
      gap = report => ctx.gap(report);
      ctx.tracked.onChange((added, removed) => seen.changes.push([added, removed]));
      ctx.follow(metric, ({ payload }) => {
        if (payload.value === 13) throw new Error('a bug');
        seen.events.push(payload.value);
      });
      const budget = ctx.budget('test-server', { perMinute: 100 });
      await budget.take({ weight: 20, priority: 'high' });
      budget.charge(5);
      while (!ctx.signal.aborted) {
        for (const value of waiting.splice(0)) {
          if (value === 666) throw Object.assign(new Error('socket closed'), { code: 'ECONNRESET' });
          yield draft(metric, {
            key: 'market',
            tsEvent: ctx.now - 250,
            dedupe: `${value}`,
            payload: { name: 'test', value, period: 0 },
          });
        }
        await new Promise<void>(resolve => {
          wake = resolve;
          ctx.signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    },
  });
  return {
    plugin,
    seen,
    tracked: () => tracked?.list() ?? [],
    gap: (report: Parameters<typeof gap>[0]) => gap(report),
    emit(...values: number[]) {
      waiting.push(...values);
      wake();
    },
  };
}

async function run(plugin: Plugin, options: AppOptions = {}): Promise<App & { url: string }> {
  const app = await createApp({
    ...{ database: 'pglite-memory://', tape: null, log: silentLog, builtIn: false, plugins: [plugin] },
    config: { server: { port: 0 } },
    ...options,
  });
  stops.push(() => app.stop());
  await app.start();
  const { url } = await app.listen();
  return Object.assign(Object.create(app), { url }) as App & { url: string };
}

async function until(condition: () => boolean, withinMs = 10_000): Promise<number> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > withinMs)
      throw new Error(`It did not become true within ${withinMs} ms.`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  return performance.now() - start;
}

const track = (address: string) =>
  `mutation { trackTrader(address: "${address}") { ... on Tracking { tracked } } }`;
const untrack = (address: string) =>
  `mutation { untrackTrader(address: "${address}") { ... on Tracking { tracked } } }`;

describe('tracked traders', () => {
  it('are those of a mutation within two seconds, and again after a restart', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-tracked-'));
    stops.push(() => rm(folder, { recursive: true, force: true }));
    const where = { database: `pglite://${folder}/database`, tape: `${folder}/tape` };
    const first = witness();
    const app = await run(first.plugin, where);
    const start = performance.now();
    await ask(app, track(wallet(2)));
    await ask(app, track(wallet(1)));
    await ask(app, track(wallet(3)));
    await ask(app, untrack(wallet(3)));
    await until(() => first.tracked().length === 2);
    expect(performance.now() - start).toBeLessThan(2_000);
    const both = [1, 2].map(n => ({ address: wallet(n), by: 'hand', tier: undefined }));
    expect(first.tracked()).toEqual(both);
    expect(first.seen.changes.at(-1)).toEqual([[], [wallet(3)]]);
    await app.stop();

    const second = witness();
    await run(second.plugin, where);
    await until(() => second.tracked().length === 2);
    expect(second.tracked()).toEqual(both);
    expect(second.seen.changes).toEqual([]);
  });

  it('are selected in bulk with their tier, and by hand against the selection', async () => {
    const source = witness();
    const app = await run(source.plugin);
    await ask(app, track(wallet(7)));
    const many = Array.from({ length: 500 }, (_, n) => wallet(n + 1));
    const before = source.seen.changes.length;
    await app.commands.act(
      many.map(target => ({ name: 'track-trader', target, by: 'selection', tier: 'core' })),
    );
    expect(source.tracked()).toHaveLength(500);
    expect(source.tracked()[6]).toEqual({ address: wallet(7), by: 'hand', tier: undefined });
    expect(source.tracked()[7]).toEqual({ address: wallet(8), by: 'selection', tier: 'core' });
    // One commit or two, but not five hundred.
    expect(source.seen.changes.length - before).toBeLessThan(20);
  });
});

describe('events', () => {
  it('are told to who follows them, in order, also behind one that its listener failed for', async () => {
    const source = witness();
    await run(source.plugin);
    await until(() => source.tracked() !== undefined);
    source.emit(1, 2, 13, 3);
    await until(() => source.seen.events.length === 3);
    expect(source.seen.events).toEqual([1, 2, 3]);
  });
});

describe('a collector that fails', () => {
  it('is a fault row, and listens once after it has begun anew', async () => {
    const source = witness();
    const app = await run(source.plugin);
    await until(() => app.phase === 'live');
    source.emit(666);
    const query =
      '{ faults(first: 5) { ... on FaultConnection { edges { node { plugin handler code message } } } } }';
    let answer = await ask(app, query);
    for (let tries = 0; answer.data.faults.edges.length === 0 && tries < 100; tries++) {
      await new Promise(resolve => setTimeout(resolve, 50));
      answer = await ask(app, query);
    }
    expect(answer.data.faults.edges[0].node).toEqual({
      ...{ plugin: 'witness', handler: 'collect', code: 'ECONNRESET', message: 'socket closed' },
    });
    // Its listeners of before are gone: after it has begun anew an event is told once.
    await until(() => app.plugins().find(({ id }) => id === 'witness')?.faults === 1);
    await new Promise(resolve => setTimeout(resolve, 1_500));
    source.emit(5);
    await until(() => source.seen.events.length > 0);
    await new Promise(resolve => setTimeout(resolve, 200));
    expect(source.seen.events).toEqual([5]);
  });
});

describe('request budgets', () => {
  it('are shown by GraphQL and in the metrics', async () => {
    const app = await run(witness().plugin);
    await until(() => app.phase === 'live');
    const query = '{ requestBudgets { name perMinute used left refusals waiting { priority count } } }';
    let answer = await ask(app, query);
    for (let tries = 0; answer.data.requestBudgets[0]?.used !== 25 && tries < 100; tries++) {
      await new Promise(resolve => setTimeout(resolve, 50));
      answer = await ask(app, query);
    }
    expect(answer.data.requestBudgets).toEqual([
      {
        ...{ name: 'test-server', perMinute: 100, used: 25, left: 75, refusals: 0 },
        waiting: ['urgent', 'high', 'normal', 'low'].map(priority => ({ priority, count: 0 })),
      },
    ]);
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    expect(metrics).toContain('hypersonar_request_budget_used{budget="test-server"} 25');
    expect(metrics).toContain('hypersonar_request_budget_waiting{budget="test-server",priority="low"} 0');
  });
});

describe('latency', () => {
  it('is measured from the exchange’s time to the commit, and kept for `stats`', async () => {
    const source = witness();
    const app = await run(source.plugin);
    await until(() => app.phase === 'live');
    source.emit(1);
    await until(() => source.seen.events.length === 1);
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    expect(metrics).toContain('hypersonar_latency_seconds_count{stage="committed",stream="metric"} 1');
    // The event happened 250 ms before it was told, and its commit took less than five seconds.
    expect(metrics).toContain(
      'hypersonar_latency_seconds_bucket{le="0.1",stage="committed",stream="metric"} 0',
    );
    expect(metrics).toContain(
      'hypersonar_latency_seconds_bucket{le="5",stage="committed",stream="metric"} 1',
    );
    expect(metrics).toContain('hypersonar_nodejs_eventloop_lag_p99_seconds');
  });
});

const count = feature({
  id: 'test.count',
  version: 1,
  entity: 'market',
  doc: 'How many metrics have come.',
  fields: { count: integer({ unit: 'count', doc: 'How many.' }) },
});
const counter: Plugin = defineFeature({
  id: 'test-counter',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Counts metrics.',
  on: [metric],
  output: count,
  key: () => 'market' as const,
  initial: () => ({ count: 0 }),
  update(state) {
    state.count++;
  },
  value: state => ({ count: state.count }),
});

describe('a gap', () => {
  it('makes what reads its stream stale until it is healed, also after a restart, and is listed by its time', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-gaps-'));
    stops.push(() => rm(folder, { recursive: true, force: true }));
    const where = { database: `pglite://${folder}/database`, tape: `${folder}/tape` };
    const now = Date.now();
    const hole = { stream: 'metric', from: now - 5_000, to: now - 4_000, reason: 'socket closed' };
    const source = witness();
    const first = await run(source.plugin, { ...where, plugins: [source.plugin, counter] });
    const staleOf = async (app: { url: string }) => {
      const answer = await ask(
        app,
        '{ row(ref: "test.count", key: "market") { ... on StoredRow { stale } } }',
      );
      return answer.data.row.stale as boolean | undefined;
    };
    const becomes = async (app: { url: string }, wanted: boolean) => {
      for (let tries = 0; (await staleOf(app)) !== wanted; tries++) {
        if (tries > 200) throw new Error(`It did not become ${wanted}.`);
        await new Promise(resolve => setTimeout(resolve, 25));
      }
    };
    await until(() => first.phase === 'live');
    source.emit(1);
    await becomes(first, false);
    // Nothing else comes: the report alone has to be told.
    source.gap(hole);
    await becomes(first, true);
    const ready = await (await fetch(`${first.url}/ready`)).text();
    expect(ready).toContain('are missing (socket closed)');
    const listed = async (args: string) => {
      const answer = await ask(
        first,
        `{ gaps(first: 9, ${args}) { ... on GapConnection { edges { node { stream healed reason } } } } }`,
      );
      return answer.data.gaps.edges.length as number;
    };
    expect(await listed('stream: "metric", healed: false, scope: "BTC"')).toBe(1);
    expect(await listed(`from: ${now - 4_500}, to: ${now}`)).toBe(1);
    expect(await listed(`from: ${now - 3_000}`)).toBe(0);
    await first.stop();

    const again = witness();
    const second = await run(again.plugin, { ...where, plugins: [again.plugin, counter] });
    await until(() => second.phase === 'live');
    expect(await staleOf(second)).toBe(true);
    again.gap({ ...hole, healed: true });
    // That the application was not running is a gap of its own, of which nothing was fetched.
    again.gap({ ...hole, to: Date.now() + 60_000, healed: true });
    await becomes(second, false);
  });
});
