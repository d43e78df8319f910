import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { tradeOf } from '../../../test/support/feature-run.ts';
import { defineSignal, emit, hold, number, signal, timer, trade } from '../../plugin-api/index.ts';
import { tapeBuilder } from '../../testing/index.ts';
import { createPipeline } from '../pipeline.ts';
import { makePlan } from '../plan.ts';

const echo = signal({
  id: 'test.echo',
  version: 1,
  entity: 'coin',
  doc: 'Says when it was woken.',
  fields: { heard: number({ unit: 'count', doc: 'Trades heard so far.' }) },
});

/** Decides on trades a while after they happened, in one go. */
const echoes = defineSignal({
  id: 'echoes',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Decides a while later.',
  config: z.strictObject({}),
  trigger: [trade],
  output: echo,
  key: event => event.payload.coin,
  initial: () => ({ heard: 0, waits: false }),
  reduce(state, _event, ctx) {
    state.heard += 1;
    if (!state.waits) ctx.wakeAt(ctx.now + 500);
    state.waits = true;
  },
  evaluate(state, event) {
    if (event.type !== 'tick') return hold('it waits');
    state.waits = false;
    return emit({ heard: state.heard }, 'it was woken');
  },
});

const pipelineOf = () => createPipeline({ plan: makePlan({ plugins: [echoes] }), strict: true });
const tapeOf = () =>
  tapeBuilder()
    .add(trade, { key: 'BTC', at: 1_000, payload: tradeOf() })
    .add(trade, { key: 'BTC', at: 1_300, payload: tradeOf({ tradeId: 2 }) })
    .add(timer, { key: 'market', at: 1_400, payload: { name: 'beat' } })
    .add(trade, { key: 'ETH', at: 1_700, payload: tradeOf({ coin: 'ETH', tradeId: 3 }) })
    .add(timer, { key: 'market', at: 9_000, payload: { name: 'beat' } });

describe('a signal that asks to be woken', () => {
  it('is evaluated with a tick for that key at that time, before any later event', async () => {
    const { signals, faults } = await pipelineOf().process(tapeOf().events);
    expect(faults).toEqual([]);
    expect(signals.map(({ key, tsIngest, row, seq }) => ({ key, tsIngest, row, seq }))).toEqual([
      { key: 'BTC', tsIngest: 1_500, row: { heard: 2 }, seq: 3 },
      { key: 'ETH', tsIngest: 2_200, row: { heard: 1 }, seq: 4 },
    ]);
  });

  it('is woken after a restart for what it asked before', async () => {
    const { events } = tapeOf();
    const before = pipelineOf();
    await before.process(events.slice(0, 3));
    const after = pipelineOf();
    after.restore(structuredClone([...before.snapshot().parts]));
    const { signals } = await after.process(events.slice(3));
    expect(signals.map(({ key, tsIngest }) => [key, tsIngest])).toEqual([
      ['BTC', 1_500],
      ['ETH', 2_200],
    ]);
  });
});
