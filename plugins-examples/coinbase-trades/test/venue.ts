import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/*
 * A local server that speaks the venue's shapes: the feed with `matches` and `heartbeat`, and the REST list of trades.
 */

export interface VenueTrade {
  readonly trade_id: number;
  /** The maker's. */
  readonly side: 'buy' | 'sell';
  readonly size: string;
  readonly price: string;
  readonly time: string;
}

export interface Venue {
  readonly feedUrl: string;
  readonly restUrl: string;
  /** Trades, and tells those who listen of it; but for the lost ones. Answers the ids. */
  trade(product: string, count: number, options?: { readonly lost?: boolean }): readonly number[];
  heartbeat(product: string): void;
  /** Sends a match again, or late. */
  resend(product: string, id: number): void;
  /** Leaves a trade out of all answers from now on. */
  forget(product: string, id: number): void;
  /** Sends a text as it is. */
  send(text: string): void;
  /** Closes every connection. */
  drop(): void;
  /** From now on nothing is sent, while connections stay open. */
  mute(): void;
  /** Answers so many of the next requests with a status. */
  refuse(status: number, times: number): void;
  /** What was asked by REST: paths with their queries. */
  readonly asked: readonly string[];
  readonly connections: number;
  readonly trades: ReadonlyMap<string, readonly VenueTrade[]>;
  stop(): Promise<void>;
}

export interface VenueOptions {
  readonly products: readonly string[];
  /** Trades of each product that there are at the beginning. */
  readonly past?: number;
  /** Trades happen now, and not from {@link start} on, each 250 ms after the one before. */
  readonly isLive?: boolean;
  /** Most rows of a page. */
  readonly pageRows?: number;
  /** Called when a connection has subscribed, after its `last_match`. */
  readonly onSubscribed?: (venue: Venue) => void;
  /** Plays these trades from the beginning to each connection instead, without the ones at the places that are lost. */
  readonly play?: { readonly count: number; readonly lost: readonly number[] };
}

export const firstId = 1_081_862_001;
export const start = Date.UTC(2026, 7, 25, 3, 35);

/** The trade of a product with a number from 1: hand-made prices, a maker that sells and buys in turn. */
export function venueTrade(number: number): VenueTrade {
  return {
    trade_id: firstId + number - 1,
    side: number % 2 === 1 ? 'sell' : 'buy',
    size: number % 5 === 0 ? '0.00000001' : `${number}.50000000`,
    price: `${80_000 + number}.10`,
    time: `${new Date(start + number * 250).toISOString().slice(0, -1)}335Z`,
  };
}

export async function startVenue(options: VenueOptions): Promise<Venue> {
  const { products, past = 3, pageRows = 1_000, isLive = false, play } = options;
  const trades = new Map(products.map(name => [name, [] as VenueTrade[]]));
  const asked: string[] = [];
  const sockets = new Set<WebSocket>();
  const forgotten = new Set<string>();
  let refusal = { status: 0, times: 0 };
  let isMute = false;

  const grow = (product: string): VenueTrade => {
    const list = trades.get(product)!;
    const made = venueTrade(list.length + 1);
    const next = isLive ? { ...made, time: new Date().toISOString() } : made;
    list.push(next);
    return next;
  };
  const matchText = (type: string, product: string, each: VenueTrade): string =>
    JSON.stringify({
      type,
      ...each,
      maker_order_id: 'f07e510f-4edf-469d-b844-4f670f1e93f1',
      taker_order_id: 'e6f50944-3e2a-439e-ae49-308300ba8296',
      product_id: product,
      sequence: each.trade_id + 133_824_000_000,
    });
  const toAll = (text: string): void => {
    if (!isMute) for (const socket of sockets) socket.send(text);
  };
  for (const product of products) for (let i = 0; i < (play?.count ?? past); i++) grow(product);

  const answer = (address: URL, response: ServerResponse): void => {
    response.setHeader('content-type', 'application/json');
    if (refusal.times > 0) {
      refusal.times--;
      response.writeHead(refusal.status).end(JSON.stringify({ message: 'refused' }));
      return;
    }
    const product = decodeURIComponent(address.pathname.split('/')[2] ?? '');
    const list = trades.get(product);
    if (list === undefined) {
      response.writeHead(404).end(JSON.stringify({ message: 'NotFound' }));
      return;
    }
    const after = Number(address.searchParams.get('after') ?? Number.POSITIVE_INFINITY);
    const limit = Math.min(pageRows, Number(address.searchParams.get('limit') ?? pageRows));
    const known = list.filter(each => !forgotten.has(`${product} ${each.trade_id}`));
    const page = known.filter(each => each.trade_id < after).slice(-limit);
    response.end(JSON.stringify(page.reverse()));
  };
  const http = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(new URL(request.url ?? '/', 'http://venue'), response);
  });
  const feed = new WebSocketServer({ server: http });
  feed.on('connection', socket => {
    socket.once('message', data => {
      const { product_ids, channels } = JSON.parse(String(data)) as Record<string, string[]>;
      const unknown = product_ids!.find(product => !trades.has(product));
      if (unknown !== undefined) {
        const reason = `${unknown} is not a valid product`;
        socket.send(JSON.stringify({ type: 'error', message: 'Failed to subscribe', reason }));
        socket.close();
        return;
      }
      const lists = channels!.map(name => ({ name, product_ids }));
      socket.send(JSON.stringify({ type: 'subscriptions', channels: lists }));
      sockets.add(socket);
      for (const product of product_ids!) {
        const list = trades.get(product)!;
        const first = play === undefined ? list.at(-1) : list[0];
        if (first !== undefined) socket.send(matchText('last_match', product, first));
        if (play === undefined) continue;
        for (let number = 2; number <= play.count; number++) {
          if (!play.lost.includes(number)) socket.send(matchText('match', product, venueTrade(number)));
        }
      }
      options.onSubscribed?.(venue);
    });
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  const place = `127.0.0.1:${(http.address() as AddressInfo).port}`;

  const venue: Venue = {
    feedUrl: `ws://${place}`,
    restUrl: `http://${place}`,
    trade: (product, count, { lost = false } = {}) =>
      Array.from({ length: count }, () => {
        const made = grow(product);
        if (!lost) toAll(matchText('match', product, made));
        return made.trade_id;
      }),
    heartbeat(product) {
      const last = trades.get(product)!.at(-1);
      const number = trades.get(product)!.length;
      toAll(
        JSON.stringify({
          type: 'heartbeat',
          sequence: 134_905_860_111,
          last_trade_id: last?.trade_id ?? 0,
          product_id: product,
          time: new Date(start + number * 250 + 100).toISOString(),
        }),
      );
    },
    resend(product, id) {
      const made = trades.get(product)!.find(each => each.trade_id === id)!;
      toAll(matchText('match', product, made));
    },
    forget(product, id) {
      forgotten.add(`${product} ${id}`);
    },
    send: toAll,
    drop() {
      for (const socket of sockets) socket.terminate();
      sockets.clear();
    },
    mute() {
      isMute = true;
    },
    refuse(status, times) {
      refusal = { status, times };
    },
    asked,
    get connections() {
      return sockets.size;
    },
    trades,
    async stop() {
      for (const socket of feed.clients) socket.terminate();
      feed.close();
      http.closeAllConnections();
      await new Promise(resolve => http.close(resolve));
    },
  };
  return venue;
}
