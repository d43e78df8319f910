import { boolean, decimal, integer, number, oneOf, time } from '../fields.ts';
import { feature } from '../refs.ts';
import { usd } from './usd.ts';

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

export const noFee = 'no feed has told a fee whose value in USD is known';

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
      doc: "Times that the exchange's word (a start position, a statement) differed from the reconstruction.",
      min: 0,
    }),
    lastGapSize: decimal({
      unit: 'coin',
      doc: "The exchange's position minus the reconstructed one at the last such time.",
      nullable: 'no gap',
    }),
    truncated: boolean({
      doc: 'True when the history before the first event is missing, so that sums are incomplete.',
    }),
    confirmedAt: time({
      doc: "The exchange's time of its last statement that the size was checked against, or taken from.",
      nullable: 'the exchange has not been asked',
    }),
  },
});
