import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  defineCollector,
  defineFeature,
  draft,
  feature,
  integer,
  metric,
  type Plugin,
} from '../plugin-api/index.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { type App, type AppOptions, createApp } from './app.ts';
import { silentLog } from './log.ts';

const start = Date.UTC(2025, 0, 1);
const wallet = `0x${'ab'.repeat(20)}`;

/** A live source that a test speaks through. */
function liveSource(id = 'live-source') {
  let speak: (value: number) => void = () => undefined;
  const waiting: number[] = [];
  const plugin: Plugin = defineCollector({
    id,
    version: '1.0.0',
    api: '^1.0.0',
    doc: 'Says what the test says.',
    emits: [metric],
    async *collect(ctx) {
      while (!ctx.signal.aborted) {
        while (waiting.length > 0) {
          const value = waiting.shift()!;
          yield draft(metric, {
            key: 'market',
            tsEvent: ctx.now,
            dedupe: `${id}:${value}`,
            payload: { name: id, value, period: start },
          });
        }
        await new Promise<void>(resolve => {
          speak = () => resolve();
          ctx.signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    },
  });
  return {
    plugin,
    say(value: number) {
      waiting.push(value);
      speak(value);
    },
  };
}

const countRef = feature({
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
  output: countRef,
  key: () => 'market' as const,
  initial: () => ({ count: 0 }),
  update(state) {
    state.count++;
  },
  value: state => ({ count: state.count }),
});

const apps: App[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop();
});

async function makeApp(options: AppOptions = {}): Promise<App> {
  const app = await createApp({ database: 'pglite-memory://', tape: null, log: silentLog, ...options });
  apps.push(app);
  return app;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries++) {
    if (tries > 2_000) throw new Error('It did not become true within 10 s.');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

const countOf = async (app: App): Promise<number | undefined> => {
  const rows = await app.store.query<{ row: { count: number } }>(
    `select row from rows where ref = 'test.count'`,
  );
  return rows[0]?.row.count;
};

describe('a live application', () => {
  it('stamps events by the clock, closes beats while nothing comes, and tells what is stale', async () => {
    const clock = manualClock(start);
    const source = liveSource();
    const app = await makeApp({ clock, plugins: [source.plugin, counter] });
    expect(app.phase).toBe('planned');
    await app.start();
    await until(() => app.phase === 'live');
    expect(app.readiness()).toMatchObject({
      ready: false,
      reasons: ['live-source has brought nothing yet.'],
    });
    source.say(1);
    await until(() => app.committedSeq === 1);
    expect(await countOf(app)).toBeUndefined();
    await clock.advance(1_000);
    await until(async () => (await countOf(app)) === 1);
    const [stored] = await app.store.query<{ ts_ingest: number }>(
      `select ts_ingest from rows where ref = 'test.count'`,
    );
    expect(stored?.ts_ingest).toBe(start + 1_000);
    expect(app.readiness()).toMatchObject({ ready: true, reasons: [] });
    await clock.advance(121_000);
    expect(app.readiness()).toMatchObject({
      ready: false,
      reasons: [
        expect.stringMatching(
          /^live-source is stale: its last event is 122 s old, expected is at most 120 s/,
        ),
      ],
    });
    expect(app.health()).toMatchObject({ status: 'ok', phase: 'live' });
  }, 30_000);

  it('puts operators’ acts on the tape, where they change what follows', async () => {
    const clock = manualClock(start);
    const source = liveSource();
    const app = await makeApp({ clock, plugins: [source.plugin, counter] });
    await app.start();
    await until(() => app.phase === 'live');
    await app.commands.trackTrader(wallet.toUpperCase().replace('0X', '0x'));
    const tracked = await app.store.query(`select address, tracked_by from traders where tracked`);
    expect(tracked).toEqual([{ address: wallet, tracked_by: 'hand' }]);
    await app.commands.pausePlugin('test-counter');
    expect(app.plugins().find(({ id }) => id === 'test-counter')?.state).toBe('paused');
    await app.commands.pausePlugin('live-source');
    const before = app.committedSeq;
    source.say(1);
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(app.committedSeq).toBe(before);
    await app.commands.resumePlugin('live-source');
    await until(() => app.committedSeq === before + 2);
    await app.commands.resumePlugin('test-counter');
    source.say(2);
    await until(() => app.committedSeq === before + 4);
    await clock.advance(1_000);
    await until(async () => (await countOf(app)) === 1);
    const commands = await app.store.query<{ name: string }>('select name from commands order by seq');
    expect(commands.map(({ name }) => name)).toEqual([
      'track-trader',
      'pause-plugin',
      'pause-plugin',
      'resume-plugin',
      'resume-plugin',
    ]);
  }, 30_000);

  it('runs jobs on tape time, and on demand', async () => {
    const clock = manualClock(start);
    const source = liveSource();
    const app = await makeApp({
      clock,
      plugins: [source.plugin],
      config: { jobs: { leaderboard: '1h', retention: 'off' } },
    });
    await app.start();
    await until(() => app.phase === 'live');
    source.say(1);
    const lastRun = (id: string) => app.jobs().find(job => job.id === id)?.lastRun;
    await until(() => lastRun('leaderboard') === start);
    await clock.set(start + 3_600_000);
    source.say(2);
    await until(() => lastRun('leaderboard') === start + 3_600_000);
    expect(lastRun('retention')).toBeUndefined();
    await app.commands.runJob('retention');
    expect(app.jobs().find(job => job.id === 'retention')).toMatchObject({
      outcome: 'succeeded',
      running: false,
    });
    await expect(app.commands.runJob('laundry')).rejects.toMatchObject({ code: 'JOB_UNKNOWN' });
  }, 30_000);

  it('answers over HTTP once it is started, mounted or on a port of its own', async () => {
    const app = await makeApp({ plugins: [liveSource().plugin], config: { server: { port: 0 } } });
    const mounted = createServer((request, response) => void app.handler(request, response));
    await new Promise<void>(resolve => mounted.listen(0, '127.0.0.1', () => resolve()));
    const url = `http://127.0.0.1:${(mounted.address() as AddressInfo).port}/graphql`;
    const ask = (to: string) =>
      fetch(to, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ plugins { id state } }' }),
      });
    expect((await ask(url)).status).toBe(503);
    await app.start();
    const answer = await (await ask(url)).json();
    expect(answer.data.plugins).toContainEqual({ id: 'live-source', state: expect.any(String) });
    const own = await app.listen();
    expect((await ask(`${own.url}/graphql`)).status).toBe(200);
    await app.stop();
    await expect(ask(`${own.url}/graphql`)).rejects.toThrow();
    mounted.close();
  }, 30_000);

  it('answered 200 on /health when its writer had halted, and never settled a command given after that', async () => {
    const source = liveSource();
    const app = await makeApp({ plugins: [source.plugin], config: { server: { port: 0 } } });
    await app.start();
    const { url } = await app.listen();
    expect((await fetch(`${url}/health`)).status).toBe(200);
    await until(() => app.phase === 'live');
    await app.store.query('drop table metrics');
    source.say(1);
    await until(() => app.phase === 'failed');
    const response = await fetch(`${url}/health`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'failed',
      problems: expect.arrayContaining([expect.stringContaining('metrics')]),
    });
    await expect(app.commands.trackTrader(wallet)).rejects.toMatchObject({ code: 'APP_NOT_RUNNING' });
  }, 30_000);

  it('never settled a command that was given while it stopped', async () => {
    const app = await makeApp({ plugins: [liveSource().plugin] });
    await app.start();
    await until(() => app.phase === 'live');
    const stopping = app.stop();
    await expect(app.commands.trackTrader(wallet)).rejects.toMatchObject({ code: 'APP_NOT_RUNNING' });
    await stopping;
  }, 30_000);

  it('shares nothing with another one in the same process', async () => {
    const [one, two] = [liveSource('one'), liveSource('two')];
    const first = await makeApp({ plugins: [one.plugin] });
    const second = await makeApp({ plugins: [two.plugin] });
    await Promise.all([first.start(), second.start()]);
    await until(() => first.phase === 'live' && second.phase === 'live');
    one.say(1);
    await until(() => first.committedSeq >= 1);
    expect(await second.store.query('select * from metrics')).toEqual([]);
    await first.stop();
    two.say(1);
    await until(async () => (await second.store.query('select * from metrics')).length === 1);
    expect(await second.metrics()).toContain('hypersonar_source_accepted{source="two"} 1');
    expect(await second.metrics()).not.toContain('source="one"');
  }, 30_000);
});

describe('a live application that is stopped while it fetches what it missed', () => {
  it.each(['snapshot', 'tape'])(
    'lost the rest of it for ever (known from the %s)',
    async from => {
      const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-backfill-'));
      const ranges: { from: number; to: number }[] = [];
      const value = (at: number, n: number, cursor: string) =>
        draft(metric, {
          key: 'market',
          tsEvent: at,
          dedupe: `${n}`,
          cursor,
          payload: { name: 'slow', value: n, period: start + n },
        });
      const untilAborted = (signal: AbortSignal) =>
        new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
      let run = 0;
      const cursors: (string | undefined)[] = [];
      const plugin: Plugin = defineCollector({
        id: 'slow-source',
        version: '1.0.0',
        api: '^1.0.0',
        doc: 'Fetches slowly.',
        emits: [metric],
        async *collect(ctx) {
          cursors.push(ctx.cursor);
          yield value(ctx.now, run * 100, `live-${run}`);
          await untilAborted(ctx.signal);
        },
        async *backfill(ctx, range) {
          ranges.push(range);
          yield value(ctx.now, run * 100 + 1, 'backfill');
          if (run < 3) await untilAborted(ctx.signal);
        },
      });
      const runOnce = async (at: number, events: number): Promise<void> => {
        run++;
        const app = await makeApp({
          clock: manualClock(at),
          plugins: [plugin],
          database: `pglite://${path.join(folder, 'database')}`,
          tape: path.join(folder, 'tape'),
        });
        await app.start();
        const count = async () => (await app.store.query('select 1 from metrics')).length;
        await until(async () => (await count()) === events);
        await app.stop();
        if (from === 'tape') await rm(path.join(folder, 'tape', 'snapshots'), { recursive: true });
      };
      try {
        await runOnce(start, 1);
        await runOnce(start + 600_000, 2);
        await runOnce(start + 1_200_000, 4);
        await runOnce(start + 1_800_000, 6);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      expect(ranges.map(range => [range.from - start, range.to - start])).toEqual([
        [0, 600_000],
        [0, 1_200_000],
        [1_200_000, 1_800_000],
      ]);
      expect(cursors).toEqual([undefined, 'live-1', 'live-3']);
    },
    60_000,
  );
});

describe('making an application', () => {
  it('refuses a plan or configuration that cannot work, before anything is opened', async () => {
    await expect(createApp({ config: { plugins: { 'whale-alarm': {} } } })).rejects.toMatchObject({
      code: 'PLAN_INVALID',
      message: expect.stringContaining('whale-alarm'),
    });
    await expect(
      createApp({ config: { plugins: { 'whale-alert': { isolate: true } } } }),
    ).rejects.toMatchObject({
      code: 'PLUGIN_ISOLATION_UNSUPPORTED',
    });
    await expect(createApp({ config: { jobs: { leaderboard: 'whenever' } } })).resolves.toBeDefined();
  });

  it('runs built-in collectors only when they are configured', async () => {
    const app = await makeApp();
    expect(app.plan.collectors).toEqual([]);
    expect(app.plan.features.length).toBeGreaterThan(3);
    await expect(app.commands.pausePlugin('whale-alert')).rejects.toMatchObject({ code: 'APP_NOT_RUNNING' });
    expect(() => app.store).toThrow(expect.objectContaining({ code: 'APP_NOT_RUNNING' }));
  });

  it('closes what it opened when a start fails', async () => {
    const app = await makeApp({ config: { jobs: { leaderboard: 'whenever' } } });
    await expect(app.start()).rejects.toMatchObject({ code: 'JOB_SCHEDULE_INVALID' });
    expect(app.phase).toBe('planned');
    await app.stop();
  });
});
