import type * as events from '../../plugin-api/events.ts';
import type { EventRef, RowOf } from '../../plugin-api/index.ts';
import * as tables from '../../schema/tables/index.ts';
import type { TapeEvent } from '../event.ts';
import type { CopyBuffer } from './copy-buffer.ts';
import { copyTable } from './copy-table.ts';
import { eventId } from './event-id.ts';

/*
 * How events of the tape become rows.
 */

/** An event of one ref. */
export type EventOf<R extends EventRef> = Omit<TapeEvent, 'payload'> & { readonly payload: RowOf<R> };

type Out = CopyBuffer;

const times = {
  tsEvent: (out: Out, event: { tsEvent: number }) => out.integer64(event.tsEvent),
  tsIngest: (out: Out, event: { tsIngest: number }) => out.integer64(event.tsIngest),
  seq: (out: Out, event: { seq: number }) => out.integer64(event.seq),
};
const keyed = {
  ...times,
  eventId: (out: Out, event: { dedupe: string }) => out.integer64(eventId(event.dedupe)),
};

type Trade = EventOf<typeof events.trade>;
export const tradeRows = copyTable<typeof tables.trades, Trade>(tables.trades, 'append', {
  ...keyed,
  coin: (out, { payload }) => out.text(payload.coin),
  price: (out, { payload }) => out.decimal(payload.price),
  size: (out, { payload }) => out.decimal(payload.size),
  takerSide: (out, { payload }) => out.text(payload.takerSide),
  buyer: (out, { payload }) => out.text(payload.buyer),
  seller: (out, { payload }) => out.text(payload.seller),
  tradeId: (out, { payload }) => out.integer64(payload.tradeId),
  hash: (out, { payload }) => out.hash(payload.hash),
});

type Fill = EventOf<typeof events.fill>;
export const fillRows = copyTable<typeof tables.fills, Fill>(tables.fills, 'append', {
  ...keyed,
  wallet: (out, { payload }) => out.text(payload.user),
  coin: (out, { payload }) => out.text(payload.coin),
  price: (out, { payload }) => out.decimal(payload.price),
  size: (out, { payload }) => out.decimal(payload.size),
  side: (out, { payload }) => out.text(payload.side),
  startPosition: (out, { payload }) => out.decimal(payload.startPosition),
  direction: (out, { payload }) => out.text(payload.direction),
  closedPnl: (out, { payload }) => out.decimal(payload.closedPnl),
  fee: (out, { payload }) => out.decimal(payload.fee),
  feeToken: (out, { payload }) => out.text(payload.feeToken),
  crossed: (out, { payload }) => out.boolean(payload.crossed),
  hash: (out, { payload }) => out.hash(payload.hash),
  orderId: (out, { payload }) => out.integer64(payload.orderId),
  tradeId: (out, { payload }) => out.integer64(payload.tradeId),
  twapId: (out, { payload }) => out.integer64(payload.twapId),
  liquidatedUser: (out, { payload }) => out.text(payload.liquidatedUser),
});

type Candle = EventOf<typeof events.candle>;
export const candleRows = copyTable<typeof tables.candles, Candle>(tables.candles, 'correct', {
  ...times,
  coin: (out, { payload }) => out.text(payload.coin),
  interval: (out, { payload }) => out.text(payload.interval),
  openTime: (out, { payload }) => out.integer64(payload.openTime),
  closeTime: (out, { payload }) => out.integer64(payload.closeTime),
  open: (out, { payload }) => out.decimal(payload.open),
  high: (out, { payload }) => out.decimal(payload.high),
  low: (out, { payload }) => out.decimal(payload.low),
  close: (out, { payload }) => out.decimal(payload.close),
  volume: (out, { payload }) => out.decimal(payload.volume),
  trades: (out, { payload }) => out.integer32(payload.trades),
});

type Book = EventOf<typeof events.book>;
export const bookRows = copyTable<typeof tables.books, Book>(tables.books, 'append', {
  ...keyed,
  coin: (out, { payload }) => out.text(payload.coin),
  mid: (out, { payload }) => out.float(midOf(payload)),
  bids: (out, { payload }) => out.json(payload.bids),
  asks: (out, { payload }) => out.json(payload.asks),
});

/** Mean of best bid and ask, or null where a side is empty. */
export function midOf(book: RowOf<typeof events.book>): number | null {
  const bid = book.bids[0];
  const ask = book.asks[0];
  return bid === undefined || ask === undefined ? null : (Number(bid.price) + Number(ask.price)) / 2;
}

type Funding = EventOf<typeof events.funding>;
export const fundingRows = copyTable<typeof tables.funding, Funding>(tables.funding, 'append', {
  ...times,
  coin: (out, { payload }) => out.text(payload.coin),
  rate: (out, { payload }) => out.float(payload.rate),
  premium: (out, { payload }) => out.float(payload.premium),
});

type FundingPayment = EventOf<typeof events.fundingPayment>;
export const fundingPaymentRows = copyTable<typeof tables.fundingPayments, FundingPayment>(
  tables.fundingPayments,
  'append',
  {
    ...keyed,
    wallet: (out, { payload }) => out.text(payload.user),
    coin: (out, { payload }) => out.text(payload.coin),
    amount: (out, { payload }) => out.decimal(payload.amount),
    positionSize: (out, { payload }) => out.decimal(payload.positionSize),
    rate: (out, { payload }) => out.float(payload.rate),
  },
);

type Order = EventOf<typeof events.order>;
export const orderRows = copyTable<typeof tables.orders, Order>(tables.orders, 'append', {
  ...keyed,
  wallet: (out, { payload }) => out.text(payload.user),
  coin: (out, { payload }) => out.text(payload.coin),
  orderId: (out, { payload }) => out.integer64(payload.orderId),
  side: (out, { payload }) => out.text(payload.side),
  orderType: (out, { payload }) => out.text(payload.orderType),
  limitPrice: (out, { payload }) => out.decimal(payload.limitPrice),
  triggerPrice: (out, { payload }) => out.decimal(payload.triggerPrice),
  size: (out, { payload }) => out.decimal(payload.size),
  originalSize: (out, { payload }) => out.decimal(payload.originalSize),
  reduceOnly: (out, { payload }) => out.boolean(payload.reduceOnly),
  status: (out, { payload }) => out.text(payload.status),
  placedAt: (out, { payload }) => out.integer64(payload.placedAt),
});

type Position = EventOf<typeof events.position>;
export const positionSnapshotRows = copyTable<typeof tables.positionSnapshots, Position>(
  tables.positionSnapshots,
  'append',
  {
    ...keyed,
    wallet: (out, { payload }) => out.text(payload.user),
    coin: (out, { payload }) => out.text(payload.coin),
    size: (out, { payload }) => out.decimal(payload.size),
    entryPrice: (out, { payload }) => out.decimal(payload.entryPrice),
    leverage: (out, { payload }) => out.float(payload.leverage),
    leverageType: (out, { payload }) => out.text(payload.leverageType),
    marginUsed: (out, { payload }) => out.decimal(payload.marginUsed),
    liquidationPrice: (out, { payload }) => out.decimal(payload.liquidationPrice),
    unrealisedPnl: (out, { payload }) => out.decimal(payload.unrealisedPnl),
    positionValue: (out, { payload }) => out.decimal(payload.positionValue),
  },
);

type Transfer = EventOf<typeof events.transfer>;
export const transferRows = copyTable<typeof tables.transfers, Transfer>(tables.transfers, 'append', {
  ...keyed,
  wallet: (out, { payload }) => out.text(payload.user),
  counterparty: (out, { payload }) => out.text(payload.counterparty),
  contract: (out, { payload }) => out.text(payload.contract),
  token: (out, { payload }) => out.text(payload.token),
  amount: (out, { payload }) => out.decimal(payload.amount),
  valueUsd: (out, { payload }) => out.float(payload.valueUsd),
  hash: (out, { payload }) => out.hash(payload.hash),
});

type Command = EventOf<typeof events.command>;
export const commandRows = copyTable<typeof tables.commands, Command>(tables.commands, 'append', {
  ...times,
  name: (out, { payload }) => out.text(payload.name),
  target: (out, { payload }) => out.text(payload.target),
  by: (out, { payload }) => out.text(payload.by ?? null),
  tier: (out, { payload }) => out.text(payload.tier ?? null),
});

type Gap = EventOf<typeof events.gap>;
export const gapRows = copyTable<typeof tables.gaps, Gap>(tables.gaps, 'append', {
  ...times,
  source: (out, event) => out.text(event.source),
  stream: (out, { payload }) => out.text(payload.stream),
  scope: (out, { payload }) => out.text(payload.scope),
  from: (out, { payload }) => out.integer64(payload.from),
  to: (out, { payload }) => out.integer64(payload.to),
  reason: (out, { payload }) => out.text(payload.reason),
  healed: (out, { payload }) => out.boolean(payload.healed),
});

export const otherEventRows = copyTable<typeof tables.otherEvents, TapeEvent>(tables.otherEvents, 'append', {
  ...keyed,
  eventId: (out, event) => out.integer64(eventId(`${event.type} ${event.dedupe}`)),
  ref: (out, event) => out.text(event.type),
  version: (out, event) => out.integer32(event.ref.version),
  key: (out, event) => out.text(event.key),
  row: (out, event) => out.json(event.payload),
});

type Account = EventOf<typeof events.account>;
export const accountRows = copyTable<typeof tables.accounts, Account>(tables.accounts, 'latest', {
  ...times,
  wallet: (out, { payload }) => out.text(payload.user),
  accountValue: (out, { payload }) => out.decimal(payload.accountValue),
  totalPnl: (out, { payload }) => out.decimal(payload.totalPnl),
});

type Mark = EventOf<typeof events.mark>;
export const markRows = copyTable<typeof tables.marks, Mark>(tables.marks, 'latest', {
  ...times,
  coin: (out, { payload }) => out.text(payload.coin),
  mid: (out, { payload }) => out.decimal(payload.mid),
  mark: (out, { payload }) => out.decimal(payload.mark),
  oracle: (out, { payload }) => out.decimal(payload.oracle),
  openInterest: (out, { payload }) => out.decimal(payload.openInterest),
  dayVolumeUsd: (out, { payload }) => out.decimal(payload.dayVolumeUsd),
});

export const markDayRows = copyTable<typeof tables.markDays, Mark>(tables.markDays, 'latest', {
  ...times,
  day: (out, event) => out.integer64(dayOf(event.tsEvent)),
  coin: (out, { payload }) => out.text(payload.coin),
  mid: (out, { payload }) => out.decimal(payload.mid),
  mark: (out, { payload }) => out.decimal(payload.mark),
  oracle: (out, { payload }) => out.decimal(payload.oracle),
  openInterest: (out, { payload }) => out.decimal(payload.openInterest),
  dayVolumeUsd: (out, { payload }) => out.decimal(payload.dayVolumeUsd),
});

type Ticker = EventOf<typeof events.ticker>;
export const tickerRows = copyTable<typeof tables.tickers, Ticker>(tables.tickers, 'latest', {
  ...times,
  day: (out, event) => out.integer64(dayOf(event.tsEvent)),
  coin: (out, { payload }) => out.text(payload.coin),
  price: (out, { payload }) => out.decimal(payload.price),
  previousPrice: (out, { payload }) => out.decimal(payload.previousPrice),
  dayVolume: (out, { payload }) => out.decimal(payload.dayVolume),
  dayVolumeUsd: (out, { payload }) => out.decimal(payload.dayVolumeUsd),
});

type Metric = EventOf<typeof events.metric>;
export const metricRows = copyTable<typeof tables.metrics, Metric>(tables.metrics, 'latest', {
  ...times,
  name: (out, { payload }) => out.text(payload.name),
  period: (out, { payload }) => out.integer64(payload.period),
  value: (out, { payload }) => out.float(payload.value),
});

const dayMs = 24 * 3600 * 1000;
/** Beginning of the UTC day of a time. */
export const dayOf = (time: number) => Math.floor(time / dayMs) * dayMs;

type Leaderboard = EventOf<typeof events.leaderboard>;
export const exchangeLeaderboardRows = copyTable<typeof tables.exchangeLeaderboard, Leaderboard>(
  tables.exchangeLeaderboard,
  'latest',
  {
    ...times,
    day: (out, event) => out.integer64(dayOf(event.tsEvent)),
    wallet: (out, { payload }) => out.text(payload.user),
    displayName: (out, { payload }) => out.text(payload.displayName),
    accountValue: (out, { payload }) => out.decimal(payload.accountValue),
    dayPnl: (out, { payload }) => out.decimal(payload.dayPnl),
    dayRoi: (out, { payload }) => out.decimal(payload.dayRoi),
    dayVolume: (out, { payload }) => out.decimal(payload.dayVolume),
    weekPnl: (out, { payload }) => out.decimal(payload.weekPnl),
    weekRoi: (out, { payload }) => out.decimal(payload.weekRoi),
    weekVolume: (out, { payload }) => out.decimal(payload.weekVolume),
    monthPnl: (out, { payload }) => out.decimal(payload.monthPnl),
    monthRoi: (out, { payload }) => out.decimal(payload.monthRoi),
    monthVolume: (out, { payload }) => out.decimal(payload.monthVolume),
    allPnl: (out, { payload }) => out.decimal(payload.allPnl),
    allRoi: (out, { payload }) => out.decimal(payload.allRoi),
    allVolume: (out, { payload }) => out.decimal(payload.allVolume),
  },
);
