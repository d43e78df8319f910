import { describe, expect, it } from 'vitest';
import { addressOf, leaderboardLine } from '../../../../test/fixtures/wallet-rows.ts';
import { createPipeline } from '../../../core/pipeline.ts';
import { makePlan } from '../../../core/plan.ts';
import { leaderboard, timer } from '../../../plugin-api/index.ts';
import { conformance, tapeBuilder } from '../../../testing/index.ts';
import { leaderboardView } from './index.ts';

const wallet = addressOf(7);
const start = Date.UTC(2026, 0, 1);

describe('the leaderboard view', () => {
  for (const check of conformance(leaderboardView)) it(check.name, check.run);

  it('gives the last line as numbers, and ignores an older one that arrives late', async () => {
    const pipeline = createPipeline({ plan: makePlan({ plugins: [leaderboardView] }) });
    const line = leaderboardLine(wallet, { displayName: 'Ada', accountValue: '1250.50', monthRoi: '-0.25' });
    const tape = tapeBuilder()
      .add(leaderboard, { key: wallet, at: start, payload: line })
      .add(leaderboard, {
        key: wallet,
        at: start - 60_000,
        delayMs: 61_000,
        payload: { ...line, accountValue: '1' },
      })
      .add(timer, { key: 'market', at: start + 5_000, payload: { name: 'beat' } });
    await pipeline.process(tape.events);
    expect(pipeline.row('wallet.leaderboard', wallet)).toMatchObject({
      asOf: start,
      displayName: 'Ada',
      accountValue: 1250.5,
      monthRoi: -0.25,
      allRoi: 0,
    });
  });
});
