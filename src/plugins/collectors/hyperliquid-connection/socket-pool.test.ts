import { afterEach, describe, expect, test } from 'vitest';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import type { ConnectionContext } from './connection-context.ts';
import { confirm, type SocketServer, startSocketServer, until } from './fixtures/socket-server.ts';
import { createSocketPool } from './socket-pool.ts';
import type { Outage, SocketLimits, SocketPool, SocketPoolOptions } from './socket-types.ts';

const alice = '0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const bob = '0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb';
const carol = '0xcccccccccccccccccccccccccccccccccccccccc';

const limits: SocketLimits = {
  connections: 4,
  newConnectionsPerMinute: 60,
  subscriptions: 1_000,
  users: 10,
  framesPerMinute: 2_000,
};

const ending: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function serve(...given: Parameters<typeof startSocketServer>): Promise<SocketServer> {
  const server = await startSocketServer(...given);
  ending.push(() => server.close());
  return server;
}

function openPool(
  wsUrl: string,
  given: Partial<Omit<SocketPoolOptions, 'limits'>> & { readonly limits?: Partial<SocketLimits> } = {},
  context: Partial<ConnectionContext> = {},
): SocketPool {
  const pool = createSocketPool(testCollectorContext({}, context), {
    wsUrl,
    connections: 1,
    reconnect: { firstMs: 10, longestMs: 50 },
    ...given,
    limits: { ...limits, ...given.limits },
  });
  ending.push(() => pool.close());
  return pool;
}

const trades = (coin: string) => ({ type: 'trades', coin });
const tradesOf = (coin: string, ...ids: number[]) => ({
  channel: 'trades',
  data: ids.map(tid => ({ coin, tid })),
});
/** Collects the ids of trades. */
function collector() {
  const seen: number[] = [];
  const repeats: number[] = [];
  const outages: Outage[] = [];
  const refusals: string[] = [];
  const lives: boolean[] = [];
  const idsOf = (data: unknown) => (data as { tid: number }[]).map(({ tid }) => tid);
  return {
    seen,
    repeats,
    outages,
    refusals,
    lives,
    data: (data: unknown) => seen.push(...idsOf(data)),
    replay: (data: unknown) => repeats.push(...idsOf(data)),
    outage: (outage: Outage) => outages.push(outage),
    refused: (reason: string) => refusals.push(reason),
    live: (again: boolean) => lives.push(again),
  };
}

describe('a subscription', () => {
  test('brings the messages of its coin to all that hold it, and to nobody else', async () => {
    const server = await serve();
    const pool = openPool(server.url, { connections: 2 });
    const [one, two, other] = [collector(), collector(), collector()];
    pool.subscribe(trades('BTC'), one);
    pool.subscribe(trades('BTC'), two);
    pool.subscribe(trades('ETH'), other);
    await until(() => pool.status().confirmed === 2);
    for (const connection of server.connections) {
      if (connection.held.has(JSON.stringify(trades('BTC')))) connection.send(tradesOf('BTC', 1, 2));
      else connection.send(tradesOf('ETH', 3));
    }
    await until(() => one.seen.length === 2 && other.seen.length === 1);
    expect([one.seen, two.seen, other.seen]).toEqual([[1, 2], [1, 2], [3]]);
    expect(server.connections.flatMap(({ received }) => received)).toHaveLength(2);
  });

  test('hands the first trades of a connection to `replayed`, which repeats what was before', async () => {
    const server = await serve();
    const pool = openPool(server.url);
    const { repeats, replay, seen, data } = collector();
    pool.subscribe(trades('BTC'), { data, replayed: replay });
    await until(() => pool.status().confirmed === 1);
    server.connections[0]!.send(tradesOf('BTC', 1, 2));
    server.connections[0]!.send(tradesOf('BTC', 3));
    await until(() => seen.length === 1);
    expect({ repeats, seen }).toEqual({ repeats: [1, 2], seen: [3] });
  });

  test('is confirmed by an echo with other key order, added defaults and lower-case addresses', async () => {
    const server = await serve({
      answer: ({ subscription }) => ({
        channel: 'subscriptionResponse',
        data: {
          subscription: {
            aggregateByTime: false,
            user: alice,
            type: (subscription as { type: string }).type,
          },
          method: 'subscribe',
        },
      }),
    });
    const pool = openPool(server.url);
    const held = pool.subscribe(
      { type: 'userFills', user: alice.toUpperCase().replace('0X', '0x') },
      { data() {} },
    );
    await until(() => held.isLive);
    expect(held.subscription).toEqual({ type: 'userFills', user: alice });
  });

  test('is not confirmed by an echo with other values', async () => {
    const server = await serve({
      answer: () => ({
        channel: 'subscriptionResponse',
        data: { method: 'subscribe', subscription: { type: 'l2Book', coin: 'BTC', nSigFigs: 4 } },
      }),
    });
    const pool = openPool(server.url, { confirmWithinMs: 40 });
    const held = pool.subscribe({ type: 'l2Book', coin: 'BTC', nSigFigs: 5 }, { data() {} });
    await until(() => (server.connections[0]?.received.length ?? 0) >= 2);
    expect(held.isLive).toBe(false);
  });

  test('is sent again until it is confirmed', async () => {
    let asked = 0;
    const server = await serve({
      answer: (message, connection) => (++asked < 4 ? undefined : confirm(message, connection)),
    });
    const pool = openPool(server.url, { confirmWithinMs: 40 });
    const held = pool.subscribe(trades('BTC'), { data() {} });
    await until(() => held.isLive);
    expect(server.connections[0]!.received).toHaveLength(4);
    expect(server.connections).toHaveLength(1);
  });

  test('that the exchange says it has already is live', async () => {
    const server = await serve({
      answer: ({ subscription }) => ({
        channel: 'error',
        data: `Already subscribed: ${JSON.stringify(subscription)}`,
      }),
    });
    const pool = openPool(server.url);
    const held = pool.subscribe(trades('BTC'), { data() {} });
    await until(() => held.isLive);
  });

  test('that is refused for a limit, which names nobody, rests and is tried again', async () => {
    let refused = 0;
    const server = await serve({
      answer(message, connection) {
        const { user } = (message.subscription ?? {}) as { user?: string };
        if (user === undefined || refused === 2) return confirm(message, connection);
        refused += 1;
        return { channel: 'error', data: 'Cannot track more than 15 total users.' };
      },
    });
    const pool = openPool(server.url, { rest: { firstMs: 30, longestMs: 1_000 } });
    const got = collector();
    pool.subscribe(trades('BTC'), { data() {} });
    const held = pool.subscribe({ type: 'userFills', user: alice }, { data() {}, refused: got.refused });
    await until(() => held.isLive);
    expect(got.refusals).toEqual([
      'Cannot track more than 15 total users.',
      'Cannot track more than 15 total users.',
    ]);
    expect(pool.status()).toMatchObject({ refusals: 2, confirmed: 2, malformed: 0 });
  });

  test('that is invalid does not hold up the others', async () => {
    const server = await serve({
      answer: (message, connection) =>
        (message.subscription as { coin?: string } | undefined)?.coin === 'NONE'
          ? { channel: 'error', data: `Invalid subscription ${JSON.stringify(message.subscription)}` }
          : confirm(message, connection),
    });
    const pool = openPool(server.url);
    const got = collector();
    pool.subscribe(trades('NONE'), got);
    pool.subscribe(trades('BTC'), { data() {} });
    await until(() => pool.status().confirmed === 1 && got.refusals.length === 1);
    expect(pool.isDown(trades('NONE'))).toBe(true);
    expect(pool.isDown(trades('BTC'))).toBe(false);
    expect(got.refusals[0]).toMatch(/^Invalid subscription/);
  });

  test('that stands already is live at once for who joins', async () => {
    const server = await serve();
    const pool = openPool(server.url);
    pool.subscribe(trades('BTC'), { data() {} });
    await until(() => pool.status().confirmed === 1);
    const got = collector();
    expect(pool.subscribe(trades('BTC'), got).isLive).toBe(true);
    await until(() => got.lives.length === 1);
    expect(got.lives).toEqual([false]);
  });

  test('that is closed is ended at the exchange once nobody holds it', async () => {
    const server = await serve();
    const pool = openPool(server.url);
    const one = pool.subscribe(trades('BTC'), { data() {} });
    const two = pool.subscribe(trades('BTC'), { data() {} });
    await until(() => two.isLive);
    one.close();
    one.close();
    expect([one.isLive, two.isLive]).toEqual([false, true]);
    two.close();
    await until(() => server.connections[0]!.held.size === 0);
    expect(server.connections[0]!.received.map(({ method }) => method)).toEqual(['subscribe', 'unsubscribe']);
    expect(pool.status().subscriptions).toBe(0);
  });

  test('may be closed and opened again at once', async () => {
    const server = await serve();
    const pool = openPool(server.url);
    const first = pool.subscribe(trades('BTC'), { data() {} });
    await until(() => first.isLive);
    first.close();
    const got = collector();
    const again = pool.subscribe(trades('BTC'), got);
    await until(() => again.isLive);
    server.connections[0]!.send(tradesOf('BTC', 7));
    await until(() => got.seen.length === 1);
    expect(server.connections[0]!.held.size).toBe(1);
  });

  test('that has not been sent yet is not confirmed by what still comes for the one before it', async () => {
    const server = await serve();
    // Five, of which four are kept for pings: only the first subscription is sent in this minute.
    const pool = openPool(server.url, { limits: { framesPerMinute: 5 } });
    const first = pool.subscribe(trades('BTC'), { data() {} });
    await until(() => first.isLive);
    first.close();
    const got = collector();
    const again = pool.subscribe(trades('BTC'), got);
    const { sendText } = server.connections[0]!;
    sendText(JSON.stringify(tradesOf('BTC', 1)));
    sendText(
      JSON.stringify({
        channel: 'subscriptionResponse',
        data: { method: 'subscribe', subscription: trades('BTC') },
      }),
    );
    await until(() => pool.status().messagesReceived === 3);
    expect({ isLive: again.isLive, seen: got.seen }).toEqual({ isLive: false, seen: [] });
    // The end of the first one, and the second one.
    expect(pool.status()).toMatchObject({ waiting: 2, unrouted: 1 });
  });

  test('whose subscriber throws goes on for the others', async () => {
    const errors: string[] = [];
    const server = await serve();
    const pool = openPool(
      server.url,
      {},
      { log: { debug() {}, info() {}, warn() {}, error: message => errors.push(message) } },
    );
    const got = collector();
    pool.subscribe(trades('BTC'), {
      data() {
        throw new Error('no');
      },
    });
    pool.subscribe(trades('BTC'), got);
    await until(() => pool.status().confirmed === 1);
    server.connections[0]!.send(tradesOf('BTC', 1));
    await until(() => got.seen.length === 1);
    expect(errors).toEqual(['a subscriber failed on a message']);
  });
});

describe('limits', () => {
  test('on subscriptions and wallets are kept by refusing', async () => {
    const server = await serve();
    const pool = openPool(server.url, { limits: { subscriptions: 20, users: 2 } });
    pool.subscribe({ type: 'userFills', user: alice }, { data() {} });
    pool.subscribe({ type: 'userFills', user: bob }, { data() {} });
    expect(() => pool.subscribe({ type: 'userFills', user: carol }, { data() {} })).toThrow(
      expect.objectContaining({
        code: 'SUBSCRIPTION_LIMIT',
        message: expect.stringContaining('at most 2 wallets'),
      }),
    );
    // Twenty, of which one stays free for rotation.
    for (let n = 2; n < 19; n++) pool.subscribe(trades(`C${n}`), { data() {} });
    expect(() => pool.subscribe(trades('BTC'), { data() {} })).toThrow('at most 19 subscriptions');
  });

  test('free a wallet when the last subscription to it is closed', async () => {
    const server = await serve();
    const pool = openPool(server.url, { limits: { users: 1 } });
    const held = [
      pool.subscribe({ type: 'userFills', user: alice }, { data() {} }),
      pool.subscribe({ type: 'userFundings', user: alice }, { data() {} }),
    ];
    held[0]!.close();
    expect(() => pool.subscribe({ type: 'userFills', user: bob }, { data() {} })).toThrow(
      'at most 1 wallets',
    );
    held[1]!.close();
    pool.subscribe({ type: 'userFills', user: bob }, { data() {} });
  });

  test('place subscriptions whose messages name nobody on connections of their own', async () => {
    const server = await serve();
    const pool = openPool(server.url, { connections: 2 });
    const seen: unknown[][] = [[], []];
    pool.subscribe({ type: 'orderUpdates', user: alice }, { data: data => seen[0]!.push(data) });
    pool.subscribe({ type: 'orderUpdates', user: bob }, { data: data => seen[1]!.push(data) });
    expect(() => pool.subscribe({ type: 'orderUpdates', user: carol }, { data() {} })).toThrow(
      'messages look the same',
    );
    await until(() => pool.status().confirmed === 2);
    for (const connection of server.connections) {
      const [subscription] = [...connection.held].map(text => JSON.parse(text) as { user: string });
      connection.send({ channel: 'orderUpdates', data: [{ of: subscription!.user }] });
    }
    await until(() => seen.every(({ length }) => length === 1));
    expect(seen).toEqual([[[{ of: alice }]], [[{ of: bob }]]]);
  });

  test('on messages hold subscriptions back, but not pings', async () => {
    const server = await serve();
    const pool = openPool(server.url, { pingEveryMs: 50, limits: { framesPerMinute: 30 } });
    for (let n = 0; n < 100; n++) pool.subscribe(trades(`C${n}`), { data() {} });
    await until(
      () => (server.connections[0]?.received.filter(({ method }) => method === 'ping').length ?? 0) >= 3,
    );
    const subscribed = server.connections[0]!.received.filter(({ method }) => method === 'subscribe').length;
    // 30 less the 4 that are kept for the pings of one connection.
    expect(subscribed).toBe(26);
    expect(pool.status().waiting).toBe(74);
  });

  test('that the exchange says were reached on messages pause the sending', async () => {
    const server = await serve({
      answer: (message, connection) =>
        message.method === 'ping'
          ? { channel: 'pong' }
          : connection.held.size < 3
            ? confirm(message, connection)
            : { channel: 'error', data: 'Cannot send more than 2000 messages per minute.' },
    });
    const pool = openPool(server.url, { confirmWithinMs: 50 });
    for (let n = 0; n < 5; n++) pool.subscribe(trades(`C${n}`), { data() {} });
    await until(() => pool.status().refusals > 0);
    await new Promise(resolve => setTimeout(resolve, 200));
    expect(server.connections[0]!.received).toHaveLength(5);
    expect(pool.status()).toMatchObject({ confirmed: 3, waiting: 2 });
  });
});

describe('a lost connection', () => {
  test.each([
    [1000, 'Expired'],
    [1001, ''],
    [1011, 'oops'],
    [4000, ''],
  ])('closed with code %i is opened again, and the hole reported exactly', async (code, words) => {
    let time = 1_000;
    const server = await serve();
    const pool = openPool(server.url, {}, {
      get now() {
        return time;
      },
    } as Partial<ConnectionContext>);
    const got = collector();
    const held = pool.subscribe(trades('BTC'), got);
    await until(() => held.isLive);
    time = 2_000;
    server.connections[0]!.send(tradesOf('BTC', 1));
    await until(() => got.seen.length === 1);
    time = 9_000;
    server.connections[0]!.close(code, words);
    await until(() => !held.isLive);
    expect(got.outages).toEqual([]);
    expect(pool.isDown(trades('BTC'))).toBe(true);
    time = 12_000;
    await until(() => held.isLive);
    expect(got.outages).toEqual([
      { from: 2_000, to: 12_000, reason: `closed with code ${code}${words === '' ? '' : ` ${words}`}` },
    ]);
    expect(got.lives).toEqual([false, true]);
    server.connections[1]!.send(tradesOf('BTC', 2));
    await until(() => got.seen.length === 2);
    expect(pool.status()).toMatchObject({ reconnects: 1, confirmed: 1 });
  });

  test('that is opened and lost again before anything is confirmed leaves one hole', async () => {
    let asked = 0;
    const server = await serve({
      answer(message, connection) {
        asked += 1;
        if (asked > 1 && asked < 5) return connection.drop();
        return confirm(message, connection);
      },
    });
    const pool = openPool(server.url);
    const got = collector();
    const held = pool.subscribe(trades('BTC'), got);
    await until(() => held.isLive);
    const lastKnown = held.lastMessageAt ?? Date.now();
    server.connections[0]!.drop();
    await until(() => asked === 5 && held.isLive);
    expect(got.outages).toHaveLength(1);
    expect(got.outages[0]!.from).toBeLessThanOrEqual(lastKnown);
    expect(server.connections).toHaveLength(5);
  });

  test('that answers nothing any more is given up after the time for an answer', async () => {
    const server = await serve();
    const pool = openPool(server.url, { pingEveryMs: 60, pongWithinMs: 60 });
    const got = collector();
    const held = pool.subscribe(trades('BTC'), got);
    await until(() => held.isLive);
    server.connections[0]!.freeze();
    await until(() => server.connections.length === 2 && held.isLive, 2_000);
    expect(got.outages.map(({ reason }) => reason)).toEqual(['no answer to a ping within 60 ms']);
  });

  test('is noticed sooner than by the next ping where messages should have come', async () => {
    const server = await serve();
    // Ping after 3 s only; without messages for 0.6 s it is asked at once.
    const pool = openPool(server.url, { pingEveryMs: 3_000, pongWithinMs: 100 });
    const held = pool.subscribe(trades('BTC'), { data() {} });
    await until(() => held.isLive);
    for (let n = 0; n < 150; n++) {
      server.connections[0]!.send(tradesOf('BTC', n));
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    server.connections[0]!.freeze();
    await until(() => server.connections.length === 2, 2_000);
  });

  test('that answers but brings nothing is replaced, and the silence reported', async () => {
    const server = await serve();
    const pool = openPool(server.url, { pingEveryMs: 400 });
    const got = collector();
    const held = pool.subscribe(trades('BTC'), got);
    await until(() => held.isLive);
    for (let n = 0; n < 150; n++) {
      server.connections[0]!.send(tradesOf('BTC', n));
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    const lastAt = held.lastMessageAt;
    await until(() => server.connections.length === 2 && got.outages.length === 1);
    expect(got.outages[0]).toMatchObject({
      from: lastAt,
      reason: 'the connection answered, but brought no messages',
    });
    expect(pool.status()).toMatchObject({ rotations: 1, reconnects: 0 });
  });

  test('does not end a quiet one that still answers', async () => {
    const server = await serve();
    const pool = openPool(server.url, { pingEveryMs: 20, pongWithinMs: 200 });
    const held = pool.subscribe(trades('BTC'), { data() {} });
    await until(() => held.isLive);
    await new Promise(resolve => setTimeout(resolve, 400));
    expect(server.connections).toHaveLength(1);
    expect(held.isLive).toBe(true);
  });

  test('to a server that is not there is tried until it is', async () => {
    const warnings: string[] = [];
    const server = await startSocketServer();
    const port = Number(new URL(server.url).port);
    await server.close();
    const pool = openPool(
      server.url,
      {},
      { log: { debug() {}, info() {}, warn: message => warnings.push(message), error() {} } },
    );
    const held = pool.subscribe(trades('BTC'), { data() {} });
    await until(() => pool.status().connections[0]?.lastError !== undefined);
    expect(pool.status().connections[0]).toMatchObject({
      state: 'waiting',
      lastError: expect.stringMatching(/ECONNREFUSED/),
    });
    expect(held.isLive).toBe(false);
    await serve({ port });
    await until(() => held.isLive);
    expect(warnings.filter(message => message === 'the exchange cannot be reached').length).toBeLessThan(5);
  });

  test('is reported as still open when the pool is closed', async () => {
    const server = await serve();
    const pool = openPool(server.url, { reconnect: { firstMs: 60_000, longestMs: 60_000 } });
    const got = collector();
    const held = pool.subscribe(trades('BTC'), got);
    await until(() => held.isLive);
    server.connections[0]!.drop();
    await until(() => !held.isLive);
    await pool.close();
    expect(got.outages).toHaveLength(1);
  });
});

describe('messages that are not what they should be', () => {
  test('are counted and reported, and harm nothing', async () => {
    const reasons: string[] = [];
    const server = await serve();
    const pool = openPool(server.url, {}, { reject: ({ reason }) => reasons.push(reason) });
    const [btc, eth] = [collector(), collector()];
    pool.subscribe(trades('BTC'), btc);
    pool.subscribe(trades('ETH'), eth);
    await until(() => pool.status().confirmed === 2);
    const [connection] = server.connections;
    connection!.sendText('Websocket connection established.');
    connection!.sendText('<html>');
    connection!.sendText('[1,2]');
    connection!.sendText('"text"');
    connection!.send({ channel: 'trades', data: [] });
    connection!.send({ channel: 'trades', data: 7 });
    connection!.send({ channel: 'nothing', data: {} });
    connection!.send({ channel: 'error', data: 'Something new' });
    connection!.send(tradesOf('BTC', 1));
    await until(() => btc.seen.length === 1);
    expect(pool.status()).toMatchObject({ malformed: 4, unrouted: 3 });
    expect(reasons).toHaveLength(4);
    expect(server.connections).toHaveLength(1);
  });

  test('and were cut off are an outage of the coin that they were for', async () => {
    const server = await serve();
    const pool = openPool(server.url);
    const [btc, eth] = [collector(), collector()];
    pool.subscribe(trades('BTC'), btc);
    pool.subscribe(trades('ETH'), eth);
    await until(() => pool.status().confirmed === 2);
    server.connections[0]!.sendText(JSON.stringify(tradesOf('ETH', 5, 6)).slice(0, -8));
    server.connections[0]!.send(tradesOf('ETH', 7));
    await until(() => eth.seen.length === 1);
    expect(btc.outages).toEqual([]);
    expect(eth.outages.map(({ reason }) => reason)).toEqual(['a message was cut off']);
    expect(pool.isDown(trades('ETH'))).toBe(false);
  });

  test('and were cut off before they said what for are an outage of everything on the connection', async () => {
    const server = await serve();
    const pool = openPool(server.url);
    const [btc, eth] = [collector(), collector()];
    pool.subscribe(trades('BTC'), btc);
    pool.subscribe(trades('ETH'), eth);
    await until(() => pool.status().confirmed === 2);
    server.connections[0]!.sendText('{"channel":"tra');
    await until(() => btc.outages.length === 1 && eth.outages.length === 1);
  });

  test('because they are too long end the connection, which comes back', async () => {
    const server = await serve();
    const pool = openPool(server.url, { longestMessageBytes: 10_000 });
    const got = collector();
    const held = pool.subscribe(trades('BTC'), got);
    await until(() => held.isLive);
    server.connections[0]!.sendText(`"${'x'.repeat(20_000)}"`);
    await until(() => server.connections.length === 2 && held.isLive);
    expect(got.outages[0]?.reason).toMatch(/payload/i);
  });

  test('because they are no UTF-8 do not end the connection', async () => {
    const server = await serve();
    const pool = openPool(server.url);
    const got = collector();
    const held = pool.subscribe(trades('BTC'), got);
    await until(() => held.isLive);
    server.connections[0]!.sendText(Buffer.from([0xff, 0xfe]) as unknown as string);
    server.connections[0]!.send(tradesOf('BTC', 1));
    await until(() => got.seen.length === 1);
    expect(pool.status().malformed).toBe(1);
    expect(server.connections).toHaveLength(1);
  });
});

describe('closing', () => {
  test('closes every connection, and so does the end of the collector', async () => {
    const server = await serve();
    const stopping = new AbortController();
    const pools = [
      openPool(server.url, { connections: 2 }),
      openPool(server.url, {}, { signal: stopping.signal }),
    ];
    for (const pool of pools) {
      pool.subscribe(trades('BTC'), { data() {} });
      pool.subscribe(trades('ETH'), { data() {} });
    }
    await until(() => pools.every(pool => pool.status().confirmed === 2));
    expect(server.open()).toHaveLength(3);
    await pools[0]!.close();
    await until(() => server.open().length === 1);
    stopping.abort();
    await until(() => server.open().length === 0);
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(server.connections).toHaveLength(3);
  });
});
