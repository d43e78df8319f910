import { decodeClearinghouse, decodeFundingPayment, decodeOrder } from './accounts.ts';
import { decodeCandle } from './candles.ts';
import type { Decoded } from './collected.ts';
import { decodeUserFill } from './fills.ts';
import { decodeAssetContext, decodeBestPrices, decodeBook, decodeMids } from './markets.ts';
import { decodeTrade } from './trades.ts';
import { isObject, type JsonObject, shown, wholeNumber } from './values.ts';

/** What is known about a message besides its data. */
export interface MessageFacts {
  /** When it was received, in milliseconds. */
  readonly receivedAt: number;
  /** The wallet that was subscribed to, for channels that do not name it. */
  readonly user?: unknown;
  /** Whether the wallet holds nothing outside of the main exchange, so that the account value told there is its equity. */
  readonly isWholeAccount?: boolean;
}

type ChannelDecoder = (data: unknown, facts: MessageFacts) => Decoded[];

const list = (data: unknown): readonly unknown[] => (Array.isArray(data) ? data : [data]);
const part = (data: unknown, name: string): readonly unknown[] | undefined => {
  const value = isObject(data) ? data[name] : undefined;
  return Array.isArray(value) ? value : undefined;
};
const owner = (data: unknown, facts: MessageFacts): unknown =>
  isObject(data) && data.user !== undefined ? data.user : facts.user;

const isMainExchange = (dex: unknown): boolean => dex === undefined || dex === null || dex === '';

const userFills: ChannelDecoder = (data, facts) =>
  oldestFirst(part(data, 'fills') ?? part(data, 'twapSliceFills') ?? list(data)).map(raw =>
    decodeUserFill(owner(data, facts), raw),
  );
const clearinghouse: ChannelDecoder = (data, facts) =>
  isObject(data)
    ? decodeClearinghouse(owner(data, facts), data.clearinghouseState ?? data, {
        receivedAt: facts.receivedAt,
        isWholeAccount: facts.isWholeAccount === true && isMainExchange(data.dex),
      })
    : [`an account state must be an object; found ${shown(data)}`];
const orders: ChannelDecoder = (data, facts) =>
  (part(data, 'orderHistory') ?? part(data, 'orders') ?? list(data)).map(raw =>
    decodeOrder(owner(data, facts), raw, facts.receivedAt),
  );
const fundings: ChannelDecoder = (data, facts) =>
  (part(data, 'fundings') ?? list(data)).map(raw => decodeFundingPayment(owner(data, facts), raw));

const decoders: Readonly<Record<string, ChannelDecoder>> = {
  trades: data => list(data).map(decodeTrade),
  l2Book: data => list(data).map(decodeBook),
  bbo: data => list(data).map(decodeBestPrices),
  candle: data => list(data).map(decodeCandle),
  allMids: (data, facts) => decodeMids(data, facts.receivedAt),
  activeAssetCtx: (data, facts) => decodeAssetContext(data, facts.receivedAt),
  activeSpotAssetCtx: (data, facts) => decodeAssetContext(data, facts.receivedAt),
  userFills,
  userTwapSliceFills: userFills,
  userFundings: fundings,
  userHistoricalOrders: orders,
  openOrders: orders,
  orderUpdates: orders,
  clearinghouseState: clearinghouse,
  allDexsClearinghouseState: (data, facts) =>
    (part(data, 'clearinghouseStates') ?? []).flatMap(pair =>
      Array.isArray(pair)
        ? decodeClearinghouse(owner(data, facts), pair[1], { receivedAt: facts.receivedAt })
        : ['an account state must be a pair of exchange and state'],
    ),
  webData2: (data, facts) => [...clearinghouse(data, facts), ...openOrdersOf(data, facts)],
  user: (data, facts) => userEvents(data, facts),
  userEvents: (data, facts) => userEvents(data, facts),
};

/** Channels that carry nothing which a standard event could hold; they are passed over in silence. */
const silentChannels: ReadonlySet<string> = new Set([
  'subscriptionResponse',
  'pong',
  'post',
  'error',
  'notification',
  'assetCtxs',
  'allDexsAssetCtxs',
  'spotAssetCtxs',
  'fastAssetCtxs',
  'outcomeMetaUpdates',
  'userNonFundingLedgerUpdates',
  'userTwapHistory',
  'spotState',
  'twapStates',
  'activeAssetData',
  'webData3',
  'explorerBlock',
  'explorerTxs',
]);

/** Whether a name is one of the exchange's channels, used or passed over. */
export function isChannel(name: string): boolean {
  return Object.hasOwn(decoders, name) || silentChannels.has(name);
}

/**
 * Decodes the data of a message of one of the exchange's socket channels. Each element is a draft or the reason why a part
 * of the message has none. Candles may be incomplete: see `candleCompletion`.
 */
export function decodeChannel(channel: string, data: unknown, facts: MessageFacts): Decoded[] {
  if (silentChannels.has(channel)) return [];
  const decode = Object.hasOwn(decoders, channel) ? decoders[channel] : undefined;
  return decode === undefined ? [`"${channel}" is not a channel of the exchange`] : decode(data, facts);
}

function openOrdersOf(data: unknown, facts: MessageFacts): Decoded[] {
  const time = isObject(data) ? wholeNumber(data.serverTime) : undefined;
  return (part(data, 'openOrders') ?? []).map(raw =>
    decodeOrder(owner(data, facts), raw, time ?? facts.receivedAt),
  );
}

function userEvents(data: unknown, facts: MessageFacts): Decoded[] {
  if (!isObject(data)) return [`a user event must be an object; found ${shown(data)}`];
  if (Array.isArray(data.fills) || Array.isArray(data.twapSliceFills)) return userFills(data, facts);
  if (isObject(data.funding)) return [fundingEvent(data, data.funding, facts)];
  return [];
}

function fundingEvent(data: JsonObject, raw: JsonObject, facts: MessageFacts): Decoded {
  return decodeFundingPayment(owner(data, facts), raw);
}

/** Turns a list that is newest first, as answers and snapshots are, into one that is oldest first. */
export function oldestFirst(rows: readonly unknown[]): readonly unknown[] {
  const first = timeOf(rows[0]);
  const other = rows.find(row => timeOf(row) !== first);
  return other !== undefined && (timeOf(other) ?? 0) < (first ?? 0) ? rows.toReversed() : rows;
}

function timeOf(row: unknown): number | undefined {
  const inner = isObject(row) && isObject(row.fill) ? row.fill : row;
  return isObject(inner) ? wholeNumber(inner.time) : undefined;
}
