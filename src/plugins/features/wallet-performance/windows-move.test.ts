import { describe, expect, it } from 'vitest';
import { account } from '../../../plugin-api/index.ts';
import { tapeBuilder } from '../../../testing/tape-builder.ts';
import { day, episode, equity, hour, performanceOf, start } from './performance-tape.fixture.ts';

const minute = 60_000;

describe('wallet performance: windows while nothing happens', () => {
  it('has a return of 0 in a window in which nothing happened, where equity was known before it', async () => {
    const tape = tapeBuilder().add(account, equity(start, 10_000));
    episode(tape, start + hour, 500);
    const { row, window } = await performanceOf(tape, start + 3 * day);
    expect(window('day')).toMatchObject({ roi: 0, pnl: 0, trades: 0 });
    expect(window('week').roi).toBeCloseTo(0.05, 12);
    expect(window('month').roi).toBeCloseTo(0.05, 12);
    expect(row.consistency).toBeCloseTo(2 / 3, 12);
    const later = await performanceOf(tape, start + 8 * day);
    expect(later.window('day')).toMatchObject({ roi: 0, maxDrawdown: 0 });
    expect(later.window('week')).toMatchObject({ roi: 0, pnl: 0, maxDrawdown: 0 });
    expect(later.row.consistency).toBeCloseTo(1 / 3, 12);
  });

  it('has a return of 0 in the idle windows of a wallet that was seen in one hour only', async () => {
    const tape = episode(tapeBuilder().add(account, equity(start, 10_000)), start + minute, 500);
    const { window } = await performanceOf(tape, start + 8 * day);
    expect(window('day').roi).toBe(0);
    expect(window('week').roi).toBe(0);
    expect(window('month').roi).toBeCloseTo(0.05, 12);
  });

  it('keeps no trade in the day window that is older than a day, though the wallet has traded later', async () => {
    const tape = episode(episode(tapeBuilder(), start + hour, 500), start + 23 * hour + minute, 1);
    const { window } = await performanceOf(tape, start + day + 22.5 * hour);
    // An episode is a purchase and a sale.
    expect(window('day')).toMatchObject({ pnl: 1, trades: 2 });
    expect(window('week')).toMatchObject({ pnl: 501, trades: 4 });
  });

  it('moves its windows at the full hour and at midnight, not a beat later', async () => {
    const tape = episode(episode(tapeBuilder(), start + hour, 500), start + 23 * hour + minute, 1);
    const pnlAt = async (name: 'day' | 'week', time: number) =>
      (await performanceOf(tape, start + time)).window(name).pnl;
    expect(await pnlAt('day', 25 * hour - 1_000)).toBe(501);
    expect(await pnlAt('day', 25 * hour)).toBe(1);
    expect(await pnlAt('day', 47 * hour - 1_000)).toBe(1);
    expect(await pnlAt('day', 47 * hour)).toBe(0);
    expect(await pnlAt('week', 7 * day - 1_000)).toBe(501);
    expect(await pnlAt('week', 7 * day)).toBe(0);
  });
});

describe('wallet performance: a wallet that does not trade any more', () => {
  it('becomes idle thirty days after its last trade, neither at midnight nor by what is told of it', async () => {
    const last = start + 12.5 * hour;
    const tape = episode(tapeBuilder(), last - 1_000, 5).add(account, equity(last + day, 1_000));
    const idleAt = async (time: number) => (await performanceOf(tape, last + time)).row.idle;
    expect(await idleAt(29 * day)).toBe(false);
    expect(await idleAt(30 * day - 1_000)).toBe(false);
    expect(await idleAt(30 * day)).toBe(true);
  });
});

describe('wallet performance: what cannot be told', () => {
  it('tells no drawdown of a curve that is shorter than the least number of days', async () => {
    const tape = tapeBuilder().add(account, equity(start, 1_000));
    episode(tape, start + hour, -100);
    expect((await performanceOf(tape, start + 7 * day - 1_000)).window('all').maxDrawdown).toBeNull();
    expect((await performanceOf(tape, start + 7 * day + hour)).window('all').maxDrawdown).toBeCloseTo(
      0.1,
      12,
    );
  });

  it('takes returns that differ by rounding alone for returns that do not vary', async () => {
    const tape = tapeBuilder().add(account, equity(start, 10_000));
    // Ten per cent of what is there, each day.
    const gains = [1_000, 1_100, 1_210, 1_331, 1_464.1, 1_610.51, 1_771.561, 1_948.7171];
    for (const [index, gain] of gains.entries()) episode(tape, start + index * day + hour, gain);
    const { window } = await performanceOf(tape, start + 8 * day + hour);
    for (const name of ['week', 'month', 'all'] as const) {
      expect(window(name)).toMatchObject({ sharpe: null, sortino: null });
    }
  });

  it('tells no greatest profit where none was won, and no greatest loss where none was lost', async () => {
    const won = await performanceOf(episode(episode(tapeBuilder(), start, 5), start + hour, 7));
    expect(won.window('all')).toMatchObject({ maxProfit: 7, maxLoss: null });
    expect(won.window('day')).toMatchObject({ maxProfit: 7, maxLoss: null });
    const lost = await performanceOf(episode(episode(tapeBuilder(), start, -5), start + hour, -7));
    expect(lost.window('all')).toMatchObject({ maxProfit: null, maxLoss: -7 });
    expect(lost.window('day')).toMatchObject({ maxProfit: null, maxLoss: -7 });
  });
});
