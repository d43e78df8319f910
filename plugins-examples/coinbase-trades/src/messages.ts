import { draft, trade } from 'hypersonar/plugin';
import { array, int, object, string, enum as word } from 'zod';

/*
 * The venue's messages, in its own words: https://docs.cdp.coinbase.com/exchange/websocket-feed/channels and
 * https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-product-trades.
 */

/** A match of one product, in the platform's words. */
export interface Match {
  readonly product: string;
  /** One more than that of the product's match before. */
  readonly id: number;
  /** Milliseconds. */
  readonly time: number;
  readonly price: string;
  readonly size: string;
  readonly takerSide: 'buy' | 'sell';
}

export type Frame =
  | { readonly type: 'match'; readonly match: Match }
  /** The id of the product's last match, told once a second. */
  | { readonly type: 'heartbeat'; readonly product: string; readonly lastId: number; readonly time: number }
  | { readonly type: 'subscriptions'; readonly products: readonly string[] }
  | { readonly type: 'error'; readonly message: string };

// Note: the text is passed on as it is. Numbers would turn `0.00000001` into `1e-8` and cut long ones.
const decimal = string().regex(/^(0|[1-9]\d{0,39})(\.\d{1,40})?$/);
const moment = string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);

const matchShape = {
  trade_id: int().positive(),
  side: word(['buy', 'sell']),
  size: decimal,
  price: decimal,
  time: moment,
};
const matchOfFeed = object({ ...matchShape, product_id: string() });
const matchOfRest = object(matchShape);
const heartbeat = object({ product_id: string(), last_trade_id: int().min(0), time: moment });
const subscriptions = object({ channels: array(object({ name: string(), product_ids: array(string()) })) });
const refusal = object({ message: string(), reason: string().optional() });

type RawMatch = ReturnType<typeof matchOfRest.parse>;

function matchOf(product: string, { trade_id, side, size, price, time }: RawMatch): Match {
  // Note: the venue tells the side of the maker, whose order was in the book; who took it stood on the other.
  const takerSide = side === 'sell' ? 'buy' : 'sell';
  return { product, id: trade_id, time: Date.parse(time), price, size, takerSide };
}

/** A frame of the feed; a text says what is wrong with it, and `undefined` that it is of a kind that nobody asked for. */
export function decodeFrame(text: string): Frame | string | undefined {
  let raw: { readonly type?: unknown };
  try {
    raw = JSON.parse(text);
  } catch {
    return `expected JSON, found ${JSON.stringify(text.slice(0, 80))}`;
  }
  switch (raw?.type) {
    case 'match':
    case 'last_match': {
      const read = matchOfFeed.safeParse(raw);
      if (!read.success) return problem('a match', text);
      return { type: 'match', match: matchOf(read.data.product_id, read.data) };
    }
    case 'heartbeat': {
      const read = heartbeat.safeParse(raw);
      if (!read.success) return problem('a heartbeat', text);
      const { product_id, last_trade_id, time } = read.data;
      return { type: 'heartbeat', product: product_id, lastId: last_trade_id, time: Date.parse(time) };
    }
    case 'subscriptions': {
      const read = subscriptions.safeParse(raw);
      if (!read.success) return problem('a list of subscriptions', text);
      const matches = read.data.channels.find(channel => channel.name === 'matches');
      return { type: 'subscriptions', products: matches?.product_ids ?? [] };
    }
    case 'error': {
      const read = refusal.safeParse(raw);
      if (!read.success) return problem('an error with a message', text);
      const { message, reason } = read.data;
      return { type: 'error', message: reason === undefined ? message : `${message}: ${reason}` };
    }
    default:
      return undefined;
  }
}

/** A row of the REST answer; a text says what is wrong with it. */
export function decodeRow(product: string, raw: unknown): Match | string {
  const read = matchOfRest.safeParse(raw);
  return read.success ? matchOf(product, read.data) : problem('a trade', JSON.stringify(raw) ?? 'nothing');
}

function problem(expected: string, found: string): string {
  return `expected ${expected} as the venue documents it, found ${found.slice(0, 200)}`;
}

/** The platform's name of a product: with the venue before it, so that no other venue's market is taken for it. */
export function coinOf(product: string): string {
  return `coinbase:${product}`;
}

/** The standard event. What the venue does not tell is null, never a made-up value. */
export function toDraft({ product, id, time, price, size, takerSide }: Match) {
  const coin = coinOf(product);
  return draft(trade, {
    key: coin,
    tsEvent: time,
    dedupe: `${coin}:${id}`,
    payload: { coin, price, size, takerSide, buyer: null, seller: null, tradeId: id, hash: null },
  });
}

export type TradeDraft = ReturnType<typeof toDraft>;
