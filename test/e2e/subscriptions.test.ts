import { type Client, createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { OutputBatch } from '../../src/core/event.ts';
import { type TestDatabase, testDatabases } from '../support/postgres.ts';
import {
  address,
  alertRow,
  ask,
  asOf,
  insert,
  leaderboardRow,
  type Platform,
  position,
  positionEvent,
  startPlatform,
  storedRow,
  trader,
} from './platform.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read items of all shapes
type Item = any;

interface Following {
  readonly items: Item[];
  readonly errors: unknown[];
  readonly ended: Promise<void>;
  /** Resolves when there are as many items. */
  has(count: number): Promise<Item[]>;
  stop(): void;
}

function follow(client: Client, query: string, variables: Record<string, unknown> = {}): Following {
  const items: Item[] = [];
  const errors: unknown[] = [];
  const waiting: { count: number; resolve(items: Item[]): void }[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const check = () => {
    for (const { count, resolve } of waiting) if (items.length >= count) resolve([...items]);
  };
  const stop = client.subscribe(
    { query, variables },
    {
      next: ({ data, errors: failed }) => {
        if (failed) errors.push(...failed);
        items.push(Object.values((data ?? {}) as object)[0]);
        check();
      },
      error: error => {
        errors.push(...(Array.isArray(error) ? error : [error]));
        end();
      },
      complete: end,
    },
  );
  return {
    items,
    errors,
    ended,
    stop,
    has: count =>
      new Promise(resolve => {
        waiting.push({ count, resolve });
        check();
      }),
  };
}

const nothing = {
  latest: [],
  history: [],
  signals: [],
  alerts: [],
  decisions: [],
  decisionCounts: [],
  faults: [],
  events: [],
};
const empty: OutputBatch = { fromSeq: 1, toSeq: 1, now: asOf, ...nothing };
const seqs = (items: Item[]) => items.map(({ item }) => item.seq);
const changes = `subscription ($after: String, $coin: String) {
  positionChanged(after: $after, coin: $coin) { cursor item { seq coin action } gap { from to reason } } }`;

describe.each(testDatabases())('subscriptions on $name', ({ create }) => {
  let database: TestDatabase;
  let platform: Platform;
  let clients: Client[];
  const connect = (at: Platform = platform): Client => {
    const client = createClient({
      url: `${at.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: true,
    });
    clients.push(client);
    return client;
  };
  /** What the writer does: rows are committed, then the feed is told. */
  const commit = async (...all: ReturnType<typeof positionEvent>[]) => {
    await insert(platform.store, 'positionEvents', all);
    platform.feed.wake();
  };
  /** Resolves when the server follows as many streams. */
  const followed = async (stream: 'positionEvents' | 'alerts' | 'categories' | 'faults' | 'signals') => {
    while (platform.feed.subscribers()[stream] === 0) await new Promise(resolve => setTimeout(resolve, 5));
  };

  beforeAll(async () => {
    database = await create();
    platform = await startPlatform(database.url);
  });
  beforeEach(async () => {
    clients = [];
    await platform.store.db.execute(
      'truncate position_events, alerts, signals, category_events, faults, leaderboard, rows, traders, positions',
    );
    await platform.leaderboard.clear();
  });
  afterEach(async () => {
    for (const client of clients) await client.dispose();
    while (Object.values(platform.feed.subscribers()).some(count => count > 0)) {
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  });
  afterAll(async () => {
    await platform?.stop();
    await database?.drop();
  });

  it('delivers rows in their order, those that pass the filter, each with a cursor', async () => {
    const bitcoin = follow(connect(), changes, { coin: 'BTC' });
    const all = follow(connect(), changes);
    await followed('positionEvents');
    await new Promise(resolve => setTimeout(resolve, 100));
    await commit(positionEvent(1), positionEvent(2, { coin: 'ETH' }), positionEvent(3, { action: 'CLOSE' }));
    expect(seqs(await all.has(3))).toEqual([1, 2, 3]);
    expect((await bitcoin.has(2)).map(({ item }) => item)).toEqual([
      { seq: 1, coin: 'BTC', action: 'INCREASE' },
      { seq: 3, coin: 'BTC', action: 'CLOSE' },
    ]);
    expect(new Set(all.items.map(({ cursor }) => cursor)).size).toBe(3);
  });

  it('goes on behind a cursor without loss or duplicate, across reconnects and a restart of the server', async () => {
    const received: number[] = [];
    let cursor: string | undefined;
    let next = 1;
    const write = (count: number) => commit(...Array.from({ length: count }, () => positionEvent(next++)));
    // The page that the feed reads is 20 rows, its queue 50: some rounds need several of each.
    for (const [round, missed] of [3, 20, 0, 75, 21, 40].entries()) {
      if (round === 3) {
        await platform.stop();
        platform = await startPlatform(database.url);
      }
      if (cursor === undefined) await commit(positionEvent(next++));
      const following = follow(connect(), changes, { after: cursor });
      await followed('positionEvents');
      if (cursor === undefined) await new Promise(resolve => setTimeout(resolve, 100));
      // Some while it catches up, some when it is live.
      await write(5);
      await write(7);
      const expected = next - 1 - (received.at(-1) ?? 1);
      const items = await following.has(expected);
      received.push(...seqs(items));
      cursor = items.at(-1).cursor;
      following.stop();
      await write(missed);
    }
    expect(received).toEqual(Array.from({ length: received.length }, (_, at) => at + 2));
    expect(received.length).toBeGreaterThan(150);
  });

  it('lets two who continue from different places join one execution, each with every row once', async () => {
    await commit(...Array.from({ length: 60 }, (_, at) => positionEvent(at + 1)));
    const { data } = await ask(
      platform,
      `{ positionEvents(first: 60, direction: ASCENDING) { ... on PositionEventConnection { edges { cursor node { seq } } } } }`,
    );
    const cursorOf = (seq: number): string => data.positionEvents.edges[seq - 1].cursor;
    const early = follow(connect(), changes, { after: cursorOf(1) });
    const late = follow(connect(), changes, { after: cursorOf(58) });
    const live = follow(connect(), changes);
    await early.has(59);
    await late.has(2);
    await new Promise(resolve => setTimeout(resolve, 100));
    await commit(positionEvent(61), positionEvent(62));
    await Promise.all([early.has(61), late.has(4), live.has(2)]);
    expect(seqs(early.items)).toEqual(Array.from({ length: 61 }, (_, at) => at + 2));
    expect(seqs(late.items)).toEqual([59, 60, 61, 62]);
    expect(seqs(live.items)).toEqual([61, 62]);
    expect(platform.server.statistics().sharedSubscriptions).toBe(1);
  });

  it('says that rows are missing when the cursor lies further back than they are kept', async () => {
    await commit(positionEvent(1), positionEvent(2), positionEvent(3));
    const { data } = await ask(
      platform,
      '{ positionEvents(direction: ASCENDING, first: 1) { ... on PositionEventConnection { pageInfo { endCursor } } } }',
    );
    const after = data.positionEvents.pageInfo.endCursor;
    await platform.store.db.execute('delete from position_events where seq < 3');
    const items = await follow(connect(), changes, { after }).has(2);
    expect(items[0]).toMatchObject({ cursor: after, item: null, gap: { from: after } });
    expect(items[0].gap.to).toBe(items[1].cursor);
    expect(items[1].item.seq).toBe(3);
  });

  it('refuses a cursor that cannot be read, one of another stream and one ahead of the tape', async () => {
    await commit(positionEvent(1));
    const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    for (const [after, code] of [
      ['nonsense!', 'CURSOR_MALFORMED'],
      [cursor('alerts', 1, 0), 'CURSOR_FOREIGN'],
      [cursor('positionEvents', 99, 0), 'CURSOR_AHEAD'],
    ]) {
      const following = follow(connect(), changes, { after });
      await following.ended;
      expect(following.errors).toMatchObject([{ extensions: { code, argument: 'after' } }]);
    }
    const wrongCoin = follow(connect(), changes, { coin: 'a b' });
    await wrongCoin.ended;
    expect(wrongCoin.errors).toMatchObject([{ extensions: { code: 'COIN_INVALID', argument: 'coin' } }]);
  });

  it('reads what is selected around an item by one statement for all who follow', async () => {
    await insert(platform.store, 'traders', [trader(1)]);
    await insert(platform.store, 'positions', [position(1, 'BTC')]);
    const query = `subscription { positionChanged { item { seq trader { address positions { nodes { coin } } } position { size } } } }`;
    const first = follow(connect(), query);
    const second = follow(connect(), query);
    await followed('positionEvents');
    await new Promise(resolve => setTimeout(resolve, 200));
    const statements: string[] = [];
    const stop = platform.store.onStatement(sql => statements.push(sql));
    await insert(platform.store, 'positionEvents', [positionEvent(1)]);
    statements.length = 0;
    platform.feed.wake();
    await Promise.all([first.has(1), second.has(1)]);
    stop();
    expect(first.items).toEqual(second.items);
    expect(first.items[0].item).toEqual({
      seq: 1,
      trader: { address: address(1), positions: { nodes: [{ coin: 'BTC' }] } },
      position: { size: '-2.5' },
    });
    // One that reads the new rows, one that reads what is around them.
    expect(statements).toHaveLength(2);
  });

  it('follows signals, alerts, categories, faults and the leaderboard, each by its filter', async () => {
    const client = connect();
    const signals = follow(
      client,
      'subscription { signalEmitted(coin: "BTC", action: "BUY") { item { seq values } } }',
    );
    const alerts = follow(client, 'subscription { alertRaised(severity: [CRITICAL]) { item { title } } }');
    const categories = follow(
      client,
      'subscription { walletClassified(category: "Whale") { item { key row { ... on WalletCategories { primary } } } } }',
    );
    const allCategories = follow(
      client,
      'subscription { walletClassified { item { seq values previous row { ... on WalletCategories { primary } } } } }',
    );
    const faults = follow(client, 'subscription { pluginFault(plugin: "whale-alert") { item { code } } }');
    const board = follow(
      client,
      'subscription { leaderboardUpdated(window: DAY) { cursor item { window asOf top(first: 1) { nodes { rank } } } } }',
    );
    await followed('signals');
    await new Promise(resolve => setTimeout(resolve, 300));
    const at = { tsEvent: asOf, tsIngest: asOf, index: 0, run: 'run-1' };
    const signal = {
      ...at,
      plugin: 'smart-money-bias',
      ref: 'smart-money.bias',
      version: 1,
      key: 'BTC',
      coin: 'BTC',
      trace: {},
    };
    await insert(platform.store, 'signals', [
      { ...signal, seq: 1, row: { action: 'SELL' } },
      { ...signal, seq: 2, row: { action: 'BUY' } },
      { ...signal, seq: 3, coin: 'ETH', row: { action: 'BUY' } },
    ]);
    await insert(platform.store, 'alerts', [alertRow(1), alertRow(2, { severity: 'CRITICAL' })]);
    const change = {
      ...at,
      ref: 'wallet.categories',
      version: 1,
      key: address(1),
      plugin: 'wallet-categories',
    };
    const named = (category: string) => ({ primary: category, categories: [{ category }] });
    await insert(platform.store, 'categoryEvents', [
      { ...change, seq: 1, row: named('Bot') },
      { ...change, seq: 2, row: null, previous: named('Bot') },
      { ...change, seq: 3, row: named('Whale') },
    ]);
    const fault = { index: 0, tsIngest: asOf, handler: 'evaluate', message: 'no', run: 'run-1' };
    await insert(platform.store, 'faults', [
      { ...fault, seq: 1, plugin: 'smart-money-bias', code: 'PLUGIN_THREW' },
      { ...fault, seq: 2, plugin: 'whale-alert', code: 'PLUGIN_OUTPUT_INVALID' },
    ]);
    await insert(platform.store, 'leaderboard', [leaderboardRow(1, { window: 'day' })]);
    platform.feed.wake();
    platform.feed.publishLeaderboard(asOf);

    expect(await signals.has(1)).toEqual([{ item: { seq: 2, values: { action: 'BUY' } } }]);
    expect(await alerts.has(1)).toEqual([{ item: { title: 'alert 2' } }]);
    expect(await categories.has(1)).toEqual([{ item: { key: address(1), row: { primary: 'Whale' } } }]);
    // One that was withdrawn has no row.
    expect((await allCategories.has(3))[1]).toEqual({
      item: { seq: 2, values: null, previous: named('Bot'), row: null },
    });
    expect(await faults.has(1)).toEqual([{ item: { code: 'PLUGIN_OUTPUT_INVALID' } }]);
    expect(await board.has(1)).toMatchObject([
      { item: { window: 'DAY', asOf, top: { nodes: [{ rank: 1 }] } } },
    ]);
  });

  it('continues the leaderboard only where there is a newer one', async () => {
    const query =
      'subscription ($after: String) { leaderboardUpdated(after: $after) { cursor item { asOf } } }';
    const first = follow(connect(), query);
    while (platform.feed.subscribers().leaderboard === 0)
      await new Promise(resolve => setTimeout(resolve, 5));
    await new Promise(resolve => setTimeout(resolve, 100));
    platform.feed.publishLeaderboard(asOf + 10);
    const [{ cursor }] = await first.has(1);
    first.stop();
    const again = follow(connect(), query, { after: cursor });
    await new Promise(resolve => setTimeout(resolve, 200));
    expect(again.items).toEqual([]);
    platform.feed.publishLeaderboard(asOf + 11);
    expect((await again.has(1))[0].item.asOf).toBe(asOf + 11);
  });

  it('computes the leaderboard from the stored rows, at once for all readers, and again when it was cleared', async () => {
    const window = (name: string, pnl: number) => ({
      window: name,
      pnl,
      volume: 1_000,
      trades: 3,
      roi: 0.5,
      sharpe: null,
    });
    const performance = (pnl: number) => ({
      ...{
        firstSeen: asOf - 2 * 86_400_000,
        lastSeen: asOf,
        accountValue: 500,
        consistency: 1,
        truncated: false,
      },
      windows: [window('day', pnl), window('all', pnl * 2)],
    });
    await insert(platform.store, 'rows', [
      storedRow('wallet.performance', address(1), performance(10)),
      storedRow('wallet.performance', address(2), performance(20)),
      storedRow('trader.score', address(1), { score: 70 }),
      storedRow('trader.tier', address(1), { tier: 'core', tags: [{ tag: 'large', because: '' }] }),
      storedRow('wallet.categories', address(1), {
        categories: [{ category: 'Bot' }, { category: 'Whale' }],
      }),
    ]);
    await insert(platform.store, 'positions', [
      position(1, 'ETH'),
      position(1, 'BTC'),
      position(1, 'SOL', { size: '0' }),
    ]);
    await insert(platform.store, 'leaderboard', [leaderboardRow(9, { asOf: 1 })]);
    const query = `{ leaderboard { ... on LeaderboardRowConnection { nodes {
      rank address pnl roi sharpe score tier tags categories coins ageDays consistency asOf } } } }`;
    const { data } = await ask(platform, query);
    // Nothing says how good wallet 2 is, so a lower PnL with a score comes first.
    expect(data.leaderboard.nodes).toEqual([
      {
        ...{
          rank: 1,
          address: address(1),
          pnl: 20,
          roi: 0.5,
          sharpe: null,
          score: 70,
          tier: 'CORE',
          tags: ['LARGE'],
        },
        ...{ categories: ['Bot', 'Whale'], coins: ['BTC', 'ETH'], ageDays: 2, consistency: 1, asOf },
      },
      {
        ...{
          rank: 2,
          address: address(2),
          pnl: 40,
          roi: 0.5,
          sharpe: null,
          score: null,
          tier: 'NONE',
          tags: [],
        },
        ...{ categories: [], coins: [], ageDays: 2, consistency: 1, asOf },
      },
    ]);
    await insert(platform.store, 'rows', [storedRow('wallet.performance', address(3), performance(30))]);
    expect((await ask(platform, query)).data.leaderboard.nodes).toHaveLength(2);
    await ask(platform, 'mutation { clearLeaderboardCache { __typename } }');
    expect((await ask(platform, query)).data.leaderboard.nodes).toHaveLength(3);
  });

  it('tells the feed only of what a batch holds', async () => {
    const following = follow(connect(), changes);
    await followed('positionEvents');
    await new Promise(resolve => setTimeout(resolve, 100));
    await insert(platform.store, 'positionEvents', [positionEvent(1)]);
    platform.feed.publish(empty);
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(following.items).toEqual([]);
    platform.feed.publish({ ...empty, history: [{ ref: { id: 'wallet.position' } }] as never });
    expect(seqs(await following.has(1))).toEqual([1]);
  });
});
