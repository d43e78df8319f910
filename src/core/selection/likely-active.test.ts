import { describe, expect, it } from 'vitest';
import { selectionSchema } from './config.ts';
import { type DayFigures, likelyActive } from './likely-active.ts';

const { likelyActive: config } = selectionSchema.parse({});
const quiet: DayFigures = { dayRoi: 0, dayPnl: 0, dayVolume: 0, accountValue: 1_000_000 };
const judge = (figures: Partial<DayFigures>) => likelyActive({ ...quiet, ...figures }, config);

describe('whether a trader is likely active', () => {
  it('is said by a day volume above 100 k, and hardly doubted then', () => {
    expect(judge({ dayVolume: 100_000 })?.likelyActive).toBe(false);
    expect(judge({ dayVolume: 100_001 })).toEqual({
      likelyActive: true,
      reason: 'day volume 100,001 USD > 100,000 USD',
      confidence: 0.95,
    });
  });

  it('is said by a day PnL of more than 0.1 % of the account, gained or lost', () => {
    expect(judge({ dayPnl: -1_000 })?.likelyActive).toBe(false);
    expect(judge({ dayPnl: -1_500 })).toEqual({
      likelyActive: true,
      reason: '|day PnL| / account value 0.15 % > 0.1 %',
      confidence: 0.6,
    });
  });

  it('is said by a day ROI of more than 0.01 %, gained or lost', () => {
    expect(judge({ dayRoi: 0.0001 })?.likelyActive).toBe(false);
    expect(judge({ dayRoi: -0.0002 })).toEqual({
      likelyActive: true,
      reason: '|day ROI| 0.02 % > 0.01 %',
      confidence: 0.5,
    });
  });

  it('is the surer the more signs there are', () => {
    // 1 - (1 - .6)(1 - .5) = .8; with volume 1 - .05 x .2 = .99
    expect(judge({ dayPnl: 2_000, dayRoi: 0.002 })?.confidence).toBe(0.8);
    expect(judge({ dayPnl: 2_000, dayRoi: 0.002, dayVolume: 1e6 })?.confidence).toBe(0.99);
  });

  it('is not known of a trader whose day is not known', () => {
    expect(judge({ dayRoi: null, dayPnl: null, dayVolume: null })).toBeUndefined();
  });

  it('is not said by a PnL where the account is empty or not known', () => {
    expect(judge({ dayPnl: 5_000, accountValue: 0 })?.likelyActive).toBe(false);
    expect(judge({ dayPnl: 5_000, accountValue: null })?.likelyActive).toBe(false);
  });
});
