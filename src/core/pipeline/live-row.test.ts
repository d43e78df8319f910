import { expect, test } from 'vitest';
import { account, defineFeature, feature, integer, trade } from '../../plugin-api/index.ts';
import { tapeBuilder } from '../../testing/index.ts';
import { createPipeline } from '../pipeline.ts';
import { makePlan } from '../plan.ts';

const first = `0x${'1'.repeat(40)}`;
const second = `0x${'2'.repeat(40)}`;
const header = { version: '1.0.0', api: '^1.0.0', doc: 'For this test.' };
const count = integer({ unit: 'count', doc: 'How many.', nullable: 'none' });

const statements = feature({
  id: 'test.statements',
  version: 1,
  entity: 'trader',
  doc: 'Statements of equity.',
  fields: { count },
});
const readings = feature({
  id: 'test.readings',
  version: 1,
  entity: 'trader',
  doc: 'What is read of statements at a trade.',
  fields: { count },
});

const plugins = [
  defineFeature({
    ...header,
    id: 'statements',
    on: [account],
    output: statements,
    key: event => event.payload.user,
    initial: () => ({ count: 0 }),
    update(state) {
      state.count++;
    },
    value: state => ({ count: state.count }),
  }),
  defineFeature({
    ...header,
    id: 'readings',
    on: [trade],
    inputs: { statements },
    output: readings,
    key: event => event.payload.buyer ?? undefined,
    initial: () => ({ count: null as number | null }),
    update(state, _event, ctx) {
      state.count = ctx.inputs.statements(ctx.key)?.count ?? null;
    },
    value: state => ({ count: state.count }),
  }),
];

test('a feature that has not seen a key has no row for it, also when it has seen a key that came later', async () => {
  const tape = tapeBuilder();
  const buy = (buyer: string, at: number) =>
    tape.add(trade, {
      key: 'BTC',
      at,
      payload: {
        coin: 'BTC',
        price: '100',
        size: '1',
        takerSide: 'buy',
        buyer,
        seller: `0x${'9'.repeat(40)}`,
        tradeId: at,
        hash: '0x',
      },
    });
  buy(first, 1_000);
  tape.add(account, { key: second, at: 1_001, payload: { user: second, accountValue: '5', totalPnl: null } });
  buy(first, 1_002);
  buy(second, 1_003);
  // Closes the beat.
  buy(`0x${'3'.repeat(40)}`, 5_000);
  const pipeline = createPipeline({ plan: makePlan({ plugins }) });
  await pipeline.start();
  const { faults } = await pipeline.process(tape.events);
  expect(faults).toEqual([]);
  expect(pipeline.row('test.readings', first)).toEqual({ count: null });
  expect(pipeline.row('test.readings', second)).toEqual({ count: 1 });
});
