import { beforeEach, describe, expect, it } from 'vitest';
import { fillBetween } from '../../../../test/fixtures/fill-events.ts';
import { addressOf, leaderboardLine } from '../../../../test/fixtures/wallet-rows.ts';
import { positionOf } from '../../../../test/support/feature-run.ts';
import { createPipeline, type Pipeline } from '../../../core/pipeline.ts';
import { makePlan } from '../../../core/plan.ts';
import { fill, leaderboard, mark, position, timer } from '../../../plugin-api/index.ts';
import { conformance, type TapeBuilder, tapeBuilder } from '../../../testing/index.ts';
import { leaderboardView } from '../../features/leaderboard-view/index.ts';
import { marketStateFeature } from '../../features/market-state/index.ts';
import { walletLedgerFeature } from '../../features/wallet-ledger/index.ts';
import { traderWeightModel } from '../../models/trader-weight/index.ts';
import { smartMoneyBiasSignal } from './index.ts';

const [ann, ben, cat] = [addressOf(1), addressOf(2), addressOf(3)];
const start = Date.UTC(2026, 0, 1);
const second = 1_000;
const minute = 60 * second;

const plan = (config: object = {}) =>
  makePlan({
    plugins: [
      leaderboardView,
      marketStateFeature,
      walletLedgerFeature,
      traderWeightModel,
      smartMoneyBiasSignal,
    ],
    config: { 'smart-money-bias': config },
  });

describe('the smart-money signal', () => {
  let pipeline: Pipeline;
  let tape: TapeBuilder;
  let done = 0;

  beforeEach(() => {
    pipeline = createPipeline({ plan: plan(), strict: true });
    tape = tapeBuilder();
    done = 0;
    // No gain in any window: performance 0, size 3, recency .5, so (.9 + .1) / .9 = 1.1111 for Ann and Ben. Cat is unknown.
    for (const user of [ann, ben]) {
      const line = leaderboardLine(user, { accountValue: '20000000' });
      tape.add(leaderboard, { key: user, at: start + second, payload: line });
    }
  });

  const trades = (at: number, user: string, before: number, after: number) =>
    tape.add(fill, { key: user, at: start + at, payload: fillBetween(user, 'BTC', before, after) });

  /** Lets time pass and answers what came of all that is new. */
  async function until(at: number) {
    tape.add(timer, { key: 'market', at: start + at, payload: { name: 'beat' } });
    const batch = await pipeline.process(tape.events.slice(done));
    done = tape.events.length;
    expect(batch.faults).toEqual([]);
    return {
      signals: batch.signals.map(signal => ({
        at: signal.tsIngest - start,
        action: signal.row.action,
        net: signal.row.net,
        because: signal.trace.because,
      })),
      rows: batch.signals.map(signal => signal.row),
      decision: batch.decisions.at(-1)?.trace.because,
    };
  }

  it('is emitted at once when the action changes, and says from what to what', async () => {
    trades(3 * second, ann, 0, 10);
    trades(4 * second, ben, 0, -10);
    trades(5 * second, ben, -10, -20);
    const { signals } = await until(6 * second);
    expect(signals).toEqual([
      {
        at: 3 * second,
        action: 'BUY',
        net: 1,
        because: 'the action changed from NEUTRAL to BUY',
      },
      {
        at: 4 * second,
        action: 'NEUTRAL',
        net: 0,
        because: 'the action changed from BUY to NEUTRAL',
      },
      {
        at: 5 * second,
        action: 'SELL',
        net: expect.closeTo(-1 / 3, 12),
        because: 'the action changed from NEUTRAL to SELL',
      },
    ]);
  });

  it('is not emitted for a correction of the record, which counts in what is said next', async () => {
    trades(3 * second, ann, 0, 10);
    await until(4 * second);
    const payload = positionOf({ user: ben, size: '-40' });
    tape.add(position, { key: ben, at: start + 5 * second, payload });
    expect(await until(6 * second)).toMatchObject({
      signals: [],
      decision: 'a correction of the record, not a trade',
    });
    expect((await until(5 * minute)).signals).toEqual([
      {
        at: 5 * minute,
        action: 'SELL',
        net: expect.closeTo((10 - 40) / 50, 12),
        because: 'the action changed from BUY to SELL',
      },
    ]);
  });

  it('is emitted each five minutes after a change, and not when nothing has changed', async () => {
    trades(3 * second, ann, 0, 10);
    await until(4 * second);
    expect((await until(5 * minute)).decision).toBe('nothing has changed since the last signal');
    trades(6 * minute, ann, 10, 12);
    expect((await until(7 * minute)).decision).toBe('the action is unchanged');
    const { signals } = await until(10 * minute);
    expect(signals).toEqual([
      { at: 10 * minute, action: 'BUY', net: 1, because: 'the next regular signal is due' },
    ]);
    expect((await until(15 * minute)).signals).toEqual([]);
  });

  it('is emitted by every cadence when it is asked to, changed or not', async () => {
    const config = { emitUnchanged: true, cadenceMs: 10 * minute };
    pipeline = createPipeline({ plan: plan(config), strict: true });
    trades(3 * second, ann, 0, 10);
    const { signals } = await until(31 * minute);
    // The first multiple of ten minutes after the tape's beginning at 00:00:01 is 00:05, still in the period of 00:00.
    expect(signals.map(signal => signal.at)).toEqual([
      3 * second,
      5 * minute,
      10 * minute,
      20 * minute,
      30 * minute,
    ]);
  });

  it('counts a trader from when its weight is known', async () => {
    trades(3 * second, cat, 0, 10);
    expect((await until(4 * second)).decision).toBe('no weighted trader holds a position');
    const line = leaderboardLine(cat, { accountValue: '1000000' });
    tape.add(leaderboard, { key: cat, at: start + 5 * second, payload: line });
    const { signals, rows } = await until(5 * minute);
    expect(signals).toMatchObject([{ at: 5 * minute, action: 'BUY' }]);
    // (.3 x 1.5 + .2 x .5) / .9
    expect(rows[0]).toMatchObject({
      contributions: [{ trader: cat, weight: expect.closeTo(0.55 / 0.9, 12) }],
    });
  });

  it('takes its BUY back when the last weighted trader has closed, instead of leaving it standing', async () => {
    trades(3 * second, ann, 0, 10);
    trades(4 * second, ann, 10, 0);
    const { signals, rows } = await until(5 * second);
    expect(signals.slice(1)).toEqual([
      {
        at: 4 * second,
        action: 'NEUTRAL',
        net: 0,
        because: 'the action changed from BUY to NEUTRAL: no weighted trader holds a position',
      },
    ]);
    expect(rows[1]).toEqual({
      action: 'NEUTRAL',
      plain: 'MIXED',
      net: 0,
      confidence: 0,
      nEff: 0,
      topShare: 0,
      netExposureUsd: 0,
      netExposureCoins: 0,
      longTraders: 0,
      shortTraders: 0,
      price: 100,
      contributions: [],
    });
    expect(pipeline.row('smart-money.bias', 'BTC')).toMatchObject({ action: 'NEUTRAL' });
    // Once is enough.
    expect(await until(5 * minute)).toMatchObject({
      signals: [],
      decision: 'no weighted trader holds a position',
    });
    trades(6 * minute, ann, 0, 10);
    expect((await until(7 * minute)).signals).toMatchObject([
      { because: 'the action changed from NEUTRAL to BUY' },
    ]);
  });

  it('says nothing when the last weighted trader closes after a NEUTRAL', async () => {
    trades(3 * second, ann, 0, 10);
    trades(4 * second, ben, 0, -10);
    expect((await until(5 * second)).signals.at(-1)?.action).toBe('NEUTRAL');
    trades(6 * second, cat, 0, 10);
    trades(7 * second, ben, -10, 0);
    trades(8 * second, ann, 10, 0);
    expect((await until(9 * second)).signals.map(signal => signal.action)).toEqual(['BUY', 'NEUTRAL']);
    trades(10 * second, cat, 10, 0);
    expect((await until(11 * second)).signals).toEqual([]);
  });

  it("tells exposure at the market's price, else at the last price seen", async () => {
    trades(3 * second, ann, 0, 10);
    expect((await until(4 * second)).rows).toMatchObject([{ price: 100, netExposureUsd: 1_000 }]);
    const prices = {
      coin: 'BTC',
      mid: '120',
      mark: null,
      oracle: null,
      openInterest: null,
      dayVolumeUsd: null,
    };
    tape.add(mark, { key: 'BTC', at: start + 5 * second, payload: prices });
    trades(6 * second, ann, 10, -10);
    expect((await until(7 * second)).rows).toMatchObject([{ price: 120, netExposureUsd: -1_200 }]);
  });
});

describe('the smart-money plugin', () => {
  for (const check of conformance(smartMoneyBiasSignal)) it(check.name, check.run);
});
