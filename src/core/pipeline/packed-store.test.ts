import { expect, test } from 'vitest';
import {
  account,
  defineFeature,
  feature,
  integer,
  listPage,
  listStart,
  makeList,
  type PackedState,
  packed,
  toNumber,
} from '../../plugin-api/index.ts';
import { tapeBuilder } from '../../testing/index.ts';
import { createPipeline } from '../pipeline.ts';
import { makePlan } from '../plan.ts';

const count = integer({ unit: 'count', doc: 'How many.' });
const counts = feature({
  id: 'test.counts',
  version: 1,
  entity: 'trader',
  doc: 'Statements of equity of a wallet.',
  fields: {
    statements: count,
    last: count,
    notes: integer({ unit: 'count', doc: 'Statements below zero.', nullable: 'none' }),
  },
});

interface Notes {
  below: number[];
}

/** Counts statements; the last one stands in a list, and those below zero are kept as plain data. */
const countsFeature = defineFeature({
  id: 'counts',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'For this test.',
  on: [account],
  output: counts,
  key: event => event.payload.user,
  initial: packed<Notes>([0, 0]),
  update(state: PackedState<Notes>, event) {
    const { numbers, first, lists } = state;
    const value = toNumber(event.payload.accountValue);
    numbers[first]! += 1;
    if (numbers[first + 1] === 0) numbers[first + 1] = makeList(lists, 4);
    const list = numbers[first + 1]!;
    listPage(lists, list)[listStart(list) + 2] = value;
    if (value < 0) state.more = { below: [...(state.more?.below ?? []), value] };
    if (value === 0) state.more = undefined;
  },
  value: ({ numbers, first, lists, more }: PackedState<Notes>) => ({
    statements: numbers[first]!,
    last: listPage(lists, numbers[first + 1]!)[listStart(numbers[first + 1]!) + 2]!,
    notes: more === undefined ? null : more.below.length,
  }),
});

const wallet = (number: number) => `0x${number.toString(16).padStart(40, '0')}`;
const newPipeline = () => createPipeline({ plan: makePlan({ plugins: [countsFeature] }) });

function statementsOf(values: readonly (readonly [wallet: number, value: number])[]) {
  const tape = tapeBuilder();
  for (const [at, [number, value]] of values.entries()) {
    const user = wallet(number);
    tape.add(account, {
      key: user,
      at: 1_000 + at * 10,
      payload: { user, accountValue: String(value), totalPnl: null },
    });
  }
  tape.add(account, {
    key: wallet(1),
    at: 1_000_000,
    payload: { user: wallet(1), accountValue: '7', totalPnl: null },
  });
  return tape.events;
}

test('each key has numbers, a list and plain data of its own', async () => {
  const pipeline = newPipeline();
  const outputs = await pipeline.process(
    statementsOf([
      [2, 5],
      [3, -1],
      [2, -4],
      [3, -2],
      [4, -9],
      [4, 0],
      [5, 11],
    ]),
  );
  expect(outputs.faults).toEqual([]);
  expect(pipeline.row('test.counts', wallet(2))).toEqual({ statements: 2, last: -4, notes: 1 });
  expect(pipeline.row('test.counts', wallet(3))).toEqual({ statements: 2, last: -2, notes: 2 });
  expect(pipeline.row('test.counts', wallet(4))).toEqual({ statements: 2, last: 0, notes: null });
  expect(pipeline.row('test.counts', wallet(5))).toEqual({ statements: 1, last: 11, notes: null });
  expect(pipeline.row('test.counts', wallet(6))).toBeUndefined();
});

test('a snapshot brings back all states, of more keys than a page holds, and goes on as if nothing had happened', async () => {
  const many = Array.from({ length: 10_000 }, (_, at) => [2 + (at % 9_000), (at % 7) - 2] as const);
  const events = statementsOf(many);
  const through = newPipeline();
  await through.process(events);
  for (const cut of [1, 17, 5_000, 9_500]) {
    const before = newPipeline();
    await before.process(events.slice(0, cut));
    const after = newPipeline();
    after.restore(structuredClone(before.snapshot()));
    expect(after.snapshot()).toEqual(before.snapshot());
    await after.process(events.slice(cut));
    expect([...after.allRows()]).toEqual([...through.allRows()]);
  }
});
