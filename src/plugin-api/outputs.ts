import {
  boolean,
  decimal,
  type Field,
  integer,
  list,
  number,
  oneOf,
  string,
  time,
  vector,
} from './fields.ts';
import { category, feature, score, signal } from './refs.ts';

/*
 * The standard rows: what the platform's own tables, leaderboard and GraphQL types read. The built-in plugins provide them; a
 * stranger's plugin may provide one of them instead.
 */

function usd(doc: string): Field<number>;
function usd(doc: string, nullable: string): Field<number | null>;
function usd(doc: string, nullable?: string): Field<number> | Field<number | null> {
  return nullable === undefined ? number({ unit: 'USD', doc }) : number({ unit: 'USD', doc, nullable });
}

/** Position events: what a change of signed size means. */
export const positionActions = [
  'OPEN',
  'CLOSE',
  'INCREASE',
  'DECREASE',
  'FLIP',
  'LIQUIDATED',
  'RECONCILED',
] as const;
export type PositionAction = (typeof positionActions)[number];

const noFee = 'no feed has told a fee whose value in USD is known';

/** A wallet's position in a coin after each event that touched it, with the change that the event made. */
export const walletPosition = feature({
  id: 'wallet.position',
  version: 1,
  entity: 'trader:coin',
  emitted: 'event',
  doc: "A wallet's position in a coin, and the last change of it.",
  fields: {
    size: decimal({ unit: 'coin', doc: 'Signed size after the change, negative when short.' }),
    sizeBefore: decimal({ unit: 'coin', doc: 'Signed size before the change.' }),
    action: oneOf(positionActions, {
      doc: 'What the change was.',
      nullable: 'the event did not change the size',
    }),
    price: number({ unit: 'USD', doc: 'Price of the change.', nullable: 'the change came from a snapshot' }),
    notionalUsd: usd('Absolute notional of the change.', 'the change came from a snapshot'),
    entryPrice: number({
      unit: 'USD',
      doc: 'Mean price of entry.',
      nullable: 'flat, or not known: opened before the tape began or before a gap',
    }),
    realisedPnl: number({
      unit: 'USD',
      doc: 'Price PnL that the change realised, before fees.',
      nullable: 'nothing was closed, or its entry is unknown',
    }),
    fee: usd('Fee of the change; negative when a rebate.', 'the feed does not tell fees'),
    taker: boolean({ doc: 'Whether the wallet took liquidity.', nullable: 'the feed does not say' }),
    source: oneOf(['trade', 'fill', 'snapshot'], { doc: 'Which kind of event the change was seen in.' }),
    eventTime: time({ doc: 'When the change happened, by the exchange.' }),
    openedAt: time({
      doc: 'When the present episode began.',
      nullable: 'flat, or not known: opened before the tape began or before a gap',
    }),
    episodePnl: usd(
      'PnL of the episode that this change ended, net of funding and of the fees that were told.',
      'no episode ended, or its beginning is unknown',
    ),
    episodeHoldingMs: integer({
      unit: 'ms',
      doc: 'How long the episode that this change ended lasted.',
      nullable: 'no episode ended, or its beginning is unknown',
      min: 0,
    }),
    netPnl: usd(
      'What this event added to the cumulative PnL: realised PnL, less fee where one is told, plus funding.',
    ),
    fundingReceived: usd(
      'Funding that this event brought or that fell due since the last one, negative when paid.',
    ),
    cumulativePnl: usd(
      'Realised PnL in this coin net of fees and funding since the tape began; before fees where those are null.',
    ),
    cumulativeFees: usd('Fees in this coin since the tape began, as far as told.', noFee),
    cumulativeFunding: usd('Funding received in this coin since the tape began, negative when paid.'),
    episodes: integer({ unit: 'count', doc: 'Episodes that ended.', min: 0 }),
    wins: integer({ unit: 'count', doc: 'Episodes that ended with a profit.', min: 0 }),
    gaps: integer({
      unit: 'count',
      doc: "Times that the feed's start position differed from the reconstruction.",
      min: 0,
    }),
    lastGapSize: decimal({
      unit: 'coin',
      doc: 'Feed start position minus the reconstructed one at the last such time.',
      nullable: 'no gap',
    }),
    truncated: boolean({
      doc: 'True when the history before the first event is missing, so that sums are incomplete.',
    }),
  },
});

const inferred = 'no such observation yet';
const noEvm = 'no HyperEVM source has reported this wallet';
const noSlippage = 'the wallet never took liquidity, or no mid was known at any such execution';
const noImpact =
  'the wallet never took liquidity, or no fresh mid was known before and after any such execution';
const noMove =
  'no price was known at any execution, or less than an hour of prices, or prices that did not move';
const noCandle = 'no completed candle is known that holds an execution';
const fewCandles = 'fewer than two executions are held by known completed candles';

/** The 36 wallet features, in the order in which models read them. */
export const walletFeatures = feature({
  id: 'wallet.features',
  version: 1,
  entity: 'trader',
  doc: 'How a wallet behaves: the 36 inputs of the wallet models, in their order.',
  fields: {
    txCount: integer({ unit: 'count', doc: 'Executions plus HyperEVM transactions.', min: 0 }),
    erc20Count: integer({
      unit: 'count',
      doc: 'ERC-20 transfers to or from the wallet.',
      nullable: noEvm,
      min: 0,
    }),
    uniqueTokens: integer({
      unit: 'count',
      doc: 'Distinct coins traded plus distinct ERC-20 tokens.',
      min: 0,
    }),
    uniqueAddresses: number({
      unit: 'count',
      doc: 'Distinct counterparties.',
      nullable: 'the feed does not name counterparties',
      min: 0,
    }),
    ageDays: number({ unit: 'days', doc: 'Last seen minus first seen.', min: 0 }),
    txPerDay: number({ unit: 'per day', doc: 'Transactions per day of age, at least one day.', min: 0 }),
    burstiness: number({
      unit: 'ratio',
      doc: 'Standard deviation over mean of the times between executions.',
      nullable: 'fewer than three executions, or all at one moment',
      min: 0,
    }),
    hourEntropy: number({
      unit: 'ratio',
      doc: 'Shannon entropy of the UTC hour histogram over log2 24.',
      nullable: inferred,
      min: 0,
      max: 1,
    }),
    totalValue: usd('Sum of execution notionals.'),
    avgValue: usd('Mean execution notional.', inferred),
    maxValue: usd('Largest execution notional.', inferred),
    valueStd: usd('Standard deviation of execution notionals.', 'fewer than two executions'),
    erc20Volume: usd('ERC-20 transfers, where priced.', `${noEvm}, or none of its transfers is priced`),
    longRatio: number({
      unit: 'ratio',
      doc: 'Share of opening or increasing executions that end long; 0.5 when there are none.',
      min: 0,
      max: 1,
    }),
    flipRate: number({
      unit: 'ratio',
      doc: 'Changes of side over opening or increasing executions.',
      nullable: 'nothing was opened',
      min: 0,
    }),
    sizeEntropy: number({
      unit: 'ratio',
      doc: 'Entropy of the notional histogram over ten half-decade bins from 10 to 1 M, over log2 10.',
      nullable: inferred,
      min: 0,
      max: 1,
    }),
    contractInteractionCount: integer({
      unit: 'count',
      doc: 'Distinct contracts called.',
      nullable: noEvm,
      min: 0,
    }),
    avgMarketImpact: number({
      unit: 'bps',
      doc: 'Mean move of the mid one second after taker executions, in their direction; 0 where it stood still.',
      nullable: noImpact,
    }),
    maxMarketImpact: number({ unit: 'bps', doc: 'Largest such move.', nullable: noImpact }),
    avgSlippage: number({
      unit: 'bps',
      doc: 'Mean distance of taker prices from the mid before, against the taker.',
      nullable: noSlippage,
    }),
    slippageStd: number({
      unit: 'bps',
      doc: 'Standard deviation of that distance.',
      nullable: 'fewer than two executions took liquidity while a mid was known',
      min: 0,
    }),
    momentumScore: number({
      unit: 'ratio',
      doc: 'Mean of max(0, s x z5).',
      nullable: noMove,
      min: 0,
      max: 1,
    }),
    meanReversionScore: number({
      unit: 'ratio',
      doc: 'Mean of max(0, -s x z5).',
      nullable: noMove,
      min: 0,
      max: 1,
    }),
    volatilityTradingScore: number({
      unit: 'ratio',
      doc: 'Mean of min(sigma5m / sigma24h, 3) / 3 at executions.',
      nullable: noMove,
      min: 0,
      max: 1,
    }),
    marketMakerScore: number({
      unit: 'ratio',
      doc: 'Maker share of notional times balance of buys and sells.',
      nullable: 'nothing was traded, or the feed does not tell maker from taker',
      min: 0,
      max: 1,
    }),
    orderBookParticipation: number({
      unit: 'ratio',
      doc: 'Maker notional over notional.',
      nullable: 'nothing was traded, or the feed does not tell maker from taker',
      min: 0,
      max: 1,
    }),
    avgCandleVolatility: number({
      unit: 'ratio',
      doc: '(high - low) / open of the candle that holds each execution, mean.',
      nullable: noCandle,
      min: 0,
    }),
    maxCandleVolatility: number({ unit: 'ratio', doc: 'The largest of those.', nullable: noCandle, min: 0 }),
    volatilityStd: number({ unit: 'ratio', doc: 'Their standard deviation.', nullable: fewCandles, min: 0 }),
    avgCandleMomentum: number({
      unit: 'ratio',
      doc: '(close - open) / open of those candles, mean.',
      nullable: noCandle,
    }),
    momentumStd: number({ unit: 'ratio', doc: 'Their standard deviation.', nullable: fewCandles, min: 0 }),
    positiveMomentumRatio: number({
      unit: 'ratio',
      doc: 'Share of those that are above zero.',
      nullable: noCandle,
      min: 0,
      max: 1,
    }),
    avgTrendStrength: number({
      unit: 'ratio',
      doc: 'abs(close - open) / (high - low) of those candles that moved, mean.',
      nullable: `${noCandle}, or none of those moved`,
      min: 0,
      max: 1,
    }),
    avgCandleVolume: number({
      unit: 'thousand USD',
      doc: 'Volume of those candles, mean.',
      nullable: noCandle,
      min: 0,
    }),
    maxCandleVolume: number({
      unit: 'thousand USD',
      doc: 'The largest of those.',
      nullable: noCandle,
      min: 0,
    }),
    volumeStd: number({
      unit: 'thousand USD',
      doc: 'Their standard deviation.',
      nullable: fewCandles,
      min: 0,
    }),
  },
});

const noEquity = "the wallet's equity is not known for the window";
const noReturn = `${noEquity}, or no trade, fill or funding of the wallet was seen yet`;
const noEpisode = 'no episode whose beginning is known ended in the window';

/** The columns of one window of the leaderboard. */
const windowFields = (name: string) =>
  ({
    pnl: usd(`PnL net of funding and of the fees that were told, ${name}; before fees where those are null.`),
    roi: number({ unit: 'ratio', doc: `PnL over equity at its beginning, ${name}.`, nullable: noReturn }),
    volume: usd(`Notional traded, ${name}.`),
    trades: integer({ unit: 'count', doc: `Executions, ${name}.`, min: 0 }),
    winRate: number({
      unit: 'ratio',
      doc: `Winning over ended episodes, ${name}.`,
      nullable: noEpisode,
      min: 0,
      max: 1,
    }),
    avgRiskRatio: number({
      unit: 'ratio',
      doc: `Mean of position notional over equity at entry, ${name}.`,
      nullable: 'nothing was opened or added to in the window, or equity was not known or too small then',
      min: 0,
    }),
    maxDrawdown: number({
      unit: 'ratio',
      doc: `Largest fall of the equity curve from its peak, ${name}.`,
      nullable: 'equity is not known, or for fewer than 7 days',
      min: 0,
      max: 1,
    }),
    maxProfit: usd(`Best episode, ${name}.`, 'no episode is known to have been won in the window'),
    maxLoss: usd(`Worst episode, negative, ${name}.`, 'no episode is known to have been lost in the window'),
    sharpe: number({
      unit: 'ratio',
      doc: `Mean over standard deviation of daily excess returns, ${name}.`,
      nullable: 'fewer than 7 daily returns, or they do not vary',
    }),
    sortino: number({
      unit: 'ratio',
      doc: `Mean over downside deviation of daily excess returns, ${name}.`,
      nullable: 'fewer than 7 daily returns, or none is negative',
    }),
    profitFactor: number({
      unit: 'ratio',
      doc: `Gross wins over gross losses, ${name}.`,
      nullable: 'no episode is known to have been lost in the window',
      min: 0,
    }),
    makerShare: number({
      unit: 'ratio',
      doc: `Maker notional over notional, ${name}.`,
      nullable: 'nothing was traded in the window, or the feed does not tell maker from taker',
      min: 0,
      max: 1,
    }),
  }) as const;

export const windows = ['day', 'week', 'month', 'all'] as const;
export type Window = (typeof windows)[number];

/** How well a wallet does. One item for each window, in the order day, week, month, all. */
export const walletPerformance = feature({
  id: 'wallet.performance',
  version: 1,
  entity: 'trader',
  doc: 'How well a wallet does, by window and over its whole life.',
  fields: {
    firstSeen: time({ doc: 'First event of the wallet.' }),
    lastSeen: time({
      doc: 'Last trade or fill of the wallet; before the first, the last event that named it.',
    }),
    accountValue: usd(
      "Equity, as last told by the account itself, or by the exchange's leaderboard.",
      'no source has told it',
    ),
    accountValueTime: time({ doc: 'When that equity was told.', nullable: 'no source has told it' }),
    idle: boolean({ doc: 'True when the wallet was last seen 30 days ago or more.' }),
    windows: list(
      { window: oneOf(windows, { doc: 'Which.' }), ...windowFields('in the window') },
      { length: 4, doc: 'Day, week, month, all.' },
    ),
    consistency: number({
      unit: 'ratio',
      doc: 'Share of day, week and month with a positive ROI.',
      nullable: 'no ROI is known',
      min: 0,
      max: 1,
    }),
    meanHoldingMs: number({
      unit: 'ms',
      doc: 'Mean length of ended episodes.',
      nullable: 'no episode whose beginning is known has ended',
      min: 0,
    }),
    concentration: number({
      unit: 'ratio',
      doc: 'Herfindahl index of notional over coins.',
      nullable: 'nothing was traded yet',
      min: 0,
      max: 1,
    }),
    leverageUse: number({
      unit: 'ratio',
      doc: 'Open notional over equity.',
      nullable: 'equity is not known or used up, or the price of a position is not known',
      min: 0,
    }),
    correlationToBtc: number({
      unit: 'ratio',
      doc: "Pearson correlation of daily PnL with BTC's daily return.",
      nullable: 'fewer than 7 common days, or either never varies',
      min: -1,
      max: 1,
    }),
    pnlVolatility: usd('Standard deviation of daily PnL.', 'fewer than 7 days'),
    persistence: number({
      unit: 'ratio',
      doc: 'Lag-one autocorrelation of daily PnL.',
      nullable: 'fewer than 8 days, or all alike',
      min: -1,
      max: 1,
    }),
    realisedPnl: usd(
      'Realised PnL net of fees and funding since the tape began; before fees where those are null.',
    ),
    fees: usd('Fees since the tape began, as far as told.', noFee),
    funding: usd('Funding received since the tape began, negative when paid.'),
    openPositions: integer({ unit: 'count', doc: 'Coins with an open position.', min: 0 }),
    grossNotionalUsd: usd(
      'Absolute notional of open positions at the last known price.',
      'the price of a position is not known',
    ),
    unrealisedPnl: usd(
      'PnL of open positions at the last known price.',
      'the entry or the price of a position is not known, or equity cannot carry the positions',
    ),
    truncated: boolean({ doc: 'True when history is missing, so that sums are incomplete.' }),
    gaps: integer({ unit: 'count', doc: 'Disagreements between reconstruction and feed.', min: 0 }),
  },
});

/** What a coin's market is doing: the last prices, and how they have moved. */
export const marketState = feature({
  id: 'market.state',
  version: 1,
  entity: 'coin',
  doc: "A coin's last prices, and how they have moved.",
  fields: {
    mid: number({ unit: 'USD', doc: 'Last mid.', nullable: 'no source has told one' }),
    midTime: time({ doc: 'When that mid was known.', nullable: 'no source has told one' }),
    price: number({
      unit: 'USD',
      doc: 'Best known price: mid, else mark, else last candle close, else last trade.',
      nullable: 'nothing is known yet',
    }),
    z5: number({
      unit: 'ratio',
      doc: 'Log return of the last 5 minutes over its rolling standard deviation, clipped to +-3, over 3.',
      nullable: 'less than an hour of prices, or prices that did not move',
      min: -1,
      max: 1,
    }),
    sigma5m: number({
      unit: 'ratio',
      doc: 'Standard deviation of one-minute log returns, last 5 minutes.',
      nullable: 'not enough prices',
      min: 0,
    }),
    sigma24h: number({
      unit: 'ratio',
      doc: 'The same over 24 hours.',
      nullable: 'less than an hour of prices',
      min: 0,
    }),
    lastCandleOpenTime: time({
      doc: 'Opening of the last completed candle of the configured interval.',
      nullable: 'none yet',
    }),
    candleIntervalMs: integer({
      unit: 'ms',
      doc: 'Length of the candles that are reported here.',
      nullable: 'the finest available is asked for and none has completed yet',
      min: 1,
    }),
    candleOpen: number({ unit: 'USD', doc: 'Its open.', nullable: 'none yet' }),
    candleHigh: number({ unit: 'USD', doc: 'Its high.', nullable: 'none yet' }),
    candleLow: number({ unit: 'USD', doc: 'Its low.', nullable: 'none yet' }),
    candleClose: number({ unit: 'USD', doc: 'Its close.', nullable: 'none yet' }),
    candleVolumeUsd: usd('Its volume.', 'none yet'),
    dayReturn: number({
      unit: 'ratio',
      doc: 'Return since the last UTC midnight.',
      nullable: 'no price at midnight',
    }),
    previousDayReturn: number({
      unit: 'ratio',
      doc: 'Return of the UTC day before the present one.',
      nullable: 'no price at either midnight',
    }),
    funding: number({
      unit: 'ratio per hour',
      doc: 'Last funding rate.',
      nullable: 'no source has told one',
    }),
    fundingIndex: number({
      unit: 'USD per coin',
      doc: 'Sum of funding rate times price over all hours told so far: a long position held from A to B pays the difference.',
      nullable: 'no source has told a rate',
    }),
  },
});

/** A wallet's line of the exchange's own leaderboard, as last told. */
export const walletLeaderboard = feature({
  id: 'wallet.leaderboard',
  version: 1,
  entity: 'trader',
  doc: "A wallet's line of the exchange's own leaderboard, as last told.",
  fields: {
    asOf: time({ doc: 'When the exchange told it.' }),
    displayName: string({ doc: 'The name that the wallet shows.', nullable: 'none' }),
    accountValue: usd('Equity.'),
    dayPnl: usd('PnL of the last day.'),
    dayRoi: number({ unit: 'ratio', doc: 'ROI of the last day.' }),
    dayVolume: usd('Notional traded in the last day.'),
    weekPnl: usd('PnL of the last week.'),
    weekRoi: number({ unit: 'ratio', doc: 'ROI of the last week.' }),
    weekVolume: usd('Notional traded in the last week.'),
    monthPnl: usd('PnL of the last month.'),
    monthRoi: number({ unit: 'ratio', doc: 'ROI of the last month.' }),
    monthVolume: usd('Notional traded in the last month.'),
    allPnl: usd('PnL of the whole life.'),
    allRoi: number({ unit: 'ratio', doc: 'ROI of the whole life.' }),
    allVolume: usd('Notional traded in the whole life.'),
  },
});

export const marketRegimes = ['high-volatility', 'trending', 'ranging'] as const;

/** What kind of market there is now: the market of one coin stands for all. */
export const marketRegime = feature({
  id: 'market.regime',
  version: 1,
  entity: 'market',
  doc: 'What kind of market there is now.',
  fields: {
    regime: oneOf(marketRegimes, {
      doc: 'Which.',
      nullable: "the coin's volatility or the day's return is not known",
    }),
  },
});

/** How a wallet has done in each kind of market, beside how it does on the whole. */
export const walletRegime = feature({
  id: 'wallet.regime',
  version: 1,
  entity: 'trader',
  doc: 'How a wallet has done in each kind of market, beside how it does on the whole.',
  fields: {
    regimes: list(
      {
        regime: oneOf(marketRegimes, { doc: 'The kind of market.' }),
        closes: integer({ unit: 'count', doc: 'Closing changes of position in such markets.', min: 0 }),
        return: number({
          unit: 'ratio',
          doc: 'Realised price PnL over closed notional, in such markets.',
          nullable: 'nothing was closed in such markets',
        }),
      },
      { length: marketRegimes.length, doc: 'High volatility, trending, ranging.' },
    ),
    returnOverall: number({
      unit: 'ratio',
      doc: 'Realised price PnL over closed notional, in all markets.',
    }),
    meanAbsoluteReturn: number({
      unit: 'ratio',
      doc: 'Sum of absolute realised PnL over closed notional, in all markets; the scale of a difference.',
      min: 0,
    }),
  },
});

export const tags = ['top_performer', 'elite', 'whale', 'large', 'consistent', 'high_performer'] as const;

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

/** Smart-money bias of a coin. */
export const smartMoneyBias = signal({
  id: 'smart-money.bias',
  version: 1,
  entity: 'coin',
  doc: 'On which side of a coin weighted traders stand.',
  fields: {
    action: oneOf(['BUY', 'SELL', 'NEUTRAL'], { doc: 'What the net bias says.' }),
    plain: oneOf(['LONG', 'SHORT', 'MIXED'], {
      doc: 'The unweighted form: more than 60 % of traders on one side.',
    }),
    net: number({ unit: 'ratio', doc: '(long - short) / (long + short), weighted.', min: -1, max: 1 }),
    confidence: number({
      unit: 'ratio',
      doc: 'abs(net) x min(1, nEff / 30) x (1 - top share).',
      min: 0,
      max: 1,
    }),
    nEff: number({ unit: 'count', doc: 'Effective number of traders.', min: 0 }),
    topShare: number({ unit: 'ratio', doc: 'Share of the largest contribution.', min: 0, max: 1 }),
    netExposureUsd: usd('Sum of signed notionals.'),
    netExposureCoins: number({ unit: 'coin', doc: 'Sum of signed sizes.' }),
    longTraders: integer({ unit: 'count', doc: 'Traders who are long.', min: 0 }),
    shortTraders: integer({ unit: 'count', doc: 'Traders who are short.', min: 0 }),
    price: number({
      unit: 'USD',
      doc: 'Price of the coin at the time, against which outcomes are measured.',
      nullable: 'no price is known',
    }),
    contributions: list(
      {
        trader: string({ doc: 'Address.' }),
        weight: number({ unit: 'ratio', doc: 'Weight.' }),
        size: number({ unit: 'coin', doc: 'Signed size.' }),
        notionalUsd: usd('Signed notional.'),
        contribution: number({ unit: 'ratio', doc: 'Weight x notional / 1 M, signed.' }),
      },
      { length: 10, doc: 'The ten largest contributions.' },
    ),
  },
});

/** A whale changed a position. */
export const whaleAlert = signal({
  id: 'whale.alert',
  version: 1,
  entity: 'coin',
  doc: 'Whales changed their positions in a coin.',
  fields: {
    severity: oneOf(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'], { doc: 'How urgent.' }),
    kind: oneOf(
      ['alpha-whale-change', 'whales-together', 'bias-reversal', 'consensus-shift', 'whale-change'],
      { doc: 'Which rule fired.' },
    ),
    trader: string({ doc: 'The wallet whose change caused it.', nullable: 'caused by an aggregate' }),
    action: oneOf(positionActions, { doc: 'What the wallet did.', nullable: 'caused by an aggregate' }),
    direction: oneOf(['long', 'short'], { doc: 'The direction of the change.' }),
    sizeBefore: number({ unit: 'coin', doc: 'Signed size before.', nullable: 'caused by an aggregate' }),
    sizeAfter: number({ unit: 'coin', doc: 'Signed size after.', nullable: 'caused by an aggregate' }),
    notionalUsd: usd('Notional of the change.', 'not known'),
    accountValue: usd("The wallet's equity.", 'caused by an aggregate'),
    traders: list({ trader: string({ doc: 'Address.' }) }, { length: 20, doc: 'All wallets involved.' }),
    before: number({
      unit: 'ratio',
      doc: 'Aggregate bias or consensus before.',
      nullable: 'caused by one wallet',
    }),
    after: number({
      unit: 'ratio',
      doc: 'Aggregate bias or consensus after.',
      nullable: 'caused by one wallet',
    }),
    price: number({ unit: 'USD', doc: 'Price at the time.', nullable: 'no price is known' }),
    eventTime: time({ doc: 'When the change happened, by the exchange.' }),
    latencyMs: integer({ unit: 'ms', doc: 'From the exchange to this tape.' }),
  },
});
