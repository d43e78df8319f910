import { describe, expect, it } from 'vitest';
import { addressOf, leaderboardLine } from '../../../../test/fixtures/wallet-rows.ts';
import { createPipeline } from '../../../core/pipeline.ts';
import { makePlan } from '../../../core/plan.ts';
import { leaderboard, timer } from '../../../plugin-api/index.ts';
import { conformance, tapeBuilder } from '../../../testing/index.ts';
import { leaderboardView } from '../../features/leaderboard-view/index.ts';
import { traderScoreModel } from '../../models/trader-score/index.ts';
import { traderTierClassifier } from './index.ts';

const wallet = addressOf(1);
const nobody = addressOf(2);
const start = Date.UTC(2026, 0, 1);

describe('trader tiers and tags', () => {
  for (const check of conformance(traderTierClassifier)) it(check.name, check.run);

  it('follow the score and the leaderboard, and keep each change', async () => {
    const plan = makePlan({ plugins: [leaderboardView, traderScoreModel, traderTierClassifier] });
    const pipeline = createPipeline({ plan, strict: true });
    // 30 + 25 + 20 + 8 + 0 + 5 = 88; then without the week: 30 + 25 - 10 + 8 = 53.
    const good = leaderboardLine(wallet, {
      accountValue: '2000000',
      dayRoi: '0.01',
      weekRoi: '0.2',
      monthRoi: '0.5',
      allRoi: '1',
    });
    const tape = tapeBuilder()
      .add(leaderboard, { key: wallet, at: start, payload: good })
      .add(leaderboard, { key: nobody, at: start + 1, payload: leaderboardLine(nobody) })
      .add(leaderboard, { key: wallet, at: start + 5_000, payload: { ...good, weekRoi: '-0.2' } })
      .add(timer, { key: 'market', at: start + 10_000, payload: { name: 'beat' } });
    const batch = await pipeline.process(tape.events);
    expect(batch.faults).toEqual([]);
    expect(batch.history).toMatchObject([
      {
        key: wallet,
        row: {
          tier: 'core',
          because: 'score 88 >= 70, ROI of day, week and month > 0',
          tags: [
            { tag: 'top_performer' },
            { tag: 'large' },
            { tag: 'consistent' },
            { tag: 'high_performer' },
          ],
        },
      },
      {
        key: wallet,
        row: {
          tier: 'extended',
          because: 'score 53 >= 50',
          tags: [{ tag: 'large' }, { tag: 'high_performer' }],
        },
      },
    ]);
  });
});
