import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { performanceRow } from '../../../../test/fixtures/wallet-rows.ts';
import { traderWeightConfig } from './config.ts';
import {
  composite,
  performanceDimension,
  recencyDimension,
  reconstructedReturns,
  regimeDimension,
  sizeTierOf,
  toldReturns,
} from './dimensions.ts';

const config = traderWeightConfig.parse({});
const unknown = { day: null, week: null, month: null };
const twoOfThree = { day: -0.02, week: 0.05, month: 0.1 };

describe('the performance dimension', () => {
  it('is 1.5 times the weighted sum of its six parts', () => {
    // .25 x 1.5/3 + .20 x 2/4 + .20 x 2/3 + .15 x .8 + .10 x .6 + .10 x (2 - 1)/2 = .588333; x 1.5 = .8825.
    const performance = performanceRow({
      windows: { all: { sharpe: 1.5, sortino: 2, maxDrawdown: 0.2, winRate: 0.6, profitFactor: 2 } },
    });
    expect(performanceDimension(performance, 2 / 3, config.performance)).toBeCloseTo(0.8825, 12);
  });

  it('ends at 1.5 and at 0', () => {
    const all = { maxDrawdown: 0, winRate: 1, profitFactor: 99 };
    const best = performanceRow({ windows: { all: { ...all, sharpe: 99, sortino: 99 } } });
    expect(performanceDimension(best, 1, config.performance)).toBeCloseTo(1.5, 12);
    const worst = performanceRow({
      windows: { all: { sharpe: -9, sortino: -9, maxDrawdown: 1, winRate: 0, profitFactor: 0 } },
    });
    expect(performanceDimension(worst, 0, config.performance)).toBe(0);
  });

  it('gives the shares of unknown parts to the known ones when those are most of the formula', () => {
    // No loss yet: Sharpe .6, consistency 1, drawdown .1, win rate 1: (.25 x .2 + .20 + .15 x .9 + .10) / .70; x 1.5.
    const performance = performanceRow({ windows: { all: { sharpe: 0.6, maxDrawdown: 0.1, winRate: 1 } } });
    expect(performanceDimension(performance, 1, config.performance)).toBeCloseTo((1.5 * 0.485) / 0.7, 12);
  });

  it('does not make the best trader of one whose win rate and profit factor are all that is known', () => {
    // Win rate 1 and profit factor 9 alone: .20 of the formula, over .70; x 1.5. It was 1.5.
    const performance = performanceRow({ windows: { all: { winRate: 1, profitFactor: 9 } } });
    expect(performanceDimension(performance, null, config.performance)).toBeCloseTo(0.3 / 0.7, 12);
    // .10 x .6 + .10 x .5 = .11
    const middling = performanceRow({ windows: { all: { winRate: 0.6, profitFactor: 2 } } });
    expect(performanceDimension(middling, null, config.performance)).toBeCloseTo((1.5 * 0.11) / 0.7, 12);
  });

  it('does not make the best trader of one line of the leaderboard that gained a little everywhere', () => {
    const { consistency } = toldReturns({ dayRoi: 0.001, weekRoi: 0.001, monthRoi: 0.001 });
    // Consistency 1 alone: .20 over .70; x 1.5. It was 1.5.
    expect(performanceDimension(undefined, consistency, config.performance)).toBeCloseTo(0.3 / 0.7, 12);
  });

  it('does not make the best trader of one episode of +1 USD: a young wallet has no consistency', () => {
    const begun = Date.UTC(2026, 0, 1);
    const day = 86_400_000;
    const performance = performanceRow({
      firstSeen: begun,
      consistency: 1,
      windows: {
        day: { roi: 0.0001 },
        week: { roi: 0.0001 },
        month: { roi: 0.0001 },
        all: { winRate: 1 },
      },
    });
    const young = reconstructedReturns(performance, begun + 7 * day - 1, 7);
    expect(young).toEqual({ day: 0.0001, week: 0.0001, month: 0.0001, consistency: null });
    expect(performanceDimension(performance, young.consistency, config.performance)).toBeNull();
    const older = reconstructedReturns(performance, begun + 7 * day, 7);
    // (.20 + .10) / .70; x 1.5
    expect(performanceDimension(performance, older.consistency, config.performance)).toBeCloseTo(
      0.45 / 0.7,
      12,
    );
  });

  it('never rises because a part is not known that would have been 0 or more, below the share that counts in full', () => {
    const maybe = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(maybe, maybe, maybe, (winRate, maxDrawdown, consistency) => {
        const value = performanceDimension(
          performanceRow({ windows: { all: { winRate, maxDrawdown } } }),
          consistency,
          config.performance,
        );
        const whole = performanceDimension(
          performanceRow({ windows: { all: { winRate: winRate ?? 0, maxDrawdown: maxDrawdown ?? 1 } } }),
          consistency ?? 0,
          config.performance,
        );
        if (value !== null) expect(value).toBeCloseTo(whole!, 12);
      }),
    );
  });

  it('is not known from a win rate alone, nor from nothing', () => {
    const performance = performanceRow({ windows: { all: { winRate: 1 } } });
    expect(performanceDimension(performance, null, config.performance)).toBeNull();
    expect(performanceDimension(undefined, null, config.performance)).toBeNull();
  });
});

describe('the size dimension', () => {
  it.each([
    [20_000_000, 'alpha_whale', 3],
    [19_999_999, 'whale', 2.5],
    [10_000_000, 'whale', 2.5],
    [9_999_999, 'large', 2],
    [5_000_000, 'large', 2],
    [4_999_999, 'medium', 1.5],
    [1_000_000, 'medium', 1.5],
    [999_999, 'standard', 1],
    [100_000, 'standard', 1],
    [99_999, 'small', 0.5],
    [-5, 'small', 0.5],
  ])('puts an account of %d USD among %s with %d', (accountValue, tier, value) => {
    expect(sizeTierOf(accountValue, config.size)).toMatchObject({ tier, value });
  });
});

describe('the recency dimension', () => {
  it('weighs the day, the week and the month', () => {
    // .5 + .5 x (.5 x -.02 + .3 x .05 + .2 x .1) = .5125
    expect(recencyDimension(twoOfThree, config.recency)).toBeCloseTo(0.5125, 12);
  });

  it('stays within .5 and 1.5', () => {
    expect(recencyDimension({ day: -1, week: -1, month: -1 }, config.recency)).toBe(0.5);
    expect(recencyDimension({ day: 3, week: 3, month: 3 }, config.recency)).toBe(1.5);
  });

  it('gives the shares of unknown windows to the known ones', () => {
    // Day .1 and month .4: (.5 x .1 + .2 x .4) / .7 = .185714; .5 + .5 x that.
    expect(recencyDimension({ day: 0.1, week: null, month: 0.4 }, config.recency)).toBeCloseTo(
      0.5 + 0.5 * (0.13 / 0.7),
      12,
    );
    expect(recencyDimension(unknown, config.recency)).toBeNull();
  });
});

describe('the regime dimension', () => {
  const row = (given: { readonly return?: number | null; readonly closes?: number } = {}) => ({
    regimes: [
      { regime: 'high-volatility', closes: 50, return: -0.5 },
      { regime: 'trending', closes: 10, return: 0.02, ...given },
      { regime: 'ranging', closes: 0, return: null },
    ] as const,
    returnOverall: 0.01,
    meanAbsoluteReturn: 0.02,
  });

  it('moves from 1 by the difference to the own average, at most to .8 and 1.2', () => {
    expect(regimeDimension(row(), 'trending', config.regime)).toBeCloseTo(1.1, 12);
    expect(regimeDimension(row({ return: 1 }), 'trending', config.regime)).toBe(1.2);
    expect(regimeDimension(row({ return: -1 }), 'trending', config.regime)).toBe(0.8);
  });

  it('is that of the present market', () => {
    expect(regimeDimension(row(), 'high-volatility', config.regime)).toBe(0.8);
    expect(regimeDimension(row(), 'ranging', config.regime)).toBeNull();
    expect(regimeDimension(row(), null, config.regime)).toBeNull();
  });

  it('says nothing after few closes, or without results', () => {
    expect(regimeDimension(row({ closes: 9 }), 'trending', config.regime)).toBeNull();
    expect(regimeDimension({ ...row(), meanAbsoluteReturn: 0 }, 'trending', config.regime)).toBeNull();
    expect(regimeDimension(undefined, 'trending', config.regime)).toBeNull();
  });
});

describe('the composite', () => {
  const known = { performance: 0.8825, size: 1.5, recency: 0.5125, regime: 1.1 };

  it('weighs four dimensions', () => {
    // .40 x .8825 + .30 x 1.5 + .20 x .5125 + .10 x 1.1 = 1.0155
    expect(composite(known, config.dimensions)).toBeCloseTo(1.0155, 12);
  });

  it('leaves out what is not known and scales the rest', () => {
    // (.353 + .45 + .1025) / .9
    expect(composite({ ...known, regime: null }, config.dimensions)).toBeCloseTo(0.9055 / 0.9, 12);
    const sizeOnly = { performance: null, size: 2, recency: null, regime: null };
    expect(composite(sizeOnly, config.dimensions)).toBe(2);
    expect(composite({ ...sizeOnly, size: null }, config.dimensions)).toBeUndefined();
  });

  it('lies between the smallest and the largest known dimension', () => {
    const dimension = fc.option(fc.double({ min: 0, max: 3, noNaN: true }));
    fc.assert(
      fc.property(dimension, dimension, dimension, dimension, (performance, size, recency, regime) => {
        const values = [performance, size, recency, regime].filter(value => value !== null);
        const weight = composite({ performance, size, recency, regime }, config.dimensions);
        if (values.length === 0) return weight === undefined;
        return weight! >= Math.min(...values) - 1e-9 && weight! <= Math.max(...values) + 1e-9;
      }),
    );
  });
});
