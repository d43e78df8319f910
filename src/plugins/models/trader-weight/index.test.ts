import { describe, expect, it } from 'vitest';
import { addressOf, leaderboardLine, performanceRow } from '../../../../test/fixtures/wallet-rows.ts';
import { createPipeline } from '../../../core/pipeline.ts';
import { makePlan } from '../../../core/plan.ts';
import {
  defineFeature,
  leaderboard,
  mark,
  marketRegime,
  timer,
  walletPerformance,
  walletRegime,
} from '../../../plugin-api/index.ts';
import { conformance, tapeBuilder } from '../../../testing/index.ts';
import { leaderboardView } from '../../features/leaderboard-view/index.ts';
import { traderWeightModel } from './index.ts';

const wallet = addressOf(1);
const start = Date.UTC(2026, 0, 1);
const hour = 3_600_000;
const noPrice = { coin: 'BTC', mid: null, mark: null, oracle: null, openInterest: null, dayVolumeUsd: null };

/** A market that ranges until the first mark, and is of high volatility from then on. */
const toldRegime = defineFeature({
  id: 'told-regime',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Tells the regime by whether there was a mark.',
  on: [mark, timer],
  output: marketRegime,
  key: () => 'market',
  initial: () => ({ marks: 0 }),
  update(state, event) {
    if (event.type === 'mark') state.marks++;
  },
  value: state => ({ regime: state.marks > 0 ? 'high-volatility' : 'ranging' }),
});

const results = {
  regimes: [
    { regime: 'high-volatility', closes: 10, return: -0.03 },
    { regime: 'trending', closes: 0, return: null },
    { regime: 'ranging', closes: 10, return: 0.01 },
  ],
  returnOverall: 0,
  meanAbsoluteReturn: 0.02,
} as const;

/** A wallet that does well in ranging markets and badly in those of high volatility. */
const toldResults = defineFeature({
  id: 'told-results',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Gives a wallet fixed results by regime.',
  on: [leaderboard],
  output: walletRegime,
  key: event => event.payload.user,
  initial: () => ({}),
  update() {},
  value: () => results,
});

/** A wallet whose equity of 5 M was told at the start, whatever happened since. */
const toldEquity = defineFeature({
  id: 'told-equity',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Gives a wallet equity that was told once.',
  on: [mark],
  output: walletPerformance,
  key: () => wallet,
  initial: () => ({ marks: 0 }),
  update(state) {
    state.marks++;
  },
  value: state => performanceRow({ accountValue: 5_000_000, accountValueTime: start, gaps: state.marks }),
});

describe('the trader weight model', () => {
  for (const check of conformance(traderWeightModel)) it(check.name, check.run);

  it('weighs a wallet by its leaderboard line alone, and keeps the breakdown', async () => {
    const pipeline = createPipeline({ plan: makePlan({ plugins: [leaderboardView, traderWeightModel] }) });
    const line = leaderboardLine(wallet, {
      accountValue: '20000000',
      dayRoi: '0.1',
      weekRoi: '0.1',
      monthRoi: '-0.1',
    });
    const tape = tapeBuilder()
      .add(leaderboard, { key: wallet, at: start, payload: line })
      .add(timer, { key: 'market', at: start + 5_000, payload: { name: 'beat' } });
    await pipeline.process(tape.events);
    // Consistency 2/3, all that is known: performance 1.5 x .2 x 2/3 / .7 = 2/7. Recency .5 + .5 x (.05 + .03 - .02) = .53.
    const row = pipeline.row('trader.weight', wallet);
    expect(row).toMatchObject({
      size: 3,
      sizeTier: 'alpha_whale',
      accountValue: 20_000_000,
      accountValueTime: start,
      regime: null,
    });
    expect(row?.performance).toBeCloseTo(2 / 7, 12);
    expect(row?.recency).toBeCloseTo(0.53, 12);
    // (.4 x 2/7 + .3 x 3 + .2 x .53) / .9
    expect(row?.weight).toBeCloseTo((0.8 / 7 + 1.006) / 0.9, 12);
  });

  it('weighs by the regime that the market has now, not by that of when the wallet traded last', async () => {
    const plan = makePlan({ plugins: [leaderboardView, toldRegime, toldResults, traderWeightModel] });
    const pipeline = createPipeline({ plan, strict: true });
    const line = leaderboardLine(wallet, { accountValue: '20000000' });
    const tape = tapeBuilder()
      .add(timer, { key: 'market', at: start, payload: { name: 'beat' } })
      .add(leaderboard, { key: wallet, at: start, payload: line })
      .add(timer, { key: 'market', at: start + 2_000, payload: { name: 'beat' } });
    await pipeline.process(tape.events);
    // 1 + .2 x .01 / .02
    expect(pipeline.row('trader.weight', wallet)?.regime).toBeCloseTo(1.1, 12);
    // The results stay as they are; the line makes the weight anew.
    tape
      .add(mark, { key: 'BTC', at: start + 3_000, payload: noPrice })
      .add(leaderboard, { key: wallet, at: start + 3_000, payload: { ...line, dayRoi: '0.1' } })
      .add(timer, { key: 'market', at: start + 5_000, payload: { name: 'beat' } });
    await pipeline.process(tape.events.slice(3));
    // 1 - .2, since -.03 / .02 is beyond -1.
    expect(pipeline.row('trader.weight', wallet)?.regime).toBe(0.8);
  });

  it('does not weigh by an account value of long ago', async () => {
    const plan = makePlan({ plugins: [toldEquity, traderWeightModel] });
    const pipeline = createPipeline({ plan, strict: true });
    const tape = tapeBuilder();
    const weightAt = async (at: number) => {
      const done = tape.events.length;
      tape.add(mark, { key: 'BTC', at: start + at, payload: noPrice });
      tape.add(timer, { key: 'market', at: start + at + 1_000, payload: { name: 'beat' } });
      await pipeline.process(tape.events.slice(done));
      return pipeline.row('trader.weight', wallet);
    };
    expect(await weightAt(0)).toMatchObject({ weight: 2, sizeTier: 'large', accountValueTime: start });
    expect(await weightAt(192 * hour - 2_000)).toMatchObject({ weight: 2, size: 2 });
    // Nothing else is known of the wallet, so it counts for nothing.
    expect(await weightAt(192 * hour)).toBeUndefined();
  });

  it('knows an account value for as long as it is told to', async () => {
    const config = { 'trader-weight': { accountValueMaxAgeHours: 1 } };
    const pipeline = createPipeline({ plan: makePlan({ plugins: [toldEquity, traderWeightModel], config }) });
    const tape = tapeBuilder()
      .add(mark, { key: 'BTC', at: start + 2 * hour, payload: noPrice })
      .add(timer, { key: 'market', at: start + 3 * hour, payload: { name: 'beat' } });
    await pipeline.process(tape.events);
    expect(pipeline.row('trader.weight', wallet)).toBeUndefined();
  });
});
