import { isObject, type JsonObject } from '../hyperliquid-messages/values.ts';
import type { Subscription } from './socket-types.ts';

/*
 * Which messages belong to which subscription. A message names its channel; what tells the subscriptions of one channel apart stands
 * somewhere in its data, or nowhere.
 */

/** Where the messages of a subscription arrive. Two subscriptions of the same route cannot be told apart on one connection. */
export interface Route {
  readonly channel: string;
  readonly key: string;
}

interface ChannelRoute {
  /** Fields of the subscription that tell it apart, in order. */
  readonly fields: readonly string[];
  /** The same of a message's data; `undefined` where it is no message of the channel. */
  readonly keyOf: (data: unknown) => string | undefined;
}

const first = (data: unknown): unknown => (Array.isArray(data) ? data[0] : data);
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const userText = (value: unknown): string | undefined => text(value)?.toLowerCase();

/** Reads one field of an object, or of the first element of a list. */
const field = (name: string) => (data: unknown) => {
  const of = first(data);
  return isObject(of) ? text(of[name]) : undefined;
};
const pair = (one: unknown, other: unknown): string | undefined =>
  typeof one === 'string' && typeof other === 'string' ? `${one}:${other}` : undefined;
/** The main exchange is written as an empty name, or not at all. */
const dexOf = (data: JsonObject): string => text(data.dex) ?? '';

const byCoin: ChannelRoute = { fields: ['coin'], keyOf: field('coin') };
const byDex: ChannelRoute = {
  fields: ['dex'],
  keyOf: data => (isObject(data) ? dexOf(data) : undefined),
};
const byUser: ChannelRoute = {
  fields: ['user'],
  keyOf: data => (isObject(data) ? userText(data.user) : undefined),
};
const byUserAndDex: ChannelRoute = {
  fields: ['user', 'dex'],
  keyOf: data => (isObject(data) ? pair(userText(data.user), dexOf(data)) : undefined),
};
/** Messages that name nothing: one such subscription for each connection. */
const alone: ChannelRoute = { fields: [], keyOf: () => '' };

const routes: Readonly<Record<string, ChannelRoute>> = {
  trades: byCoin,
  l2Book: byCoin,
  bbo: byCoin,
  candle: {
    fields: ['coin', 'interval'],
    keyOf: data => {
      const bar = first(data);
      return isObject(bar) ? pair(bar.s, bar.i) : undefined;
    },
  },
  allMids: byDex,
  activeAssetCtx: byCoin,
  assetCtxs: byDex,
  allDexsAssetCtxs: alone,
  spotAssetCtxs: alone,
  fastAssetCtxs: alone,
  outcomeMetaUpdates: alone,
  userFills: byUser,
  userFundings: byUser,
  userNonFundingLedgerUpdates: byUser,
  userHistoricalOrders: byUser,
  userTwapSliceFills: byUser,
  userTwapHistory: byUser,
  orderUpdates: alone,
  user: alone,
  notification: alone,
  clearinghouseState: byUserAndDex,
  allDexsClearinghouseState: byUser,
  spotState: byUser,
  openOrders: byUserAndDex,
  twapStates: byUserAndDex,
  activeAssetData: {
    fields: ['user', 'coin'],
    keyOf: data => (isObject(data) ? pair(userText(data.user), data.coin) : undefined),
  },
  webData3: {
    fields: ['user'],
    keyOf: data => (isObject(data) && isObject(data.userState) ? userText(data.userState.user) : undefined),
  },
  explorerBlock: alone,
  explorerTxs: alone,
};

/** Channels that are called otherwise than what one subscribes to. */
const channelOfType: Readonly<Record<string, string>> = { userEvents: 'user' };
const sameChannel: Readonly<Record<string, string>> = { activeSpotAssetCtx: 'activeAssetCtx' };

const routeOfChannel = (channel: string): ChannelRoute =>
  Object.hasOwn(routes, channel) ? (routes[channel] as ChannelRoute) : alone;

/** Where the messages of a subscription, or of the exchange's echo of it, arrive. */
export function subscriptionRoute(subscription: Readonly<Record<string, unknown>>): Route {
  const type = String(subscription.type);
  const channel = channelOfType[type] ?? type;
  const key = routeOfChannel(channel)
    .fields.map(name => {
      const value = subscription[name];
      return name === 'user' ? String(value).toLowerCase() : String(value ?? '');
    })
    .join(':');
  return { channel, key };
}

/** The channel under which the subscriptions of a message's channel are kept. */
export function channelName(channel: string): string {
  return sameChannel[channel] ?? channel;
}

/** What tells the subscription of a message apart from others of its channel; `undefined` where the data do not say. */
export function messageKey(channel: string, data: unknown): string | undefined {
  return routeOfChannel(channel).keyOf(data);
}

/** The channel of what the explorer sends, which has no envelope. */
export function bareChannel(message: unknown): string | undefined {
  const item = Array.isArray(message) ? message[0] : undefined;
  if (!isObject(item)) return undefined;
  if ('height' in item && 'blockTime' in item) return 'explorerBlock';
  return 'action' in item && 'block' in item ? 'explorerTxs' : undefined;
}

/** A subscription as it is sent: addresses in lower case, nothing undefined. */
export function normalised(subscription: Subscription): Subscription {
  const entries = Object.entries(subscription)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, name === 'user' ? String(value).toLowerCase() : value]);
  return Object.fromEntries(entries) as Subscription;
}

/** One text for each subscription, whatever the order of its fields. */
export function subscriptionId(subscription: Subscription): string {
  return JSON.stringify(Object.entries(subscription).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Whether the exchange's echo confirms a subscription: it has all of its fields, with the same values. The exchange reorders keys,
 * adds defaults, drops what it does not know and writes addresses in lower case.
 */
export function confirms(
  echo: Readonly<Record<string, unknown>>,
  subscription: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(subscription).every(([name, value]) => {
    const said = echo[name];
    if (isDefault(value)) return isDefault(said);
    return name === 'user' ? userText(said) === userText(value) : said === value;
  });
}

/** Values that mean the same as none, so that the exchange may leave them out or put them in. */
const isDefault = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || value === false;
