import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruleCases, type WalletCase } from '../../../../test/fixtures/category-cases.ts';
import { featuresRow, performanceRow, scoresRow } from '../../../../test/fixtures/wallet-rows.ts';
import { categoriesOf } from './categories.ts';
import { walletCategoriesConfig } from './config.ts';
import { emptyReading, fillReading } from './reading.ts';
import { rulesOf } from './rules.ts';

const config = walletCategoriesConfig.parse({});

const longer = { positiveMomentumRatio: 0.8 };

/** Values so small that no confidence is at its end. */
const everyValue = {
  sizeEntropy: 0.5,
  burstiness: 1,
  maxValue: 1_000,
  erc20Count: 1,
  flipRate: 0.1,
  avgCandleVolatility: 0.001,
  positiveMomentumRatio: 0.5,
  avgCandleMomentum: 0.0001,
  avgCandleVolume: 1,
};
const ones = { bot: 1, risk: 1, profitability: 1, sophistication: 1 };

function classified(wallet: WalletCase) {
  const { scores, idle, ...features } = wallet;
  return categoriesOf(
    {
      features: featuresRow(features),
      performance: idle === undefined ? undefined : performanceRow({ idle }),
      scores: scores === undefined ? undefined : scoresRow(scores),
    },
    config,
  );
}

const itemOf = (wallet: WalletCase, category: string) =>
  classified(wallet).categories.find(item => item.category === category);

describe('the table of categories', () => {
  it('has a case for every rule', () => {
    const names = [...rulesOf(config.rules).map(rule => rule.category), 'Occasional Trader'];
    expect(ruleCases.map(each => each.category)).toEqual(names);
    expect(names).toHaveLength(31);
  });

  it('is documented with the texts of its rules', () => {
    const guide = readFileSync(new URL('../../../../docs/categories.md', import.meta.url), 'utf8');
    for (const { category, text } of rulesOf(config.rules)) {
      expect(guide).toContain(`| ${category} | \`${text}\` |`);
    }
  });

  describe.each(ruleCases)('$category', ({ category, holds, fails, confidences }) => {
    it.each(holds.map(wallet => [JSON.stringify(wallet), wallet] as const))('holds for %s', (_, wallet) => {
      expect(itemOf(wallet, category)).toBeDefined();
    });

    it.each(fails.map(wallet => [JSON.stringify(wallet), wallet] as const))(
      'does not hold for %s',
      (_, wallet) => {
        expect(itemOf(wallet, category)).toBeUndefined();
      },
    );

    it.each(confidences.map(([wallet, confidence]) => [JSON.stringify(wallet), confidence, wallet] as const))(
      'has for %s the confidence %d',
      (_, confidence, wallet) => {
        expect(itemOf(wallet, category)?.confidence).toBeCloseTo(confidence, 12);
      },
    );
  });
});

describe('wallet categories', () => {
  it('leave a wallet without habits alone', () => {
    expect(classified({})).toEqual({ primary: null, categories: [] });
  });

  it('give none to a wallet of one transaction, whatever it did', () => {
    expect(classified({ txCount: 1, txPerDay: 0.01, ageDays: 400 }).categories).toEqual([]);
    expect(classified({ txCount: 2, txPerDay: 0.01, ageDays: 400 }).primary).toBe('HODLer');
  });

  it('give none to wallets below the configured count', () => {
    const strict = walletCategoriesConfig.parse({ minTxCount: 11 });
    const rows = {
      features: featuresRow({ txPerDay: 0.05, ageDays: 58 }),
      performance: undefined,
      scores: undefined,
    };
    expect(categoriesOf(rows, strict).primary).toBeNull();
    expect(categoriesOf(rows, config).primary).toBe('HODLer');
  });

  it('come sorted by confidence, each with its rule and what the rule read', () => {
    // Whale: .5 x 300,000/500,000 + .5 x 1 M/5 M = .4. Active: .6 x 10/50 = .12.
    const { primary, categories } = classified({
      txPerDay: 10,
      burstiness: 0.5,
      maxValue: 300_000,
      totalValue: 1_000_000,
    });
    expect(primary).toBe('Whale');
    expect(categories).toEqual([
      {
        category: 'Whale',
        confidence: 0.4,
        rule: 'txCount >= 5 and ((maxValue > 49700 and totalValue > 99500) or totalValue > 497000)',
        values: [
          { name: 'txCount', value: 10 },
          { name: 'maxValue', value: 300_000 },
          { name: 'totalValue', value: 1_000_000 },
        ],
      },
      {
        category: 'Active Trader',
        confidence: 0.12,
        rule: '0.995 <= txPerDay <= 50, burstiness > 0.299, txCount >= 3',
        values: [
          { name: 'txPerDay', value: 10 },
          { name: 'burstiness', value: 0.5 },
          { name: 'txCount', value: 10 },
        ],
      },
    ]);
  });

  it('let scores raise confidences only when their mean is above .299', () => {
    const wallet = { txPerDay: 10 };
    const at = { bot: 0.299, risk: 0.299, profitability: 0.299, sophistication: 0.299 };
    expect(itemOf({ ...wallet, scores: at }, 'Moderate Trader')?.confidence).toBe(0.6);
    // The mean is .3: .6 + .2 x .3
    const above = { bot: 0.3, risk: 0.3, profitability: 0.3, sophistication: 0.3 };
    expect(itemOf({ ...wallet, scores: above }, 'Moderate Trader')?.confidence).toBeCloseTo(0.66, 12);
  });

  it('show what raises a confidence, too: the four scores and the mean that they must exceed', () => {
    const scores = { bot: 0.1, risk: 0.2, profitability: 0.5, sophistication: 0.5 };
    // The mean is .325: .6 + .2 x .5
    expect(itemOf({ txPerDay: 10, scores }, 'Moderate Trader')).toMatchObject({
      confidence: expect.closeTo(0.7, 12),
      values: [
        { name: 'txPerDay', value: 10 },
        { name: 'txCount', value: 10 },
        { name: 'profitability', value: 0.5 },
        { name: 'bot', value: 0.1 },
        { name: 'risk', value: 0.2 },
        { name: 'sophistication', value: 0.5 },
        { name: 'boostAbove', value: 0.299 },
      ],
    });
    // Without a model nothing of it is read, and rules without a boost read none of it.
    expect(itemOf({ txPerDay: 10 }, 'Moderate Trader')?.values).toHaveLength(2);
    expect(itemOf({ txPerDay: 0.05, ageDays: 400, scores }, 'HODLer')?.values).toHaveLength(2);
  });

  it('mark every rule whose confidence scores raise, and no other', () => {
    const known = emptyReading();
    const withScores = scoresRow({ ...ones, style: [1, 1, 1, 1, 1, 1] });
    for (const rule of rulesOf(config.rules)) {
      fillReading(known, featuresRow(everyValue), performanceRow(), withScores, 0.5);
      const raised = rule.confidence(known);
      fillReading(known, featuresRow(everyValue), performanceRow(), withScores, 1);
      expect([rule.category, raised > rule.confidence(known)]).toEqual([
        rule.category,
        rule.isBoosted === true,
      ]);
    }
  });

  it('read every threshold from the configuration, and say so in the rule', () => {
    const other = walletCategoriesConfig.parse({ rules: { possibleHodler: { txPerDay: 0.5 } } });
    const rows = {
      features: featuresRow({ txPerDay: 0.45, ageDays: 60 }),
      performance: undefined,
      scores: undefined,
    };
    expect(categoriesOf(rows, config).primary).toBeNull();
    expect(categoriesOf(rows, other).categories[0]?.rule).toBe('else txPerDay < 0.5, ageDays > 59');
  });

  it('fit candles that are longer than a minute', () => {
    const hourly = walletCategoriesConfig.parse({ candleMinutes: 100 });
    const categoryAt = (given: WalletCase) =>
      categoriesOf({ features: featuresRow(given), performance: undefined, scores: undefined }, hourly)
        .categories[0];
    // Volume x 100, volatility and momentum x 10.
    expect(categoryAt({ avgCandleVolume: 9_950 })).toBeUndefined();
    // .7 x (10,000/50,000 x 10/20)
    expect(categoryAt({ avgCandleVolume: 10_000 })?.confidence).toBeCloseTo(0.07, 12);
    expect(categoryAt({ avgCandleVolatility: 0.0995 })).toBeUndefined();
    expect(categoryAt({ avgCandleVolatility: 0.1 })?.category).toBe('Possible Volatility Trader');
    // .7 x (.2/.5 x 10/20)
    expect(categoryAt({ avgCandleVolatility: 0.2 })).toMatchObject({
      category: 'Volatility Trader',
      confidence: expect.closeTo(0.14, 12),
    });
    expect(categoryAt({ ...longer, avgCandleMomentum: 0.0099 })?.category).toBe('Possible Momentum Follower');
    // .5 x (.8 x .05/.1)
    expect(categoryAt({ ...longer, avgCandleMomentum: 0.05 })).toMatchObject({
      category: 'Momentum Follower',
      confidence: expect.closeTo(0.2, 12),
    });
  });

  it('refuse thresholds that they do not know', () => {
    expect(() => walletCategoriesConfig.parse({ rules: { whale: { minValue: 1 } } })).toThrow(/minValue/);
  });

  it('have confidences between 0 and 1, at most one of a chain, and only fitting numbers', () => {
    const maybe = (max: number) => fc.option(fc.double({ min: 0, max, noNaN: true }));
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({
          txCount: fc.integer({ min: 0, max: 200 }),
          erc20Count: fc.option(fc.integer({ min: 0, max: 1_000 })),
          uniqueTokens: fc.integer({ min: 0, max: 60 }),
          ageDays: fc.double({ min: 0, max: 900, noNaN: true }),
          txPerDay: fc.double({ min: 0, max: 200, noNaN: true }),
          burstiness: maybe(3),
          totalValue: fc.double({ min: 0, max: 1e7, noNaN: true }),
          maxValue: maybe(1e6),
          flipRate: maybe(2),
          sizeEntropy: maybe(1),
          avgCandleVolatility: maybe(0.2),
          avgCandleMomentum: fc.option(fc.double({ min: -0.1, max: 0.1, noNaN: true })),
          positiveMomentumRatio: maybe(1),
          avgCandleVolume: maybe(2_000),
          idle: fc.option(fc.boolean(), { nil: undefined }),
          scores: fc.option(
            fc.record({
              bot: score,
              risk: score,
              profitability: score,
              sophistication: score,
              influence: fc.double({ min: 0, max: 100, noNaN: true }),
              style: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
            }),
            { nil: undefined },
          ),
        }),
        wallet => {
          const { primary, categories } = classified(wallet as WalletCase);
          expect(primary).toBe(categories[0]?.category ?? null);
          const chains = categories.map(({ category }) => category.replace(/^Poss\w+ /, ''));
          expect(new Set(chains).size).toBe(chains.length);
          for (const [index, { confidence, values }] of categories.entries()) {
            expect(confidence).toBeGreaterThanOrEqual(0);
            expect(confidence).toBeLessThanOrEqual(categories[index - 1]?.confidence ?? 1);
            expect(values.every(({ value }) => Number.isFinite(value))).toBe(true);
            expect(values.length).toBeLessThanOrEqual(16);
          }
        },
      ),
    );
  });
});
