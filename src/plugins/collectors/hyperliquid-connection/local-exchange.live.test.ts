import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import { createMemoryLedger } from '../../../core/collectors/request-budget/memory-ledger.ts';
import { createRequestBudgets } from '../../../core/collectors/request-budget.ts';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import { type Exchange, startExchange } from '../../../testing/exchange/index.ts';
import { until } from './fixtures/socket-server.ts';
import { createInfoClient } from './info-client.ts';
import type { InfoBody, InfoType } from './info-types.ts';
import { createSocketPool } from './socket-pool.ts';
import type { SocketLimits } from './socket-types.ts';
import { answerSchemas } from './wire/answers.ts';

/*
 * The connection against the local exchange, with the real one's limits on what is open at a time.
 */

let exchange: Exchange;
let trader = '';

beforeAll(async () => {
  exchange = await startExchange({
    seed: 5,
    wallets: 60,
    tradesPerSecond: 200,
    rotateAfterMs: 6_000,
    // Note: connections are replaced within seconds here, and not within hours; per minute that takes ten times as much.
    limits: { framesPerMinute: 20_000, newConnectionsPerMinute: 300 },
  });
  await exchange.advance(60_000);
  trader = exchange.state.users.find(user => exchange.state.positionsOf(user).size > 2) ?? '';
}, 120_000);
afterAll(() => exchange.stop());

const limits: SocketLimits = {
  connections: 6,
  newConnectionsPerMinute: 240,
  subscriptions: 960,
  users: 4,
  framesPerMinute: 18_000,
};

describe('requests', () => {
  test('of every type are answered in the shapes that are expected', async () => {
    const rejected: string[] = [];
    const ctx = testCollectorContext(
      {},
      { reject: ({ source, reason }) => rejected.push(`${source}: ${reason}`) },
    );
    const client = createInfoClient(ctx, exchange);
    const since = exchange.state.now - 3_600_000;
    const fields: Partial<Record<InfoType, object>> = {
      candleSnapshot: { req: { coin: 'BTC', interval: '1m', startTime: since } },
      fundingHistory: { coin: 'BTC', startTime: since },
      l2Book: { coin: 'BTC' },
      recentTrades: { coin: 'BTC' },
      orderStatus: { user: trader, oid: 1 },
      userFillsByTime: { user: trader, startTime: since },
      userTwapSliceFillsByTime: { user: trader, startTime: since },
      userFunding: { user: trader, startTime: since },
      userNonFundingLedgerUpdates: { user: trader, startTime: since },
      vaultDetails: { vaultAddress: trader },
    };
    for (const type of Object.keys(answerSchemas) as InfoType[]) {
      const body: InfoBody = { type, ...(fields[type] ?? { user: trader }) };
      await expect(client.request(body, { priority: 'normal' }), type).resolves.not.toBe(undefined);
    }
    expect(rejected).toEqual([]);
    expect(client.status()).toMatchObject({ malformed: 0, refusedForRate: 0 });
  });

  test('cost what the exchange says they cost', async () => {
    const client = createInfoClient(testCollectorContext({}), exchange);
    const before = exchange.limits().weightPerMinute.used;
    await client.request({ type: 'clearinghouseState', user: trader }, { priority: 'normal' });
    await client.request({ type: 'userFills', user: trader }, { priority: 'normal' });
    await client.request({ type: 'meta' }, { priority: 'normal' });
    expect(client.status().weight).toBe(exchange.limits().weightPerMinute.used - before);
  });

  test('for the leaderboard bring every trader once', async () => {
    const client = createInfoClient(testCollectorContext({}), exchange);
    const seen: string[] = [];
    for await (const batch of client.leaderboard()) seen.push(...batch.map(row => row.ethAddress));
    expect(seen.length).toBeGreaterThan(10);
    expect(new Set(seen).size).toBe(seen.length);
    let vaults = 0;
    for await (const batch of client.vaults()) vaults += batch.length;
    expect(vaults).toBeGreaterThan(0);
  });
});

describe('the trades of every coin', () => {
  test('arrive over five connections within the limits, through drops and half-open sockets and rotations', async () => {
    const client = createInfoClient(testCollectorContext({}), exchange);
    const metas = (await client.request({ type: 'allPerpMetas' }, { priority: 'normal' })) ?? [];
    const spot = await client.request({ type: 'spotMeta' }, { priority: 'normal' });
    const coins = [
      ...metas.flatMap(({ universe }) => universe.filter(({ isDelisted }) => isDelisted !== true)),
      ...(spot?.universe ?? []),
    ].map(({ name }) => name);
    expect(coins.length).toBeGreaterThan(700);
    const pool = createSocketPool(testCollectorContext({}, { random: Math.random }), {
      wsUrl: exchange.wsUrl,
      connections: 5,
      limits,
      rotateAfterMs: 2_500,
      pingEveryMs: 500,
      pongWithinMs: 300,
    });
    try {
      const silentSince = new Map<string, number>();
      let replays = 0;
      let messages = 0;
      const outages: string[] = [];
      for (const coin of coins) {
        pool.subscribe(
          { type: 'trades', coin },
          {
            data() {
              messages += 1;
            },
            replayed() {
              replays += 1;
            },
            outage: ({ from, to }) => {
              outages.push(coin);
              if (to < from) silentSince.set(coin, from);
            },
          },
        );
      }
      await until(() => pool.status().confirmed === coins.length, 10_000);
      expect(pool.status().connections.map(({ subscriptions }) => subscriptions)).toEqual(
        // Spread evenly, the first ones with one more.
        Array.from({ length: 5 }, (_, n) => Math.floor((coins.length + 4 - n) / 5)),
      );
      await until(() => pool.status().rotations >= 1, 10_000);
      exchange.faults.inject({ kind: 'drop', share: 0.5 });
      await until(() => pool.status().reconnects >= 1 && pool.status().confirmed === coins.length, 15_000);
      exchange.faults.inject({ kind: 'half-open', share: 0.3, durationMs: 2_000 });
      await new Promise(resolve => setTimeout(resolve, 2_500));
      await until(() => pool.status().confirmed === coins.length, 15_000);
      expect(messages).toBeGreaterThan(500);
      expect(replays).toBeGreaterThan(100);
      expect(outages.length).toBeGreaterThan(0);
      expect([...silentSince]).toEqual([]);
      expect(pool.status()).toMatchObject({ malformed: 0 });
      const used = exchange.limits();
      for (const name of [
        'connections',
        'newConnectionsPerMinute',
        'subscriptions',
        'framesPerMinute',
      ] as const) {
        expect([name, used[name].refused]).toEqual([name, 0]);
        expect(used[name].highWater).toBeLessThanOrEqual(used[name].limit);
      }
    } finally {
      await pool.close();
    }
  }, 60_000);

  test('is not more than one address may have: what is too much is refused here, not there', async () => {
    const pool = createSocketPool(testCollectorContext({}), {
      wsUrl: exchange.wsUrl,
      connections: 1,
      limits: { ...limits, users: 2 },
    });
    try {
      const before = exchange.limits().users.refused;
      const users = exchange.state.users.slice(0, 3);
      for (const user of users.slice(0, 2)) pool.subscribe({ type: 'userFills', user }, { data() {} });
      expect(() => pool.subscribe({ type: 'userFills', user: users[2]! }, { data() {} })).toThrow(
        'at most 2 wallets',
      );
      await until(() => pool.status().confirmed === 2);
      expect(exchange.limits().users.refused).toBe(before);
    } finally {
      await pool.close();
    }
  });
});

describe('every subscription that a collector may use', () => {
  test('is confirmed, and its messages are found', async () => {
    const pool = createSocketPool(testCollectorContext({}), {
      wsUrl: exchange.wsUrl,
      connections: 2,
      limits,
    });
    try {
      const silent = new Set(['outcomeMetaUpdates', 'orderUpdates', 'userEvents', 'notification']);
      const wanted = [
        ...['trades', 'l2Book', 'bbo', 'activeAssetCtx'].map(type => ({ type, coin: 'BTC' })),
        { type: 'activeAssetCtx', coin: '@1' },
        { type: 'candle', coin: 'BTC', interval: '1m' },
        ...[
          'allMids',
          'assetCtxs',
          'allDexsAssetCtxs',
          'spotAssetCtxs',
          'fastAssetCtxs',
          'outcomeMetaUpdates',
        ].map(type => ({ type })),
        { type: 'allMids', dex: 'xyz' },
        { type: 'clearinghouseState', user: trader, dex: 'xyz' },
        { type: 'activeAssetData', user: trader, coin: 'BTC' },
        ...[
          'userFills',
          'userFundings',
          'userNonFundingLedgerUpdates',
          'userHistoricalOrders',
          'userTwapSliceFills',
          'userTwapHistory',
          'orderUpdates',
          'userEvents',
          'clearinghouseState',
          'allDexsClearinghouseState',
          'spotState',
          'openOrders',
          'twapStates',
          'webData3',
        ].map(type => ({ type, user: trader })),
      ];
      const heard = new Set<number>();
      for (const [place, subscription] of wanted.entries()) {
        pool.subscribe(subscription, { data: () => heard.add(place) });
      }
      await until(() => pool.status().confirmed === wanted.length);
      const expected = wanted.flatMap(({ type }, place) => (silent.has(type) ? [] : [place]));
      await until(() => expected.every(place => heard.has(place)), 12_000).catch(() => undefined);
      expect(expected.filter(place => !heard.has(place)).map(place => wanted[place])).toEqual([]);
      expect(pool.status()).toMatchObject({ unrouted: 0, malformed: 0 });
    } finally {
      await pool.close();
    }
  }, 30_000);
});

test('pools that follow one another, as after restarts, do not send more than one address may', async () => {
  const strict = await startExchange({ seed: 6, wallets: 20, tradesPerSecond: 5 });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const ledgers = new Map<string, ReturnType<typeof createMemoryLedger>>();
  const budgets = createRequestBudgets({
    owner: 'one',
    clock: systemClock,
    log,
    random: Math.random,
    ledgerOf(name) {
      const ledger = ledgers.get(name) ?? createMemoryLedger(systemClock);
      ledgers.set(name, ledger);
      return ledger;
    },
  });
  try {
    const coins = strict.state.coins.slice(0, 780);
    expect(coins).toHaveLength(780);
    const confirmed: number[] = [];
    for (let restart = 0; restart < 3; restart++) {
      const ctx = testCollectorContext({}, { budget: (name, size) => budgets.get(name, size) });
      const pool = createSocketPool(ctx, {
        wsUrl: strict.wsUrl,
        connections: 5,
        limits: { ...limits, newConnectionsPerMinute: 20, framesPerMinute: 1_500 },
      });
      for (const coin of coins) pool.subscribe({ type: 'trades', coin }, { data() {} });
      await until(() => pool.status().confirmed === coins.length, 4_000).catch(() => undefined);
      confirmed.push(pool.status().confirmed);
      await pool.close();
    }
    // Each alone stays below its own 1,500; of the third only what is left of 1,950 is sent within the minute, a hundred at a time.
    expect(confirmed.slice(0, 2)).toEqual([780, 780]);
    expect(confirmed[2]).toBeLessThanOrEqual(1_950 - 2 * 780);
    expect(confirmed[2]).toBeGreaterThanOrEqual(300);
    const { framesPerMinute, newConnectionsPerMinute, subscriptions } = strict.limits();
    for (const { highWater, limit, refused } of [framesPerMinute, newConnectionsPerMinute, subscriptions]) {
      expect(highWater).toBeLessThanOrEqual(limit);
      expect(refused).toBe(0);
    }
  } finally {
    await budgets.close();
    await strict.stop();
  }
}, 60_000);
