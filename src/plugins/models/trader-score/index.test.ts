import { describe, expect, it } from 'vitest';
import { addressOf, leaderboardLine, performanceRow } from '../../../../test/fixtures/wallet-rows.ts';
import { createPipeline } from '../../../core/pipeline.ts';
import { makePlan } from '../../../core/plan.ts';
import { defineFeature, leaderboard, mark, walletPerformance } from '../../../plugin-api/index.ts';
import { conformance, tapeBuilder } from '../../../testing/index.ts';
import { leaderboardView } from '../../features/leaderboard-view/index.ts';
import { traderScoreModel } from './index.ts';

const wallet = addressOf(1);
const other = addressOf(2);
const hour = 3_600_000;
const start = Date.UTC(2026, 0, 1);

/** Says of two wallets, at every mark, what a reconstruction could say. */
const performanceOfTwo = defineFeature({
  id: 'performance-of-two',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Gives two wallets fixed performance.',
  on: [mark],
  output: walletPerformance,
  key: () => [wallet, other],
  initial: () => ({ marks: 0 }),
  update(state) {
    state.marks++;
  },
  value: state =>
    performanceRow({
      accountValue: 100_000,
      accountValueTime: start,
      gaps: state.marks,
      windows: {
        day: { roi: 0.01 },
        week: { roi: 0.02 },
        month: { roi: 0.04, volume: 2_000_000 },
        all: { roi: 0.1 },
      },
    }),
});

const somePrice = { coin: 'BTC', mid: '1', mark: null, oracle: null, openInterest: null, dayVolumeUsd: null };

describe('the trader score model', () => {
  for (const check of conformance(traderScoreModel)) it(check.name, check.run);

  it("takes the exchange's figures while they are fresh, else the reconstruction's", async () => {
    const plan = makePlan({ plugins: [leaderboardView, performanceOfTwo, traderScoreModel] });
    const pipeline = createPipeline({ plan });
    const line = leaderboardLine(wallet, { allRoi: '2', accountValue: '12000000', monthVolume: '0' });
    const tape = tapeBuilder()
      .add(leaderboard, { key: wallet, at: start, payload: line })
      .add(mark, { key: 'BTC', at: start + 10, payload: somePrice })
      .add(mark, { key: 'BTC', at: start + hour, payload: somePrice })
      .add(mark, { key: 'BTC', at: start + 24 * hour, payload: somePrice })
      .add(mark, { key: 'BTC', at: start + 25 * hour, payload: somePrice });

    await pipeline.process(tape.events.slice(0, 3));
    // 30 for returns, 15 for size; nothing gained in day, week and month.
    expect(pipeline.row('trader.score', wallet)).toMatchObject({ score: 45, basis: 'leaderboard' });
    // 30 x .1 + 50 x .04 + 100 x .02 = 7; 100 k: 4; 2 M: 2; all positive: 5.
    expect(pipeline.row('trader.score', other)).toMatchObject({ score: 18, basis: 'reconstruction' });

    await pipeline.process(tape.events.slice(3));
    expect(pipeline.row('trader.score', wallet)).toMatchObject({ score: 18, basis: 'reconstruction' });
  });

  it('gives no points for an account value of long ago', async () => {
    const plan = makePlan({ plugins: [performanceOfTwo, traderScoreModel] });
    const pipeline = createPipeline({ plan });
    const tape = tapeBuilder()
      .add(mark, { key: 'BTC', at: start + 192 * hour, payload: somePrice })
      .add(mark, { key: 'BTC', at: start + 193 * hour, payload: somePrice });
    await pipeline.process(tape.events);
    // The 18 points of above, less 4.
    expect(pipeline.row('trader.score', other)).toMatchObject({ score: 14, sizePoints: null });
  });
});
