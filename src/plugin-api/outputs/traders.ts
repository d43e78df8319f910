import { address, list, number, oneOf, string, time, vector } from '../fields.ts';
import { category, feature, score } from '../refs.ts';
import { noEquity } from './performance.ts';
import { usd } from './usd.ts';

export const tags = ['top_performer', 'elite', 'whale', 'large', 'consistent', 'high_performer'] as const;

/** Whose account a wallet is, and which accounts it owns. */
export const walletOwner = feature({
  id: 'wallet.owner',
  version: 1,
  entity: 'trader',
  doc: 'Whose account a wallet is, and which accounts are its own.',
  fields: {
    owner: address({ doc: 'The wallet that owns it; itself where no other is known.' }),
    relation: oneOf(['sub-account', 'child-vault', 'agent'], {
      doc: 'What it is to its owner.',
      nullable: 'it is its own',
    }),
    name: string({ doc: "The account's name.", nullable: 'none, or not told' }),
    accounts: list(
      { account: address({ doc: 'An account of this wallet.' }) },
      { doc: 'The accounts that belong to this wallet, itself left out; the first 64.' },
    ),
  },
});

/** The trader score and its parts. */
export const traderScore = score({
  id: 'trader.score',
  version: 1,
  entity: 'trader',
  doc: 'The trader score, from returns, size and volume.',
  fields: {
    score: number({ unit: 'points', doc: 'Sum of the known parts, no less than 0.', min: 0, max: 105 }),
    roiAllPoints: number({ unit: 'points', doc: 'From all-time ROI.', nullable: noEquity }),
    roiMonthPoints: number({ unit: 'points', doc: 'From the month.', nullable: noEquity }),
    roiWeekPoints: number({ unit: 'points', doc: 'From the week.', nullable: noEquity }),
    sizePoints: number({ unit: 'points', doc: 'From account value.', nullable: 'equity is not known' }),
    volumePoints: number({ unit: 'points', doc: "From the month's volume." }),
    consistencyPoints: number({
      unit: 'points',
      doc: 'When day, week and month are all positive.',
      nullable: noEquity,
    }),
    basis: oneOf(['leaderboard', 'reconstruction'], {
      doc: "Whose figures: the exchange's leaderboard or this tape's.",
    }),
  },
});

export const sizeTiers = ['alpha_whale', 'whale', 'large', 'medium', 'standard', 'small'] as const;

/** How much a trader's position counts in smart-money signals. */
export const traderWeight = score({
  id: 'trader.weight',
  version: 1,
  entity: 'trader',
  doc: "How much a trader's positions count in smart-money signals, and why.",
  fields: {
    weight: number({ unit: 'ratio', doc: 'The composite.', min: 0 }),
    performance: number({
      unit: 'ratio',
      doc: 'Performance dimension.',
      nullable: 'too little of it is known',
      min: 0,
      max: 1.5,
    }),
    size: number({
      unit: 'ratio',
      doc: 'Size dimension.',
      nullable: 'equity is not known, or was told too long ago',
      min: 0,
      max: 3,
    }),
    recency: number({
      unit: 'ratio',
      doc: 'Recency dimension.',
      nullable: 'no ROI is known',
      min: 0.5,
      max: 1.5,
    }),
    regime: number({
      unit: 'ratio',
      doc: 'Regime dimension.',
      nullable: "the present market's kind is not known, or the wallet has closed too little in such markets",
      min: 0.8,
      max: 1.2,
    }),
    sizeTier: oneOf(sizeTiers, {
      doc: 'The size tier.',
      nullable: 'equity is not known, or was told too long ago',
    }),
    accountValue: usd('Equity that the tier was read from.', 'equity is not known, or was told too long ago'),
    accountValueTime: time({
      doc: 'When that equity was told.',
      nullable: 'equity is not known, or was told too long ago',
    }),
  },
});

/** Model scores of a wallet, each in the range that the rules expect. Provided by a wallet model; optional to all readers. */
export const walletScores = score({
  id: 'wallet.scores',
  version: 1,
  entity: 'trader',
  doc: 'Scores of a wallet by a trained model.',
  fields: {
    bot: number({ unit: 'probability', doc: 'Likely automated.', min: 0, max: 1 }),
    risk: number({ unit: 'percentile', doc: 'Risk taken.', min: 0, max: 1 }),
    profitability: number({ unit: 'percentile', doc: 'Expected profitability.', min: 0, max: 1 }),
    sophistication: number({ unit: 'percentile', doc: 'Skill of execution.', min: 0, max: 1 }),
    influence: number({ unit: 'log', doc: 'Influence on prices.', min: 0 }),
    style: vector(6, {
      unit: 'ratio',
      doc: 'Momentum, mean reversion, volatility trading, market making, trend following, contrarian; each in [-1, 1].',
    }),
  },
});

/** What kinds of trader a wallet is, with the rule that says so. */
export const walletCategories = category({
  id: 'wallet.categories',
  version: 1,
  entity: 'trader',
  doc: 'What kinds of trader a wallet is, most confident first.',
  fields: {
    primary: string({ doc: 'The most confident category.', nullable: 'no category holds' }),
    categories: list(
      {
        category: string({ doc: 'Its name.' }),
        confidence: number({ unit: 'ratio', doc: 'Confidence.', min: 0, max: 1 }),
        rule: string({ doc: 'The rule that fired.' }),
        values: list(
          {
            name: string({ doc: 'What the rule read.' }),
            value: number({ unit: 'as the input', doc: 'Its value.' }),
          },
          { length: 16, doc: 'Values that the rule read.' },
        ),
      },
      { length: 32, doc: 'All categories that hold.' },
    ),
  },
});

export const trackingTiers = ['alert', 'core', 'extended', 'none'] as const;

/** A trader's tracking tier and tags. */
export const traderTier = category({
  id: 'trader.tier',
  version: 1,
  entity: 'trader',
  doc: "A trader's tracking tier and tags.",
  fields: {
    tier: oneOf(trackingTiers, { doc: 'Tracking tier.' }),
    because: string({ doc: 'The value that the tier was given for.' }),
    tags: list(
      { tag: oneOf(tags, { doc: 'The tag.' }), because: string({ doc: 'The value that it was given for.' }) },
      { length: 8, doc: 'Tags.' },
    ),
  },
});
