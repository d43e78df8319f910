import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traderScoreConfig } from './config.ts';
import { bandPoints, type TraderFigures, traderPoints } from './points.ts';

const config = traderScoreConfig.parse({});
const figures = (given: Partial<TraderFigures> = {}): TraderFigures => ({
  basis: 'leaderboard',
  dayRoi: 0,
  weekRoi: 0,
  monthRoi: 0,
  allRoi: 0,
  accountValue: 0,
  monthVolume: 0,
  ...given,
});

describe('the trader score', () => {
  it('sums points for returns, size, volume and steadiness', () => {
    // 30 x .5 = 15; 50 x .1 = 5; 100 x .05 = 5; 5 M: 12; 10 M: 4; all positive: 5. Together 46.
    const row = traderPoints(
      figures({
        allRoi: 0.5,
        monthRoi: 0.1,
        weekRoi: 0.05,
        dayRoi: 0.01,
        accountValue: 5_000_000,
        monthVolume: 10_000_000,
      }),
      config,
    );
    expect(row).toEqual({
      score: 46,
      roiAllPoints: 15,
      roiMonthPoints: 5,
      roiWeekPoints: 5,
      sizePoints: 12,
      volumePoints: 4,
      consistencyPoints: 5,
      basis: 'leaderboard',
    });
  });

  it('ends at 105 when every part is at its most', () => {
    const row = traderPoints(
      figures({
        allRoi: 9,
        monthRoi: 9,
        weekRoi: 9,
        dayRoi: 9,
        accountValue: 1e9,
        monthVolume: 1e9,
      }),
      config,
    );
    expect(row?.score).toBe(105);
  });

  it('takes at most 10 points for a lost week, and never goes below 0', () => {
    const row = traderPoints(figures({ weekRoi: -0.5, accountValue: 1_000_000 }), config);
    expect(row?.roiWeekPoints).toBe(-10);
    expect(row?.score).toBe(0);
    // 30 x .6 = 18, less 10.
    expect(traderPoints(figures({ weekRoi: -0.5, allRoi: 0.6 }), config)?.score).toBe(8);
  });

  it.each([
    [10_000_000, 15],
    [9_999_999.99, 12],
    [5_000_000, 12],
    [4_999_999.99, 8],
    [1_000_000, 8],
    [999_999.99, 4],
    [100_000, 4],
    [99_999.99, 0],
  ])('gives an account of %d USD %d points', (accountValue, points) => {
    expect(bandPoints(accountValue, config.accountValue)).toBe(points);
  });

  it.each([
    [100_000_000, 10],
    [99_999_999, 7],
    [50_000_000, 7],
    [49_999_999, 4],
    [10_000_000, 4],
    [9_999_999, 2],
    [1_000_000, 2],
    [999_999, 0],
  ])('gives a month of %d USD volume %d points', (volume, points) => {
    expect(bandPoints(volume, config.monthVolume)).toBe(points);
  });

  it('is not given when no return is known, however large the account', () => {
    const unknown = figures({ weekRoi: null, monthRoi: null, allRoi: null, accountValue: 1e8 });
    expect(traderPoints(unknown, config)).toBeUndefined();
    expect(traderPoints({ ...unknown, weekRoi: 0.1 }, config)?.score).toBe(25);
  });

  it('asks for as many returns as it is told to', () => {
    const two = figures({ monthRoi: null });
    expect(traderPoints(two, traderScoreConfig.parse({ minKnownRoi: 3 }))).toBeUndefined();
    expect(traderPoints(two, traderScoreConfig.parse({ minKnownRoi: 2 }))).toBeDefined();
  });

  it('shows parts that are not known as null and counts them as nothing', () => {
    const row = traderPoints(
      figures({ dayRoi: null, weekRoi: 0.1, monthRoi: null, accountValue: null }),
      config,
    );
    expect(row).toMatchObject({
      score: 10,
      roiMonthPoints: null,
      sizePoints: null,
      consistencyPoints: null,
    });
  });

  it('knows that a trader is not steady from one window that did not gain', () => {
    const row = traderPoints(figures({ dayRoi: null, weekRoi: 0, monthRoi: 0.1 }), config);
    expect(row?.consistencyPoints).toBe(0);
  });

  it('stays between 0 and 105 whatever the figures', () => {
    const roi = fc.option(fc.double({ min: -10, max: 10, noNaN: true }));
    fc.assert(
      fc.property(
        roi,
        roi,
        roi,
        roi,
        fc.double({ min: -1e6, max: 1e9, noNaN: true }),
        (day, week, month, all, money) => {
          const row = traderPoints(
            figures({
              dayRoi: day,
              weekRoi: week,
              monthRoi: month,
              allRoi: all,
              accountValue: money,
              monthVolume: Math.abs(money),
            }),
            config,
          );
          if (week === null && month === null && all === null) expect(row).toBeUndefined();
          else expect(row?.score).toSatisfy((score: number) => score >= 0 && score <= 105);
        },
      ),
    );
  });

  it('refuses bands that are out of order and keys that it does not know', () => {
    const wrong = [
      { atLeast: 1, points: 1 },
      { atLeast: 2, points: 2 },
    ];
    expect(() => traderScoreConfig.parse({ accountValue: wrong })).toThrow(/from the largest/);
    expect(() => traderScoreConfig.parse({ acountValue: [] })).toThrow(/acountValue/);
  });
});
