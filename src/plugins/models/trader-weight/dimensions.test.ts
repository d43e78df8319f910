import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { performanceRow } from '../../../../test/fixtures/wallet-rows.ts';
import { traderWeightConfig } from './config.ts';
import {
  composite,
  performanceDimension,
  recencyDimension,
  regimeDimension,
  sizeTierOf,
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
    expect(performanceDimension(performance, twoOfThree, config.performance)).toBeCloseTo(0.8825, 12);
  });

  it('ends at 1.5 and at 0', () => {
    const all = { maxDrawdown: 0, winRate: 1, profitFactor: 99 };
    const gains = { day: 1, week: 1, month: 1 };
    const losses = { day: -1, week: -1, month: -1 };
    const best = performanceRow({ windows: { all: { ...all, sharpe: 99, sortino: 99 } } });
    expect(performanceDimension(best, gains, config.performance)).toBeCloseTo(1.5, 12);
    const worst = performanceRow({
      windows: { all: { sharpe: -9, sortino: -9, maxDrawdown: 1, winRate: 0, profitFactor: 0 } },
    });
    expect(performanceDimension(worst, losses, config.performance)).toBe(0);
  });

  it('gives the shares of unknown parts to the known ones', () => {
    // Win rate .6 and profit factor 2 alone: (.10 x .6 + .10 x .5) / .20 = .55; x 1.5 = .825.
    const performance = performanceRow({ windows: { all: { winRate: 0.6, profitFactor: 2 } } });
    expect(performanceDimension(performance, unknown, config.performance)).toBeCloseTo(0.825, 12);
  });

  it('is not known from a win rate alone, nor from nothing', () => {
    const performance = performanceRow({ windows: { all: { winRate: 1 } } });
    expect(performanceDimension(performance, unknown, config.performance)).toBeNull();
    expect(performanceDimension(undefined, unknown, config.performance)).toBeNull();
  });

  it('takes the consistency that was told when a window is not known', () => {
    const performance = performanceRow({ consistency: 1 });
    expect(performanceDimension(performance, unknown, config.performance)).toBeCloseTo(1.5, 12);
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
  const row = {
    regime: 'trending',
    closes: 10,
    returnInRegime: 0.02,
    returnOverall: 0.01,
    meanAbsoluteReturn: 0.02,
  } as const;

  it('moves from 1 by the difference to the own average, at most to .8 and 1.2', () => {
    expect(regimeDimension(row, config.regime)).toBeCloseTo(1.1, 12);
    expect(regimeDimension({ ...row, returnInRegime: 1 }, config.regime)).toBe(1.2);
    expect(regimeDimension({ ...row, returnInRegime: -1 }, config.regime)).toBe(0.8);
  });

  it('says nothing after few closes, or without a regime', () => {
    expect(regimeDimension({ ...row, closes: 9 }, config.regime)).toBeNull();
    expect(regimeDimension({ ...row, returnInRegime: null }, config.regime)).toBeNull();
    expect(regimeDimension({ ...row, meanAbsoluteReturn: 0 }, config.regime)).toBeNull();
    expect(regimeDimension(undefined, config.regime)).toBeNull();
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
