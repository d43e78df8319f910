import { describe, expect, it } from 'vitest';
import { addressOf, featuresRow } from '../../../../test/fixtures/wallet-rows.ts';
import { createPipeline } from '../../../core/pipeline.ts';
import { makePlan } from '../../../core/plan.ts';
import {
  account,
  defineFeature,
  defineModel,
  feature,
  integer,
  timer,
  toNumber,
  walletFeatures,
  walletScores,
} from '../../../plugin-api/index.ts';
import { conformance, tapeBuilder } from '../../../testing/index.ts';
import { walletCategoriesClassifier } from './index.ts';

const wallet = addressOf(1);
const start = Date.UTC(2026, 0, 1);
const header = { version: '1.0.0', api: '^1.0.0', doc: 'For a test.' };

/** Gives a wallet the transactions per day that its account events tell. */
const paceFeature = defineFeature({
  ...header,
  id: 'pace',
  on: [account],
  output: walletFeatures,
  key: event => event.payload.user,
  initial: () => ({ txPerDay: 0 }),
  update(state, event) {
    state.txPerDay = toNumber(event.payload.accountValue);
  },
  value: state => featuresRow({ txPerDay: state.txPerDay, burstiness: 1 }),
});

const tapeOf = (...paces: readonly number[]) => {
  const tape = tapeBuilder();
  for (const [index, pace] of paces.entries()) {
    tape.add(account, {
      key: wallet,
      at: start + index * 1_000,
      payload: { user: wallet, accountValue: `${pace}`, totalPnl: null },
    });
  }
  return tape.add(timer, {
    key: 'market',
    at: start + paces.length * 1_000,
    payload: { name: 'beat' },
  }).events;
};

async function run(
  paces: readonly number[],
  config: object = {},
  plugins: Parameters<typeof makePlan>[0]['plugins'] = [],
) {
  const plan = makePlan({
    plugins: [paceFeature, walletCategoriesClassifier, plugins],
    config: { 'wallet-categories': config },
  });
  const pipeline = createPipeline({ plan, strict: true });
  const batch = await pipeline.process(tapeOf(...paces));
  return { pipeline, changes: batch.history.map(change => change.row), faults: batch.faults };
}

describe('the wallet category classifier', () => {
  for (const check of conformance(walletCategoriesClassifier)) it(check.name, check.run);

  it('names a wallet, and keeps each change with what was before', async () => {
    const { changes, faults } = await run([10, 20]);
    expect(faults).toEqual([]);
    expect(changes).toMatchObject([
      { primary: 'Active Trader', categories: [{ confidence: 0.12 }] },
      // .6 x 20/50 = .24
      { primary: 'Active Trader', categories: [{ confidence: 0.24 }] },
    ]);
  });

  it('keeps no change of confidence below a hundredth', async () => {
    // .6 x 10/50 = .12; 10.5: .126; 10.9: .1308, .0108 away from .12.
    const { changes } = await run([10, 10.5, 10.9]);
    expect(changes).toHaveLength(2);
    expect((await run([10, 10.5, 10.9], { minConfidenceChange: 0 })).changes).toHaveLength(3);
  });

  it('takes back what no longer holds', async () => {
    const { changes } = await run([10, 0.45]);
    expect(changes.at(-1)).toEqual({ primary: null, categories: [] });
  });

  it('says nothing of a wallet without a category, unless it is asked to', async () => {
    expect((await run([0.45])).changes).toEqual([]);
    expect((await run([0.45], { showUncategorised: true })).changes).toEqual([
      { primary: null, categories: [] },
    ]);
  });

  it('uses scores as soon as a model gives them', async () => {
    const counted = feature({
      id: 'test.count',
      version: 1,
      entity: 'trader',
      doc: 'For a test.',
      fields: { events: integer({ unit: 'count', doc: 'Events.' }) },
    });
    const count = defineFeature({
      ...header,
      id: 'count',
      on: [account],
      output: counted,
      key: event => event.payload.user,
      initial: () => ({ events: 0 }),
      update(state) {
        state.events++;
      },
      value: state => ({ events: state.events }),
    });
    const model = defineModel({
      ...header,
      id: 'scores-from-the-second-event',
      inputs: { counted },
      output: walletScores,
      score: rows =>
        rows.map(row =>
          row.counted.events < 2
            ? undefined
            : {
                bot: 0.8,
                risk: 0.5,
                profitability: 0.5,
                sophistication: 0.5,
                influence: 0,
                style: [0, 0, 0, 0, 0, 0],
              },
        ),
    });
    const { changes } = await run([10, 10], {}, [count, model]);
    expect(changes).toHaveLength(2);
    expect(changes[0]).toMatchObject({ categories: [{ category: 'Active Trader' }] });
    // Bot: .8 x .8 + .2 x .5 = .74. Active: .12 + .3 x .5 + .2 x .5 = .37. Possibly Profitable: .6 x .5 + .2 x .5 = .4.
    expect(changes[1]).toMatchObject({
      primary: 'Bot',
      categories: [
        { category: 'Bot', confidence: expect.closeTo(0.74, 12) },
        { category: 'Possibly Profitable Trader', confidence: 0.4 },
        { category: 'Active Trader' },
        { category: 'Possibly Sophisticated Trader', confidence: 0.35 },
        { category: 'Moderate Risk Trader', confidence: 0.3 },
      ],
    });
  });
});
