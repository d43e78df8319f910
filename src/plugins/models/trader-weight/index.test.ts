import { describe, expect, it } from 'vitest';
import { addressOf, leaderboardLine } from '../../../../test/fixtures/wallet-rows.ts';
import { createPipeline } from '../../../core/pipeline.ts';
import { makePlan } from '../../../core/plan.ts';
import { leaderboard, timer } from '../../../plugin-api/index.ts';
import { conformance, tapeBuilder } from '../../../testing/index.ts';
import { leaderboardView } from '../../features/leaderboard-view/index.ts';
import { traderWeightModel } from './index.ts';

const wallet = addressOf(1);
const start = Date.UTC(2026, 0, 1);

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
    // Consistency 2/3: performance 1.5 x 2/3 = 1. Recency .5 + .5 x (.05 + .03 - .02) = .53. (.4 + .9 + .106) / .9.
    const row = pipeline.row('trader.weight', wallet);
    expect(row).toMatchObject({
      size: 3,
      sizeTier: 'alpha_whale',
      accountValue: 20_000_000,
      regime: null,
    });
    expect(row?.performance).toBeCloseTo(1, 12);
    expect(row?.recency).toBeCloseTo(0.53, 12);
    expect(row?.weight).toBeCloseTo(1.406 / 0.9, 12);
  });
});
