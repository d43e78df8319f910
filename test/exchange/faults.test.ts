import { afterEach, describe, expect, test } from 'vitest';
import { type ExchangeOptions, resolveOptions } from '../../src/testing/exchange/options.ts';
import { type Exchange, serveExchange } from '../../src/testing/exchange/serve-exchange.ts';
import { faultKinds, faultPlan } from '../../src/testing/index.ts';
import { buyer, createHandState, type HandState, start, tradeOf } from './hand-state.ts';
import { isAck, on, openRawClient, type RawClient } from './raw-client.ts';

let exchange: Exchange | undefined;
const clients: RawClient[] = [];

async function serve(options: ExchangeOptions = {}): Promise<HandState> {
  const state = createHandState();
  exchange = await serveExchange(resolveOptions({ start, ...options }), state);
  return state;
}

async function subscribed(...subscriptions: readonly object[]): Promise<RawClient> {
  const client = await openRawClient(exchange?.wsUrl ?? '');
  clients.push(client);
  for (const subscription of subscriptions) {
    client.subscribe(subscription);
    await client.next(isAck);
  }
  return client;
}

const ask = (body: object = { type: 'meta' }) =>
  fetch(exchange?.infoUrl ?? '', { method: 'POST', body: JSON.stringify(body) });
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
const btc = { type: 'trades', coin: 'BTC' };
const eth = { type: 'trades', coin: 'ETH' };

/** Puts a trade with this identifier of a coin into the next block. */
function trade(state: HandState, coin: string, tid: number): void {
  state.next({ trades: new Map([[coin, [tradeOf(coin, { tid })]]]) });
}

/** Identifiers of the trades that came, by coin. */
function tidsOf(client: RawClient, coin: string): number[] {
  return client.texts
    .map(text => JSON.parse(text))
    .filter(({ channel, data }) => channel === 'trades' && data[0].coin === coin)
    .flatMap(({ data }) => data.map((row: { tid: number }) => row.tid));
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await exchange?.stop();
  exchange = undefined;
});

describe('sockets', () => {
  test('are cut off without a word', async () => {
    await serve();
    const client = await subscribed(btc);
    exchange?.faults.inject({ kind: 'drop' });
    expect((await client.closed).code).toBe(1006);
    expect(exchange?.limits()).toMatchObject({ subscriptions: { used: 0 }, connections: { used: 0 } });
  });

  test('half open, stay silent, even to pings, and open', async () => {
    const state = await serve();
    const client = await subscribed(btc);
    exchange?.faults.inject({ kind: 'half-open' });
    const before = client.texts.length;
    let pongs = 0;
    client.socket.on('pong', () => {
      pongs += 1;
    });
    client.send({ method: 'ping' });
    client.socket.ping();
    trade(state, 'BTC', 1);
    await pause(150);
    expect([client.texts.length, pongs, client.socket.readyState]).toEqual([before, 0, client.socket.OPEN]);
    const other = await subscribed();
    other.send({ method: 'ping' });
    await other.next(on('pong'));
  });

  test('are hit in part when a share says so', async () => {
    await serve();
    for (let count = 0; count < 4; count += 1) await subscribed(btc);
    exchange?.faults.inject({ kind: 'drop', share: 0.5 });
    expect(exchange?.limits().connections.used).toBe(2);
  });

  test('are refused at the door', async () => {
    await serve();
    exchange?.faults.inject({ kind: 'reject-upgrade', durationMs: 150 });
    await expect(subscribed()).rejects.toThrow(/502/);
    await pause(160);
    await subscribed();
  });

  test('and requests are shut out by a ban', async () => {
    await serve();
    const client = await subscribed(btc);
    exchange?.faults.inject({ kind: 'ban', durationMs: 150 });
    expect((await client.closed).code).toBe(1006);
    await expect(subscribed()).rejects.toThrow(/403/);
    expect((await ask()).status).toBe(403);
    await pause(160);
    expect((await ask()).status).toBe(200);
  });
});

describe('frames', () => {
  test('are lost in silence', async () => {
    const state = await serve();
    const client = await subscribed(btc, eth);
    exchange?.faults.inject({ kind: 'drop-frames', share: 1, coins: ['BTC'], durationMs: 60_000 });
    trade(state, 'BTC', 1);
    trade(state, 'ETH', 2);
    await client.next(on('trades'));
    exchange?.faults.clear();
    trade(state, 'BTC', 3);
    await client.next(on('trades'));
    expect([tidsOf(client, 'BTC'), tidsOf(client, 'ETH')]).toEqual([[3], [2]]);
    expect(exchange?.describe().sockets.faults).toMatchObject({ 'drop-frames': 1 });
  });

  test('come twice', async () => {
    const state = await serve();
    const client = await subscribed(btc);
    exchange?.faults.inject({ kind: 'duplicate-frames', share: 1, durationMs: 60_000 });
    trade(state, 'BTC', 1);
    await expect.poll(() => tidsOf(client, 'BTC')).toEqual([1, 1]);
  });

  test('of different coins change places, of one coin never', async () => {
    const state = await serve();
    const coins = ['BTC', 'ETH', '@107', 'xyz:NVDA'];
    const client = await subscribed(...coins.map(coin => ({ type: 'trades', coin })));
    exchange?.faults.inject({ kind: 'reorder-frames', delayMs: 300, durationMs: 60_000 });
    const sent: number[] = [];
    for (let tid = 1; tid <= 40; tid += 1) {
      trade(state, coins[tid % 4] as string, tid);
      sent.push(tid);
      await pause(6);
      if (tid === 30) exchange?.faults.clear();
    }
    const arrived = () =>
      client.texts
        .map(text => JSON.parse(text))
        .filter(({ channel }) => channel === 'trades')
        .flatMap(({ data }) => data.map((row: { tid: number }) => row.tid));
    await expect.poll(() => arrived().length).toBe(40);
    expect(arrived()).not.toEqual(sent);
    for (const coin of coins)
      expect(tidsOf(client, coin)).toEqual(tidsOf(client, coin).toSorted((a, b) => a - b));
  });

  test('have keys that nobody knows', async () => {
    const state = await serve();
    const client = await subscribed(btc);
    exchange?.faults.inject({ kind: 'unknown-keys', durationMs: 60_000 });
    trade(state, 'BTC', 1);
    const { data } = await client.next(on('trades'));
    expect(data[0]).toMatchObject({ tid: 1, addedLately: { since: 1 } });
  });

  test('of candles come late, and the last ones of a bar not at all', async () => {
    const state = await serve();
    const client = await subscribed({ type: 'candle', coin: 'BTC', interval: '1m' });
    const bar = (n: number, T: number) => {
      state.views.candle = { t: T - 59_999, T, s: 'BTC', i: '1m', n };
      state.next({ candles: new Set(['BTC']) });
    };
    exchange?.faults.inject({ kind: 'late-candles', delayMs: 200, durationMs: 60_000 });
    const began = performance.now();
    bar(1, start + 59_999);
    await client.next(on('candle'));
    expect(performance.now() - began).toBeGreaterThan(190);
    exchange?.faults.clear();
    exchange?.faults.inject({ kind: 'partial-candles', durationMs: 60_000 });
    bar(2, state.now + 1_500);
    await pause(50);
    bar(3, state.now + 30_000);
    expect((await client.next(on('candle'))).data.n).toBe(3);
  });

  test('of data come before the acknowledgement', async () => {
    const state = await serve();
    state.histories.trades = [tradeOf('BTC')];
    exchange?.faults.inject({ kind: 'late-ack', delayMs: 100 });
    const client = await subscribed(btc);
    expect(client.texts.map(text => JSON.parse(text).channel)).toEqual(['trades', 'subscriptionResponse']);
  });
});

describe('answers', () => {
  test.each([429, 500, 502, 503])('are replaced by %i for a while', async status => {
    await serve();
    exchange?.faults.inject({ kind: 'http-status', status, durationMs: 100 });
    expect((await ask()).status).toBe(status);
    await pause(110);
    expect((await ask()).status).toBe(200);
  });

  test('come late', async () => {
    await serve();
    exchange?.faults.inject({ kind: 'slow-answers', delayMs: 200, durationMs: 60_000 });
    const began = performance.now();
    await ask();
    expect(performance.now() - began).toBeGreaterThan(95);
  });

  test('break off, as text that says it is whole, and as connections that end', async () => {
    const state = await serve();
    state.answers.meta = {
      status: 200,
      body: { universe: Array.from({ length: 100 }, () => 'x'.repeat(20)) },
    };
    exchange?.faults.inject({ kind: 'truncated-answers', share: 1, durationMs: 60_000 });
    const outcomes = new Set<string>();
    for (let count = 0; count < 20; count += 1) {
      const outcome = await ask()
        .then(response => response.text())
        .then(
          text => {
            expect(text.startsWith('{"universe":[')).toBe(true);
            expect(() => JSON.parse(text)).toThrow();
            return 'cut text';
          },
          () => 'cut connection',
        );
      outcomes.add(outcome);
    }
    expect([...outcomes].sort()).toEqual(['cut connection', 'cut text']);
  });
});

describe('the whole exchange', () => {
  test('leaps in time, and stands still until time has caught up', async () => {
    const state = await serve();
    exchange?.faults.inject({ kind: 'clock-leap', leapMs: 3_000 });
    await expect.poll(() => state.now - start).toBeGreaterThan(2_999);
    exchange?.faults.inject({ kind: 'clock-leap', leapMs: -3_000 });
    const before = state.now;
    await pause(150);
    expect(state.now).toBe(before);
  });

  test('goes away and comes back at the same port with the same state', async () => {
    const state = await serve();
    const client = await subscribed(btc);
    const height = state.height;
    exchange?.faults.inject({ kind: 'restart', durationMs: 200 });
    expect((await client.closed).code).toBe(1006);
    await expect(ask()).rejects.toThrow();
    await expect
      .poll(
        () =>
          ask().then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 3_000 },
      )
      .toBe(200);
    expect(state.height).toBe(height);
    await subscribed(btc, { type: 'userEvents', user: buyer });
    expect(exchange?.limits()).toMatchObject({
      subscriptions: { used: 2 },
      users: { used: 1 },
      connections: { used: 1 },
    });
  });
});

describe('a plan of faults', () => {
  const options = { seed: 5, durationMs: 120_000 };

  test('is the same for the same seed and another for another', () => {
    expect(faultPlan(options)).toEqual(faultPlan(options));
    expect(faultPlan({ ...options, seed: 6 })).not.toEqual(faultPlan(options));
  });

  test('has every kind, and nothing that lasts beyond its end', () => {
    const plan = faultPlan(options);
    expect(new Set(plan.map(({ fault }) => fault.kind))).toEqual(new Set(faultKinds));
    for (const { atMs, fault } of plan) expect(atMs + (fault.durationMs ?? 0)).toBeLessThanOrEqual(120_000);
    expect(plan.map(({ atMs }) => atMs)).toEqual(plan.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  });

  test('keeps to the kinds that are asked for', () => {
    const plan = faultPlan({ ...options, kinds: ['drop', 'rotate'], everyMs: 1_000 });
    expect(plan.length).toBeGreaterThan(60);
    expect(new Set(plan.map(({ fault }) => fault.kind))).toEqual(new Set(['drop', 'rotate']));
  });

  test('goes on past what the market has no place for, and says so', async () => {
    const state = await serve();
    state.provoke = () => {
      throw new RangeError('found no coin');
    };
    exchange?.faults.run([
      { atMs: 0, fault: { kind: 'tid-collision' } },
      { atMs: 30, fault: { kind: 'http-status' } },
    ]);
    await expect.poll(async () => (await ask()).status).toBe(502);
    expect(exchange?.faults.injected().map(({ failed }) => failed)).toEqual(['found no coin', undefined]);
  });

  test('happens at its times', async () => {
    await serve({ faults: [{ atMs: 50, fault: { kind: 'rotate' } }] });
    const client = await subscribed();
    expect(await client.closed).toEqual({ code: 1000, reason: 'Expired' });
    expect(exchange?.faults.injected().map(({ fault }) => fault.kind)).toEqual(['rotate']);
  });
});
