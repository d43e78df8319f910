/*
 * What can be subscribed to: the parameters of each type, in the order in which the exchange echoes them, and how it is published.
 */

/** How a type gets its frames. */
export type Publishing =
  /** Out of each block that touches it. */
  | 'block'
  /** The present state, at once and then regularly. */
  | 'state'
  /** The present state, at once and when it changes. */
  | 'change'
  /** Accepted, and silent. */
  | 'never';

type Field =
  | { readonly kind: 'coin' | 'dex' | 'user' }
  | { readonly kind: 'choice'; readonly of: readonly (string | number)[]; readonly orNull?: boolean }
  | { readonly kind: 'flag' };

interface SubscriptionType {
  readonly fields: Readonly<Record<string, Field>>;
  readonly publishing: Publishing;
  /** Where it is not the type's name. */
  readonly channel?: string;
  /** Whether its first frame tells what was before. */
  readonly history?: boolean;
}

export const candleIntervals = [
  ...['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '8h', '12h', '1d', '3d', '1w', '1M'],
] as const;

const coin = { kind: 'coin' } as const;
const dex = { kind: 'dex' } as const;
const user = { kind: 'user' } as const;
const flag = { kind: 'flag' } as const;

const types: Readonly<Record<string, SubscriptionType>> = {
  trades: { fields: { coin }, publishing: 'block', history: true },
  l2Book: {
    fields: {
      coin,
      nSigFigs: { kind: 'choice', of: [2, 3, 4, 5], orNull: true },
      mantissa: { kind: 'choice', of: [1, 2, 5], orNull: true },
      fast: flag,
    },
    publishing: 'state',
  },
  bbo: { fields: { coin }, publishing: 'change' },
  candle: { fields: { interval: { kind: 'choice', of: candleIntervals }, coin }, publishing: 'block' },
  allMids: { fields: { dex }, publishing: 'state' },
  activeAssetCtx: { fields: { coin }, publishing: 'state' },
  assetCtxs: { fields: { dex }, publishing: 'state' },
  allDexsAssetCtxs: { fields: {}, publishing: 'state' },
  spotAssetCtxs: { fields: {}, publishing: 'state' },
  fastAssetCtxs: { fields: {}, publishing: 'state' },
  outcomeMetaUpdates: { fields: {}, publishing: 'never' },
  userFills: { fields: { user, aggregateByTime: flag }, publishing: 'block', history: true },
  userFundings: { fields: { user }, publishing: 'block', history: true },
  userNonFundingLedgerUpdates: { fields: { user }, publishing: 'block', history: true },
  userHistoricalOrders: { fields: { user }, publishing: 'block', history: true },
  userTwapSliceFills: { fields: { user }, publishing: 'block', history: true },
  userTwapHistory: { fields: { user }, publishing: 'block', history: true },
  orderUpdates: { fields: { user }, publishing: 'block' },
  userEvents: { fields: { user }, publishing: 'block', channel: 'user' },
  notification: { fields: { user }, publishing: 'block' },
  clearinghouseState: { fields: { user, dex }, publishing: 'state' },
  allDexsClearinghouseState: { fields: { user }, publishing: 'state' },
  spotState: { fields: { user, ignorePortfolioMargin: flag }, publishing: 'state' },
  openOrders: { fields: { user, dex }, publishing: 'state' },
  twapStates: { fields: { user, dex }, publishing: 'state' },
  activeAssetData: { fields: { user, coin }, publishing: 'state' },
  webData3: { fields: { user }, publishing: 'state' },
  // The explorer's own socket is where these say something.
  explorerBlock: { fields: {}, publishing: 'never' },
  explorerTxs: { fields: {}, publishing: 'never' },
};

/** Names of all subscription types. */
export const subscriptionTypes: readonly string[] = Object.keys(types);

/** A subscription as the exchange understands it. */
export interface NormalSubscription {
  readonly type: string;
  /** What acknowledgements echo: known fields only, in the exchange's order, with defaults, users in lower case. */
  readonly echo: Readonly<Record<string, unknown>>;
  /** The echo as text; equal for equal subscriptions. */
  readonly key: string;
  readonly channel: string;
  readonly publishing: Publishing;
  readonly history: boolean;
  readonly coin: string | undefined;
  readonly user: string | undefined;
}

/** What exists to be subscribed to. */
export interface Universe {
  readonly hasCoin: (coin: string) => boolean;
  readonly isSpot: (coin: string) => boolean;
  readonly hasDex: (dex: string) => boolean;
}

/** `unparsable`: no type that the exchange knows, or a field of the wrong shape. `invalid`: well-formed, but not to be had. */
export type Refusal = 'unparsable' | 'invalid';

/** Reads what a client wants to subscribe to. */
export function normaliseSubscription(raw: unknown, universe: Universe): NormalSubscription | Refusal {
  if (typeof raw !== 'object' || raw === null) return 'unparsable';
  const given = raw as Readonly<Record<string, unknown>>;
  if (given.type === 'webData2') return 'invalid';
  const name = typeof given.type === 'string' ? given.type : '';
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  if (type === undefined) return 'unparsable';
  const echo: Record<string, unknown> = { type: name };
  for (const [key, field] of Object.entries(type.fields)) {
    const value = readField(field, given[key]);
    if (value === undefined) return 'unparsable';
    echo[key] = value;
  }
  if (typeof echo.coin === 'string' && !universe.hasCoin(echo.coin)) return 'invalid';
  if (typeof echo.dex === 'string' && !universe.hasDex(echo.dex)) return 'invalid';
  if (echo.mantissa === 1 || (typeof echo.mantissa === 'number' && echo.nSigFigs !== 5)) return 'invalid';
  const isSpot = typeof echo.coin === 'string' && universe.isSpot(echo.coin);
  return {
    type: name,
    echo,
    key: JSON.stringify(echo),
    channel: name === 'activeAssetCtx' && isSpot ? 'activeSpotAssetCtx' : (type.channel ?? name),
    publishing: type.publishing,
    history: type.history === true,
    coin: echo.coin as string | undefined,
    user: echo.user as string | undefined,
  };
}

/** The field's value or default; undefined where it is missing or wrong. */
function readField(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case 'coin':
      return typeof value === 'string' ? value : undefined;
    case 'dex':
      return typeof (value ?? '') === 'string' ? (value ?? '') : undefined;
    case 'user':
      return typeof value === 'string' && /^0x[0-9a-f]{40}$/i.test(value) ? value.toLowerCase() : undefined;
    case 'flag':
      return typeof (value ?? false) === 'boolean' ? (value ?? false) : undefined;
    case 'choice': {
      if (value === undefined || value === null) return field.orNull === true ? null : undefined;
      return field.of.includes(value as string | number) ? value : undefined;
    }
  }
}
