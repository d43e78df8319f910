import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { performanceRow } from '../../../../test/fixtures/wallet-rows.ts';
import { traderTierConfig } from './config.ts';
import { figuresOf, type TierFigures } from './figures.ts';
import { tagsOf } from './tags.ts';
import { type TrackingTier, tierOf } from './tier.ts';

const leaderboardFigures = {
  displayName: null,
  dayPnl: 0,
  dayVolume: 0,
  weekPnl: 0,
  weekRoi: 0,
  weekVolume: 0,
  monthPnl: 0,
  monthRoi: 0,
  monthVolume: 0,
  allPnl: 0,
  allRoi: 0,
  allVolume: 0,
};
const config = traderTierConfig.parse({});
const exact = traderTierConfig.parse({ hysteresis: { score: 0, accountValueShare: 0 } });
const figures = (given: Partial<TierFigures> = {}): TierFigures => ({
  score: null,
  accountValue: null,
  dayRoi: null,
  weekRoi: null,
  monthRoi: null,
  allRoi: null,
  ...given,
});
const gains = { dayRoi: 0.01, weekRoi: 0.01, monthRoi: 0.01 };
const tier = (given: Partial<TierFigures>, previous?: TrackingTier, settings = config) =>
  tierOf(figures(given), previous, settings).tier;
const tags = (given: Partial<TierFigures>) => tagsOf(figures(given), config.tags).map(item => item.tag);

describe('the tracking tier', () => {
  it.each([
    [{ accountValue: 10_000_000 }, 'alert'],
    [{ accountValue: 9_999_999 }, 'none'],
    [{ score: 100 }, 'alert'],
    [{ score: 99.99 }, 'extended'],
    [{ score: 99.99, ...gains }, 'core'],
    [{ score: 70, ...gains }, 'core'],
    [{ score: 69.99, ...gains }, 'extended'],
    [{ score: 70, ...gains, dayRoi: 0 }, 'extended'],
    [{ score: 70, ...gains, weekRoi: -0.01 }, 'extended'],
    [{ score: 70, ...gains, monthRoi: null }, 'extended'],
    [{ score: 50 }, 'extended'],
    [{ score: 49.99 }, 'none'],
    [{}, 'none'],
  ] as const)('of a newcomer with %j is %s', (given, expected) => {
    expect(tier(given)).toBe(expected);
  });

  it.each([
    [{ accountValue: 9_800_000 }, 'alert', 'alert'],
    [{ accountValue: 9_799_999 }, 'alert', 'none'],
    [{ score: 99 }, 'alert', 'alert'],
    [{ score: 98.99 }, 'alert', 'extended'],
    [{ score: 69, ...gains }, 'core', 'core'],
    [{ score: 69, ...gains }, 'extended', 'extended'],
    [{ score: 68.99, ...gains }, 'core', 'extended'],
    [{ score: 75, ...gains, dayRoi: -0.01 }, 'core', 'extended'],
    [{ score: 49 }, 'extended', 'extended'],
    [{ score: 48.99 }, 'extended', 'none'],
    [{ score: 49 }, 'none', 'none'],
  ] as const)('with %j is, after %s, %s', (given, previous, expected) => {
    expect(tier(given, previous)).toBe(expected);
  });

  it('has no margins when they are turned off', () => {
    expect(tier({ score: 99.99 }, 'alert', exact)).toBe('extended');
    expect(tier({ accountValue: 9_999_999.99 }, 'alert', exact)).toBe('none');
  });

  it('reads the gain that the core tier asks for from the configuration', () => {
    const strict = traderTierConfig.parse({ tiers: { core: { roiAbove: 0.01 } } });
    expect(tier({ score: 70, ...gains }, undefined, strict)).toBe('extended');
    const more = { dayRoi: 0.011, weekRoi: 0.011, monthRoi: 0.011 };
    expect(tierOf(figures({ score: 70, ...more }), undefined, strict)).toEqual({
      tier: 'core',
      because: 'score 70 >= 70, ROI of day, week and month > 0.01',
    });
  });

  it('says what it was given for', () => {
    const because = (given: Partial<TierFigures>, previous?: TrackingTier) =>
      tierOf(figures(given), previous, config).because;
    expect(because({ score: 72.123456, ...gains })).toBe(
      'score 72.1235 >= 70, ROI of day, week and month > 0',
    );
    expect(because({ score: 49.5 }, 'extended')).toBe('kept: score 49.5 >= 49');
    expect(because({ score: 12 })).toBe('score 12 < 50');
    expect(because({})).toBe('no score is known');
  });

  it('never falls when a score rises', () => {
    const order: readonly TrackingTier[] = ['none', 'extended', 'core', 'alert'];
    const score = fc.double({ min: 0, max: 105, noNaN: true });
    fc.assert(
      fc.property(score, score, fc.constantFrom(...order), (one, other, previous) => {
        const lower = tier({ score: Math.min(one, other), ...gains }, previous);
        const higher = tier({ score: Math.max(one, other), ...gains }, previous);
        return order.indexOf(lower) <= order.indexOf(higher);
      }),
    );
  });
});

describe('the figures', () => {
  const told = { ...leaderboardFigures, asOf: 100, accountValue: 12_000_000, dayRoi: 0.1 };
  const value = (accountValueTime: number, oldest: number) => {
    const performance = performanceRow({ accountValue: 11_000_000, accountValueTime });
    return figuresOf(null, told, performance, { line: 0, accountValue: oldest }).accountValue;
  };

  it('hold no account value of long ago', () => {
    expect(value(50, 50)).toBe(11_000_000);
    expect(value(50, 51)).toBe(12_000_000);
    expect(value(50, 101)).toBeNull();
  });

  it('hold no return of a line of long ago', () => {
    expect(figuresOf(null, told, undefined, { line: 100, accountValue: 0 }).dayRoi).toBe(0.1);
    expect(figuresOf(null, told, undefined, { line: 101, accountValue: 0 }).dayRoi).toBeNull();
  });
});

describe('the tags', () => {
  it.each([
    [{ score: 80 }, ['top_performer']],
    [{ score: 79.99 }, []],
    [{ score: 90 }, ['top_performer', 'elite']],
    [{ score: 89.99 }, ['top_performer']],
    [{ accountValue: 10_000_000 }, ['whale', 'large']],
    [{ accountValue: 9_999_999 }, ['large']],
    [{ accountValue: 1_000_000 }, ['large']],
    [{ accountValue: 999_999 }, []],
    [gains, ['consistent']],
    [{ ...gains, dayRoi: 0 }, []],
    [{ ...gains, weekRoi: null }, []],
    [{ allRoi: 1 }, ['high_performer']],
    [{ allRoi: 0.9999 }, []],
  ])('for %j are %j', (given, expected) => {
    expect(tags(given)).toEqual(expected);
  });

  it('say what they were given for', () => {
    expect(tagsOf(figures({ ...gains, allRoi: 1.5 }), config.tags)).toEqual([
      { tag: 'consistent', because: 'day 0.01, week 0.01, month 0.01: ROI all > 0' },
      { tag: 'high_performer', because: 'all-time ROI 1.5 >= 1' },
    ]);
  });
});
