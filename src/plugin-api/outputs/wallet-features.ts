import { integer, number } from '../fields.ts';
import { feature } from '../refs.ts';
import { usd } from './usd.ts';

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
