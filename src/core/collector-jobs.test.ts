import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { type CollectorContext, candidate, defineCollector } from '../plugin-api/index.ts';
import { type App, createApp } from './app.ts';

let app: App | undefined;
afterEach(() => app?.stop());

it('lists what a collector does again and again among the jobs, and runs it by hand', async () => {
  let looks = 0;
  const venue = defineCollector({
    id: 'some-venue',
    version: '1.0.0',
    api: '^1.0.0',
    doc: 'Looks at a venue.',
    config: z.strictObject({}),
    emits: [candidate],
    async *collect(ctx: CollectorContext<object>) {
      ctx.every({ id: 'look', doc: 'Looks.', everyMs: 3_600_000 }, async () => {
        looks++;
      });
      await ctx.sleep(3_600_000);
      yield [];
    },
  });
  app = await createApp({
    builtIn: false,
    plugins: [venue],
    database: 'pglite-memory://',
    tape: null,
    config: { log: { level: 'silent' } },
  });
  await app.start();
  await expect.poll(() => looks, { timeout: 10_000 }).toBe(1);
  await app.commands.runJob('some-venue/look');

  expect(looks).toBe(2);
  expect(app.jobs().find(({ id }) => id === 'some-venue/look')).toMatchObject({
    schedule: '1h',
    outcome: 'succeeded',
    nextRun: expect.any(Number),
  });
  const kept = () => app!.store.query('select id, outcome from jobs where id = $1', ['some-venue/look']);
  await expect.poll(kept).toEqual([{ id: 'some-venue/look', outcome: 'succeeded' }]);
}, 30_000);
