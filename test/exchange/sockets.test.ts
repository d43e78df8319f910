import { afterEach, describe, expect, test } from 'vitest';
import { type ExchangeOptions, resolveOptions } from '../../src/testing/exchange/options.ts';
import { type Exchange, serveExchange } from '../../src/testing/exchange/serve-exchange.ts';
import { buyer, createHandState, type HandState, seller, start, tradeOf } from './hand-state.ts';
import { isAck, isError, on, openRawClient, type RawClient } from './raw-client.ts';

let exchange: Exchange | undefined;
const clients: RawClient[] = [];

async function serve(options: ExchangeOptions = {}, state = createHandState()): Promise<HandState> {
  exchange = await serveExchange(resolveOptions({ start, ...options }), state);
  return state;
}

async function connect(localAddress?: string): Promise<RawClient> {
  const client = await openRawClient(exchange?.wsUrl ?? '', localAddress);
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await exchange?.stop();
  exchange = undefined;
});

describe('an acknowledgement', () => {
  test.each([
    [{ type: 'trades', coin: 'BTC' }, '{"type":"trades","coin":"BTC"}'],
    [{ coin: 'BTC', type: 'candle', interval: '1m' }, '{"type":"candle","interval":"1m","coin":"BTC"}'],
    [
      { type: 'l2Book', coin: 'BTC', extra: 1 },
      '{"type":"l2Book","coin":"BTC","nSigFigs":null,"mantissa":null,"fast":false}',
    ],
    [
      { type: 'userFills', user: buyer.toUpperCase().replace('0X', '0x') },
      `{"type":"userFills","user":"${buyer}","aggregateByTime":false}`,
    ],
    [{ type: 'clearinghouseState', user: buyer }, `{"type":"clearinghouseState","user":"${buyer}","dex":""}`],
    [
      { type: 'spotState', user: buyer },
      `{"type":"spotState","user":"${buyer}","ignorePortfolioMargin":false}`,
    ],
  ])('of %j echoes %s', async (subscription, echo) => {
    await serve();
    const client = await connect();
    client.subscribe(subscription);
    await client.next(isAck);
    expect(client.texts[0]).toBe(
      `{"channel":"subscriptionResponse","data":{"method":"subscribe","subscription":${echo}}}`,
    );
    client.send({ method: 'unsubscribe', subscription });
    expect(await client.next(isAck)).toEqual({
      channel: 'subscriptionResponse',
      data: { method: 'unsubscribe', subscription: JSON.parse(echo) },
    });
  });
});

describe('a refusal', () => {
  test('names what is subscribed to already, and what is not', async () => {
    await serve();
    const client = await connect();
    client.subscribe({ type: 'trades', coin: 'BTC' });
    client.subscribe({ coin: 'BTC', type: 'trades' });
    expect((await client.next(isError)).data).toBe('Already subscribed: {"type":"trades","coin":"BTC"}');
    client.send({ method: 'unsubscribe', subscription: { type: 'trades', coin: 'ETH' } });
    expect((await client.next(isError)).data).toBe('Already unsubscribed: {"type":"trades","coin":"ETH"}');
  });

  test.each([
    ['an unknown coin', { type: 'trades', coin: 'NONE' }],
    ['an unknown dex', { type: 'assetCtxs', dex: 'none' }],
    ['a type that is no longer offered', { type: 'webData2', user: buyer }],
  ])('calls %s invalid', async (_, subscription) => {
    await serve();
    const client = await connect();
    client.subscribe(subscription);
    expect((await client.next(isError)).data).toBe(`Invalid subscription ${JSON.stringify(subscription)}`);
  });

  test.each([
    ['no JSON', 'hello'],
    ['an unknown method', '{"method":"shout"}'],
    ['an unknown type', '{"method":"subscribe","subscription":{"type":"everything"}}'],
    ['a missing field', '{"method":"subscribe","subscription":{"type":"trades"}}'],
    ['a malformed address', '{"method":"subscribe","subscription":{"type":"userFills","user":"0x12"}}'],
  ])('repeats the frame of %s', async (_, text) => {
    await serve();
    const client = await connect();
    client.send(text);
    expect((await client.next(isError)).data).toBe(
      `Error parsing JSON into valid websocket request: ${text}`,
    );
  });
});

describe('limits', () => {
  test('of subscriptions and users hold over all sockets of an address, with no echo', async () => {
    await serve({ limits: { subscriptions: 4, users: 2 } });
    const [one, two] = [await connect(), await connect()];
    const user = (digit: string) => `0x${digit.repeat(40)}`;
    one.subscribe({ type: 'userEvents', user: user('1') });
    one.subscribe({ type: 'orderUpdates', user: user('1') });
    two.subscribe({ type: 'userEvents', user: user('2') });
    await two.next(isAck);
    two.subscribe({ type: 'userEvents', user: user('3') });
    expect((await two.next(isError)).data).toBe('Cannot track more than 3 total users.');
    two.subscribe({ type: 'trades', coin: 'BTC' });
    await two.next(isAck);
    two.subscribe({ type: 'trades', coin: 'ETH' });
    expect((await two.next(isError)).data).toBe('Cannot subscribe to more than 4 channels.');
    expect(exchange?.limits()).toMatchObject({
      users: { limit: 2, used: 2, highWater: 2, refused: 1 },
      subscriptions: { limit: 4, used: 4, highWater: 4, refused: 1 },
      connections: { used: 2 },
    });
  });

  test('of users count a user until its last subscription ends', async () => {
    await serve({ limits: { users: 1 } });
    const [one, two] = [await connect(), await connect()];
    one.subscribe({ type: 'userEvents', user: buyer });
    one.subscribe({ type: 'orderUpdates', user: buyer });
    await one.next(isAck);
    await one.next(isAck);
    one.send({ method: 'unsubscribe', subscription: { type: 'userEvents', user: buyer } });
    await one.next(isAck);
    two.subscribe({ type: 'userEvents', user: seller });
    expect((await two.next(isError)).data).toBe('Cannot track more than 2 total users.');
    one.close();
    await one.closed;
    await expect.poll(() => exchange?.limits().users.used).toBe(0);
    two.subscribe({ type: 'userEvents', user: seller });
    await two.next(isAck);
  });

  test('of frames refuse without closing', async () => {
    await serve({ limits: { framesPerMinute: 3 } });
    const client = await connect();
    for (let frame = 0; frame < 4; frame += 1) client.send({ method: 'ping' });
    expect((await client.next(isError)).data).toBe('Cannot send more than 3 messages per minute.');
    expect(client.texts.filter(text => text === '{"channel":"pong"}')).toHaveLength(3);
  });

  test('of sockets refuse the handshake, each address for itself', async () => {
    await serve({ limits: { connections: 2, newConnectionsPerMinute: 3 } });
    const first = await connect();
    await connect();
    await expect(connect()).rejects.toThrow(/response: 429/);
    first.close();
    await first.closed;
    await expect.poll(() => exchange?.limits().connections.used).toBe(1);
    // The third try took the last of the openings of this minute.
    await expect(connect()).rejects.toThrow(/response: 429/);
    await connect('127.0.0.2');
    expect(exchange?.limits()).toMatchObject({
      connections: { highWater: 2, refused: 1 },
      newConnectionsPerMinute: { highWater: 3, refused: 1 },
    });
  });

  test('of posts name the post that was too many', async () => {
    await serve({ limits: { pendingPosts: 1 } });
    exchange?.faults.inject({ kind: 'slow-answers', delayMs: 300 });
    const client = await connect();
    const request = { type: 'info', payload: { type: 'exchangeStatus' } };
    client.send({ method: 'post', id: 7, request });
    client.send({ method: 'post', id: 8, request });
    expect((await client.next(isError)).data).toBe('too many pending post requests id=8');
    expect((await client.next(on('post'))).data).toEqual({
      id: 7,
      response: { type: 'info', payload: { type: 'exchangeStatus', data: [] } },
    });
  });
});

describe('frames', () => {
  test('of trades come once per block and coin, after a replay without a flag', async () => {
    const state = await serve();
    const old = [tradeOf('BTC'), tradeOf('BTC')];
    state.histories.trades = old;
    const client = await connect();
    client.subscribe({ type: 'trades', coin: 'BTC' });
    expect((await client.next(on('trades'))).data).toEqual(old);
    const fresh = [tradeOf('BTC'), tradeOf('BTC')];
    state.next({
      trades: new Map([
        ['BTC', fresh],
        ['ETH', [tradeOf('ETH')]],
      ]),
    });
    expect((await client.next(on('trades'))).data).toEqual(fresh);
    expect(client.texts).toHaveLength(3);
  });

  test('of the top of the book come only when it changes', async () => {
    const state = await serve();
    const bbo = (px: string, time: number) => ({ coin: 'BTC', time, bbo: [{ px, sz: '1.0', n: 1 }, null] });
    state.views.bbo = bbo('100.0', 1);
    const client = await connect();
    client.subscribe({ type: 'bbo', coin: 'BTC' });
    await client.next(on('bbo'));
    for (const [px, time] of [
      ['100.0', 2],
      ['101.0', 3],
      ['101.0', 4],
      ['102.0', 5],
    ] as const) {
      state.views.bbo = bbo(px, time);
      state.next({ books: new Set(['BTC']) });
      await new Promise(resolve => setTimeout(resolve, 30));
    }
    const times = client.texts.filter(text => text.includes('"bbo"')).map(text => JSON.parse(text).data.time);
    expect(times).toEqual([undefined, 1, 3, 5]);
  });

  test('of states come at once and then regularly', async () => {
    const state = await serve({ cadences: { userStates: 60 } });
    state.views.clearinghouseState = { dex: '', user: buyer, clearinghouseState: {} };
    const client = await connect();
    client.subscribe({ type: 'clearinghouseState', user: buyer });
    for (let frame = 0; frame < 3; frame += 1) await client.next(on('clearinghouseState'));
  });

  test('of user events name no user and come on the channel user', async () => {
    const state = await serve();
    const client = await connect();
    client.subscribe({ type: 'userEvents', user: buyer });
    client.subscribe({ type: 'orderUpdates', user: buyer });
    await client.next(isAck);
    await client.next(isAck);
    const fill = { coin: 'BTC', tid: 1 } as never;
    const update = { order: { coin: 'BTC', oid: 4 }, status: 'open', statusTimestamp: 5 } as never;
    const funding = {
      time: 1,
      coin: 'BTC',
      usdc: '-1.0',
      szi: '2.0',
      fundingRate: '0.00001',
      nSamples: null,
    };
    state.next({
      fills: new Map([
        [buyer, [fill]],
        [seller, [fill]],
      ]),
      orders: new Map([[buyer, [update]]]),
      fundings: new Map([[buyer, [funding]]]),
    });
    await client.next(on('orderUpdates'));
    const frames = client.texts.slice(2).map(text => JSON.parse(text));
    expect(frames).toHaveLength(3);
    expect(frames).toEqual(
      expect.arrayContaining([
        { channel: 'user', data: { fills: [fill] } },
        { channel: 'user', data: { funding } },
        { channel: 'orderUpdates', data: [update] },
      ]),
    );
  });

  test('of spot contexts come on a channel of their own', async () => {
    const state = await serve();
    state.views.activeAssetCtx = { coin: '@107', ctx: {} };
    const client = await connect();
    client.subscribe({ type: 'activeAssetCtx', coin: '@107' });
    expect((await client.next(on('activeSpotAssetCtx'))).data).toEqual({ coin: '@107', ctx: {} });
  });
});

describe('a socket', () => {
  test('may begin with a line that is no JSON', async () => {
    await serve({ greeting: true });
    const client = await connect();
    expect((await client.next()).data).toBe('Websocket connection established.');
  });

  test('is cut off when nothing but acknowledgements passed for too long, and kept by pings', async () => {
    await serve({ idleAfterMs: 2_000 });
    const [silent, pinging] = [await connect(), await connect()];
    const pings = setInterval(() => pinging.send({ method: 'ping' }), 400);
    const subscribes = setTimeout(() => silent.subscribe({ type: 'trades', coin: 'BTC' }), 1_250);
    const began = performance.now();
    expect((await silent.closed).code).toBe(1006);
    expect(performance.now() - began).toBeLessThan(3_100);
    expect(pinging.socket.readyState).toBe(pinging.socket.OPEN);
    clearInterval(pings);
    clearTimeout(subscribes);
  });

  test('is closed as expired at a certain age', async () => {
    await serve({ rotateAfterMs: 200 });
    const client = await connect();
    expect(await client.closed).toEqual({ code: 1000, reason: 'Expired' });
  });
});
