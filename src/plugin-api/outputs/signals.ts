import { integer, list, number, oneOf, string, time } from '../fields.ts';
import { signal } from '../refs.ts';
import { positionActions } from './positions.ts';
import { usd } from './usd.ts';

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
