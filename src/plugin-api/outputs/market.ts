import { integer, list, number, oneOf, time } from '../fields.ts';
import { feature } from '../refs.ts';
import { usd } from './usd.ts';

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
