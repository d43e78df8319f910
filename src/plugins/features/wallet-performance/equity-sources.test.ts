import { describe, expect, it } from 'vitest';
import {
  alice,
  bob,
  fillOf,
  positionOf,
  runFeatures,
  tradeOf,
} from '../../../../test/support/feature-run.ts';
import {
  account,
  fill,
  fundingPayment,
  leaderboard,
  mark,
  position,
  trade,
  traderWeight,
  walletPerformance,
} from '../../../plugin-api/index.ts';
import { tapeBuilder } from '../../../testing/tape-builder.ts';
import { traderWeightModel } from '../../models/trader-weight/index.ts';
import { leaderboardView } from '../leaderboard-view/index.ts';
import {
  day,
  episode,
  equity,
  hour,
  listed,
  performanceOf,
  plugins,
  start,
} from './performance-tape.fixture.ts';

describe('wallet performance: who tells equity', () => {
  it('takes no difference between two sources for a gain, and the account at its word while it is fresh', async () => {
    const tape = tapeBuilder()
      .add(leaderboard, listed(start, 50_000, 20_000))
      .add(account, equity(start + hour, 1_000));
    episode(tape, start + 2 * hour, 100);
    tape
      .add(leaderboard, listed(start + 3 * hour, 30_000, 10_000))
      .add(account, equity(start + 4 * hour, 1_100));
    const { row, window } = await performanceOf(tape, start + 8 * day);
    expect(row.accountValue).toBe(1_100);
    expect(window('all').maxDrawdown).toBe(0);
    // The most equity that was told, so that 100 of PnL over all markets are not measured against one of them.
    expect(window('all').roi).toBeCloseTo(100 / 50_000, 12);
  });

  it("goes on with the exchange's leaderboard when the account has been silent for a day", async () => {
    const tape = tapeBuilder()
      .add(account, equity(start, 1_000))
      .add(leaderboard, listed(start + 24 * hour - 1, 400, -600));
    expect((await performanceOf(tape)).row.accountValue).toBe(1_000);
    tape.add(leaderboard, listed(start + 24 * hour, 5_000, 9_000));
    episode(tape, start + 26 * hour, 100);
    tape.add(leaderboard, listed(start + 27 * hour, 4_590, 8_590));
    const { row, window } = await performanceOf(tape, start + 8 * day);
    expect(row.accountValue).toBe(4_590);
    // 4,000 more than the account had told are no gain: 100 on 5,000.
    expect(window('all').roi).toBeCloseTo(0.02, 12);
    // From 5,100 to 4,590, by two statements of the leaderboard.
    expect(window('all').maxDrawdown).toBeCloseTo(0.1, 12);
  });

  it('ignores a statement that is older than the newest of its source', async () => {
    const tape = tapeBuilder()
      .add(account, equity(start + 2 * hour, 1_000, 0))
      .add(account, { ...equity(start + hour, 500, -500), delayMs: hour + 1 });
    episode(tape, start + 4 * hour, 50);
    const { row, window } = await performanceOf(tape, start + 8 * day);
    expect(row.accountValue).toBe(1_000);
    expect(window('all').maxDrawdown).toBe(0);
    expect(window('all').roi).toBeCloseTo(0.05, 12);
  });
});

describe('wallet performance: wallets of which little is known', () => {
  it("has no row of a wallet that only the exchange's leaderboard names, whose equity weights have all the same", async () => {
    const tape = tapeBuilder().add(leaderboard, listed(start, 2_000_000, 100));
    const known = [...plugins, leaderboardView, traderWeightModel];
    const run = await runFeatures(known, tape.events, { until: start + 2 * day });
    expect(run.row(walletPerformance, alice)).toBeUndefined();
    expect(run.row(traderWeight, alice)).toMatchObject({ accountValue: 2_000_000 });
    tape.add(trade, { key: 'BTC', at: start + 2 * day, payload: tradeOf() });
    expect((await performanceOf(tape)).row).toMatchObject({ accountValue: 2_000_000, consistency: 0 });
  });

  it('tells no return before a trade, a fill or funding was seen', async () => {
    const tape = tapeBuilder()
      .add(account, equity(start, 1_000))
      .add(position, {
        key: alice,
        at: start + 1,
        payload: positionOf(),
      });
    const stated = await performanceOf(tape);
    expect(stated.row).toMatchObject({ accountValue: 1_000, openPositions: 1, consistency: null });
    expect(stated.window('all').roi).toBeNull();
    const payload = { user: alice, coin: 'BTC', amount: '10', positionSize: '1', rate: null };
    tape.add(fundingPayment, { key: alice, at: start + hour, payload });
    expect((await performanceOf(tape)).window('all').roi).toBeCloseTo(0.01, 12);
  });

  it('says when the wallet traded last, however often its equity is told', async () => {
    const tape = tapeBuilder()
      .add(fill, { key: alice, at: start, payload: fillOf() })
      .add(account, equity(start + day, 1_000));
    expect((await performanceOf(tape)).row).toMatchObject({ firstSeen: start, lastSeen: start });
  });

  it('tells no fees where no feed has told any, and 0 where they were 0', async () => {
    const traded = tapeBuilder().add(trade, { key: 'BTC', at: start, payload: tradeOf() });
    expect((await performanceOf(traded)).row.fees).toBeNull();
    traded.add(fill, { key: alice, at: start, delayMs: 900, payload: fillOf({ fee: '0.25' }) });
    expect((await performanceOf(traded)).row).toMatchObject({ fees: 0.25, realisedPnl: -0.25 });
    const free = tapeBuilder().add(fill, { key: alice, at: start, payload: fillOf({ fee: '0.0' }) });
    expect((await performanceOf(free)).row.fees).toBe(0);
  });

  it('tells no open notional and no leverage while a position has no price', async () => {
    const tape = tapeBuilder()
      .add(account, equity(start, 1_000))
      .add(position, { key: alice, at: start, payload: positionOf() })
      .add(position, { key: alice, at: start, payload: positionOf({ coin: 'ETH', size: '2' }) });
    const priced = (coin: string, mid: string) =>
      tape.add(mark, {
        key: coin,
        at: start + hour,
        payload: { coin, mid, mark: null, oracle: null, openInterest: null, dayVolumeUsd: null },
      });
    priced('BTC', '110').add(account, equity(start + 2 * hour, 1_000));
    expect((await performanceOf(tape)).row).toMatchObject({
      openPositions: 2,
      grossNotionalUsd: null,
      leverageUse: null,
      unrealisedPnl: null,
    });
    tape.add(trade, {
      key: 'ETH',
      at: start + 3 * hour,
      payload: tradeOf({ coin: 'ETH', price: '100', size: '1', buyer: bob, seller: alice }),
    });
    // 110, and the ETH that is left at 100.
    expect((await performanceOf(tape)).row).toMatchObject({ grossNotionalUsd: 210, leverageUse: 0.21 });
  });
});
