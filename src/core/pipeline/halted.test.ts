import { deserialize, serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { defineFeature, feature, integer, type Plugins, trade } from '../../plugin-api/index.ts';
import type { TapeEvent } from '../event.ts';
import { createPipeline } from '../pipeline.ts';
import { makePlan } from '../plan.ts';
import { moodModel, moody, size } from './every-kind.fixture.ts';
import { faultLimit } from './faults.ts';
import { commandAt, stored, timerAt, tradeAt } from './random-tape.fixture.ts';

const start = Date.UTC(2025, 9, 10);

async function startPipeline(plugins: Plugins) {
  const pipeline = createPipeline({ plan: makePlan({ plugins }), strict: true });
  await pipeline.start();
  return pipeline;
}

const walletSteps = feature({
  id: 'wallet.steps',
  version: 1,
  entity: 'trader',
  doc: 'Counts seconds since the first trade.',
  fields: { steps: integer({ unit: 'count', doc: 'Seconds.' }) },
});
const calls: number[] = [];
/** Wakes once a second from the first trade on. */
const stepper = defineFeature({
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Serves a test.',
  id: 'stepper',
  on: [trade],
  output: walletSteps,
  key: ({ payload }) => payload.buyer ?? undefined,
  initial: () => ({ steps: 0 }),
  update(state, _, ctx) {
    if (state.steps === 0) ctx.wakeAt(ctx.now + 1000);
  },
  wake(state, ctx) {
    calls.push(ctx.now - start);
    state.steps++;
    ctx.wakeAt(ctx.now + 1000);
  },
  value: ({ steps }) => ({ steps }),
});

test('a halted feature leaves the rows stale that events would have changed, and what depends on them, and no others', async () => {
  const pipeline = await startPipeline([moody, moodModel, size]);
  await pipeline.process([
    tradeAt(1, start, { buyer: '0xa' }),
    tradeAt(2, start, { buyer: '0xc' }),
    timerAt(3, start + 1000),
  ]);
  const { latest, history } = await pipeline.process([
    commandAt(4, start + 1000, 'pause-plugin', 'moody'),
    commandAt(5, start + 1000, 'pause-plugin', 'size'),
    tradeAt(6, start + 1500, { buyer: '0xa' }),
    tradeAt(7, start + 1600, { buyer: '0xnew' }),
    timerAt(8, start + 2000),
  ]);
  expect(latest.map(({ plugin, key, row, stale }) => [plugin, key, row, stale])).toEqual([
    ['moody', '0xa', { mood: 1 }, true],
    ['size', '0xa:BTC', { size: 1 }, true],
    ['size', '0xb:BTC', { size: -2 }, true],
    ['mood-model', '0xa', { points: 1 }, true],
  ]);
  expect(history).toEqual([]);
});

test('a feature that is degraded in the midst of an event leaves the other keys of it stale', async () => {
  const failing = {
    ...size,
    update(state: number[], event: TapeEvent, ctx: { key: readonly string[] }) {
      if (event.payload.price === '666' && ctx.key[0] === '0xa') throw new Error('cursed');
      size.update(state, event as never, ctx as never);
    },
  };
  const pipeline = await startPipeline(failing as never);
  await pipeline.process([tradeAt(1, start)]);
  // The buyer fails so often that the seller is told the last one no more.
  const events = Array.from({ length: faultLimit }, (_, at) => tradeAt(at + 2, start + at, { price: '666' }));
  await pipeline.process(events.slice(0, -1));
  const { latest } = await pipeline.process(events.slice(-1));
  expect(latest.map(({ key, row, stale }) => [key, row, stale])).toEqual([
    ['0xb:BTC', { size: -faultLimit }, true],
  ]);
});

test('wakes that are due while their feature is halted come when it is resumed, and mark its rows stale before', async () => {
  calls.length = 0;
  const pipeline = await startPipeline(stepper);
  await pipeline.process([tradeAt(1, start), timerAt(2, start + 2500)]);
  expect(calls).toEqual([1000, 2000]);
  const halted = await pipeline.process([
    commandAt(3, start + 2500, 'pause-plugin', 'stepper'),
    timerAt(4, start + 9000),
  ]);
  // The second step was in no row yet: the one that was told last stands.
  expect(halted.latest).toMatchObject([{ key: '0xa', row: undefined, stale: true }]);
  const resumed = await pipeline.process([
    commandAt(5, start + 9100, 'resume-plugin', 'stepper'),
    timerAt(6, start + 12_000),
  ]);
  expect(calls).toEqual([1000, 2000, 9100, 10_100, 11_100]);
  expect(resumed.latest).toMatchObject([{ row: { steps: 5 }, stale: false }]);
});

test('held wakes are part of a snapshot', async () => {
  const events = [
    tradeAt(1, start),
    tradeAt(2, start + 10, { buyer: '0xc' }),
    commandAt(3, start + 500, 'pause-plugin', 'stepper'),
    timerAt(4, start + 5000),
    commandAt(5, start + 6000, 'resume-plugin', 'stepper'),
    timerAt(6, start + 9500),
  ];
  const whole = await (await startPipeline(stepper)).process(events);
  const first = await startPipeline(stepper);
  const batches = [await first.process(events.slice(0, 4))];
  const second = await startPipeline(stepper);
  second.restore(deserialize(serialize(first.snapshot())));
  batches.push(await second.process(events.slice(4)));
  expect(stored(batches)).toEqual(stored([whole]));
  expect(second.row('wallet.steps', '0xc')).toEqual({ steps: 4 });
});

test('a halted feature whose keys cannot be told adds no fault', async () => {
  const lost = {
    ...moody,
    key: ({ payload }: TapeEvent) => {
      if (payload.price === '666') throw new Error('lost');
      return payload.buyer;
    },
  };
  const pipeline = await startPipeline(lost as never);
  const { faults } = await pipeline.process([
    tradeAt(1, start),
    commandAt(2, start, 'pause-plugin', 'moody'),
    tradeAt(3, start, { price: '666' }),
  ]);
  expect(faults).toEqual([]);
});
