import * as z from 'zod';

const n = (value: number) => z.number().default(value);
/** The confidence is never above this. */
const most = (value: number) => z.number().min(0).max(1).default(value);
const confidence = (value: number) => z.number().min(0).max(1).default(value);
const divisor = (value: number) => z.number().positive().default(value);
const group = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape).prefault({} as never);

/**
 * Every number of the category rules. A name without a suffix is the threshold of the value of that name; `...Share` is
 * what a value adds to the confidence; `...Full` is the amount of a value that counts in full.
 */
export const thresholds = z.strictObject({
  bot: group({ bot: n(0.699), txCount: n(2), botShare: n(0.8), sophisticationShare: n(0.2), most: most(1) }),
  possibleBot: group({
    bot: n(0.499),
    txCount: n(2),
    botShare: n(0.7),
    sophisticationShare: n(0.1),
    most: most(0.9),
  }),
  scalper: group({
    txPerDay: n(49.7),
    sizeEntropy: n(0.401),
    txCount: n(5),
    behaviourShare: n(0.7),
    txPerDayFull: divisor(100),
    sophisticationShare: n(0.3),
    riskShare: n(0.2),
    most: most(1),
  }),
  possibleScalper: group({
    txPerDay: n(29.7),
    sizeEntropy: n(0.446),
    txCount: n(5),
    base: confidence(0.6),
    sophisticationShare: n(0.2),
    most: most(0.85),
  }),
  activeTrader: group({
    txPerDayFrom: n(0.995),
    txPerDayTo: n(50),
    burstiness: n(0.299),
    txCount: n(3),
    behaviourShare: n(0.6),
    txPerDayFull: divisor(50),
    profitabilityShare: n(0.3),
    sophisticationShare: n(0.2),
    most: most(1),
  }),
  moderateTrader: group({
    txPerDayFrom: n(0.497),
    txPerDayTo: n(30),
    txCount: n(3),
    base: confidence(0.6),
    profitabilityShare: n(0.2),
    most: most(0.8),
  }),
  hodler: group({
    txPerDay: n(0.101),
    ageDays: n(29),
    leastAgeDays: divisor(1),
    leastTxPerDay: divisor(0.01),
    most: most(1),
  }),
  possibleHodler: group({ txPerDay: n(0.401), ageDays: n(59), confidence: confidence(0.6) }),
  dormant: group({
    txCount: n(5),
    ageDays: n(30),
    ageDaysFull: divisor(365),
    most: most(1),
  }),
  whale: group({
    maxValue: n(49_700),
    totalValue: n(99_500),
    totalValueAlone: n(497_000),
    txCount: n(5),
    maxValueShare: n(0.5),
    maxValueFull: divisor(500_000),
    totalValueShare: n(0.5),
    totalValueFull: divisor(5_000_000),
    most: most(1),
  }),
  possibleWhale: group({
    maxValue: n(9_950),
    totalValue: n(49_700),
    totalValueAlone: n(199_000),
    txCount: n(5),
    maxValueShare: n(0.4),
    maxValueFull: divisor(100_000),
    totalValueShare: n(0.4),
    totalValueFull: divisor(1_000_000),
    most: most(0.85),
  }),
  tokenCollector: group({
    uniqueTokens: n(9.9),
    erc20PerTx: n(1.995),
    txCount: n(5),
    uniqueTokensFull: divisor(50),
    erc20PerTxFull: divisor(3),
    most: most(1),
  }),
  possibleTokenCollector: group({
    uniqueTokens: n(4.9),
    erc20PerTx: n(0.998),
    txCount: n(5),
    confidence: confidence(0.6),
  }),
  arbitrageur: group({
    uniqueTokens: n(4.9),
    flipRate: n(0.497),
    txCount: n(5),
    behaviourShare: n(0.5),
    uniqueTokensFull: divisor(20),
    profitabilityShare: n(0.4),
    sophisticationShare: n(0.3),
    most: most(1),
  }),
  possibleArbitrageur: group({
    uniqueTokens: n(2.9),
    flipRate: n(0.297),
    txCount: n(5),
    base: confidence(0.6),
    profitabilityShare: n(0.3),
    sophisticationShare: n(0.2),
    most: most(0.85),
  }),
  volatilityTrader: group({
    avgCandleVolatility: n(0.0199),
    txCount: n(5),
    behaviourShare: n(0.7),
    avgCandleVolatilityFull: divisor(0.05),
    txCountFull: divisor(20),
    styleShare: n(0.3),
    most: most(1),
  }),
  possibleVolatilityTrader: group({
    avgCandleVolatility: n(0.00995),
    txCount: n(5),
    base: confidence(0.6),
    styleShare: n(0.2),
    most: most(0.85),
  }),
  momentumFollower: group({
    positiveMomentumRatio: n(0.699),
    avgCandleMomentum: n(0.000995),
    txCount: n(5),
    behaviourShare: n(0.5),
    avgCandleMomentumFull: divisor(0.01),
    styleShare: n(0.3),
    profitabilityShare: n(0.2),
    most: most(1),
  }),
  possibleMomentumFollower: group({
    positiveMomentumRatio: n(0.599),
    txCount: n(5),
    base: confidence(0.6),
    styleShare: n(0.2),
    most: most(0.85),
  }),
  contrarianTrader: group({
    positiveMomentumRatio: n(0.301),
    avgCandleMomentum: n(-0.000995),
    txCount: n(5),
    behaviourShare: n(0.5),
    avgCandleMomentumFull: divisor(0.01),
    styleShare: n(0.3),
    profitabilityShare: n(0.2),
    most: most(1),
  }),
  possibleContrarianTrader: group({
    positiveMomentumRatio: n(0.401),
    txCount: n(5),
    base: confidence(0.6),
    styleShare: n(0.2),
    most: most(0.85),
  }),
  highVolumeTrader: group({
    avgCandleVolume: n(99.5),
    txCount: n(5),
    behaviourShare: n(0.7),
    avgCandleVolumeFull: divisor(500),
    txCountFull: divisor(20),
    profitabilityShare: n(0.3),
    most: most(1),
  }),
  profitableTrader: group({
    profitability: n(0.599),
    txCount: n(4),
    profitabilityShare: n(0.7),
    sophisticationShare: n(0.3),
    most: most(1),
  }),
  possiblyProfitableTrader: group({
    profitability: n(0.399),
    txCount: n(4),
    profitabilityShare: n(0.6),
    sophisticationShare: n(0.2),
    most: most(0.85),
  }),
  highRiskTrader: group({
    risk: n(0.599),
    txCount: n(4),
    riskShare: n(0.7),
    sophisticationShare: n(0.2),
    most: most(1),
  }),
  moderateRiskTrader: group({ risk: n(0.399), txCount: n(4), riskShare: n(0.6), most: most(0.85) }),
  sophisticatedTrader: group({
    sophistication: n(0.599),
    txCount: n(5),
    sophisticationShare: n(0.6),
    profitabilityShare: n(0.3),
    riskShare: n(0.1),
    most: most(1),
  }),
  possiblySophisticatedTrader: group({
    sophistication: n(0.399),
    txCount: n(4),
    sophisticationShare: n(0.7),
    most: most(0.85),
  }),
  influentialTrader: group({
    influence: n(2.985),
    txCount: n(5),
    influenceShare: n(0.7),
    influenceFull: divisor(50),
    sophisticationShare: n(0.3),
    most: most(1),
  }),
  possiblyInfluentialTrader: group({
    influence: n(0.995),
    txCount: n(4),
    influenceShare: n(0.6),
    influenceFull: divisor(20),
    most: most(0.85),
  }),
  occasionalTrader: group({ txCount: n(5), txPerDay: n(0.5), confidence: confidence(0.5) }),
});

export type Thresholds = z.output<typeof thresholds>;

/** The settings of the classifier. */
export const walletCategoriesConfig = z.strictObject({
  /** Wallets with fewer transactions get no category. */
  minTxCount: z.int().min(0).default(1),
  /** The same, but not for the operator to lower without thought: one transaction says nothing about a habit. */
  fewestTransactions: z.int().min(0).default(2),
  /** Whether wallets in no category get a row, with an empty list. */
  showUncategorised: z.boolean().default(false),
  /** The mean of the bot, risk, profitability and sophistication scores above which scores raise confidences. */
  boostAbove: z.number().default(0.299),
  /**
   * The length of the candles that the features come from, in minutes. The rules are made for one minute; for longer candles
   * thresholds of volume grow in proportion, those of volatility and momentum with the square root, as for a random walk.
   */
  candleMinutes: z.number().positive().default(1),
  /** A new row is made when the list of categories changes, or when a confidence moved by at least this much. */
  minConfidenceChange: z.number().min(0).max(1).default(0.01),
  rules: thresholds.prefault({}),
});

export type WalletCategoriesConfig = z.output<typeof walletCategoriesConfig>;
