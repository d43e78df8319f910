import { boolean, integer, list, number, oneOf, string, time } from '../fields.ts';
import { feature } from '../refs.ts';
import { noFee } from './positions.ts';
import { usd } from './usd.ts';

export const noEquity = "the wallet's equity is not known for the window";
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
