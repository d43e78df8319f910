import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../src/core/server/server.ts';
import { type Entity, number, score } from '../../src/plugin-api/index.ts';
import { buildSchema } from '../../src/schema/graphql/index.ts';
import { leaderboardSorts } from '../../src/schema/graphql/types/enums.ts';
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

const categories = {
  primary: 'Whale',
  categories: [
    {
      category: 'Whale',
      confidence: 0.9,
      rule: 'maxValue > 49700',
      values: [{ name: 'maxValue', value: 60_000 }],
    },
  ],
};

describe.each(testDatabases())('queries on $name', ({ create }) => {
  let database: TestDatabase;
  let platform: Platform;
  const query = (text: string, variables?: Record<string, unknown>) => ask(platform, text, variables);

  beforeAll(async () => {
    database = await create();
    platform = await startPlatform(database.url);
    const { store } = platform;
    await insert(
      store,
      'traders',
      [1, 2, 3, 4, 5, 6, 7].map(n => trader(n)),
    );
    await insert(store, 'positions', [
      position(1, 'BTC', { size: '1.25' }),
      position(1, 'ETH'),
      position(1, 'SOL', { size: '0' }),
      position(2, 'BTC'),
    ]);
    await insert(
      store,
      'positionEvents',
      [1, 2, 3, 4, 5].map(seq => positionEvent(seq)),
    );
    await insert(store, 'alerts', [alertRow(3, { severity: 'CRITICAL' }), alertRow(4)]);
    await insert(store, 'signals', [
      {
        ...{
          seq: 3,
          index: 0,
          tsEvent: asOf,
          tsIngest: asOf,
          plugin: 'whale-alert',
          ref: 'whale.alert',
          version: 1,
        },
        ...{ key: 'BTC', coin: 'BTC', trader: null, run: 'run-1' },
        row: {
          severity: 'CRITICAL',
          kind: 'alpha-whale-change',
          trader: address(1),
          direction: 'long',
          traders: [],
        },
        trace: {
          because: 'an alpha whale',
          trigger: 'wallet.position',
          inputs: [{ ref: 'x', key: 'y', row: null }],
        },
      },
    ]);
    await insert(store, 'rows', [
      storedRow('wallet.features', address(1), { txCount: 12, ageDays: 3, erc20Count: null }),
      storedRow('wallet.categories', address(1), categories),
      storedRow('trader.score', address(1), { score: 80, basis: 'reconstruction' }),
      storedRow('market.state', 'BTC', { price: 50_000, z5: null }, { entity: 'coin' }),
    ]);
    await insert(
      store,
      'leaderboard',
      [1, 2, 3, 4, 5, 6, 7].map(n => leaderboardRow(n)),
    );
    await insert(store, 'trades', [
      {
        ...{ tsEvent: asOf, tsIngest: asOf, seq: 1, eventId: 1, coin: 'BTC', price: '50000.10', size: '0.5' },
        ...{
          takerSide: 'buy',
          buyer: address(1),
          seller: address(2),
          tradeId: 7,
          hash: `0x${'ab'.repeat(32)}`,
        },
      },
    ]);
    await insert(store, 'candles', [
      {
        ...{ tsEvent: asOf, tsIngest: asOf, seq: 1, coin: 'BTC', interval: '1m', openTime: asOf - 60_000 },
        ...{ closeTime: asOf, open: '1', high: '2', low: '0.5', close: '1.5', volume: '10', trades: 3 },
      },
    ]);
  });
  afterAll(async () => {
    await platform?.stop();
    await database?.drop();
  });

  it('answers a wallet with everything that plugins say of it, whatever the letter case of its address', async () => {
    const { data, errors } = await query(
      `query ($address: String!) { trader(address: $address) { ... on Trader {
        address accountValue firstSeen
        walletFeatures { txCount erc20Count nullReasons { field reason } rowInfo { seq stale plugin } }
        walletCategories { primary categories { category confidence rule values { name value } } }
        traderScore { score basis }
        walletScores { bot }
        positions { totalCount nodes { coin size entryPrice price unrealisedPnl details { action } market { name } } }
        report { wallet categories { category } txCount bot style }
      } } }`,
      { address: address(1).toUpperCase().replace('0X', '0x') },
    );
    expect(errors).toBeUndefined();
    expect(data.trader).toMatchObject({
      address: address(1),
      accountValue: '1000.50',
      firstSeen: asOf - 86_400_000,
      walletFeatures: { txCount: 12, erc20Count: null, rowInfo: { seq: 1, stale: false, plugin: 'test' } },
      walletCategories: { primary: 'Whale', categories: categories.categories },
      traderScore: { score: 80, basis: 'RECONSTRUCTION' },
      walletScores: null,
      report: {
        wallet: address(1),
        categories: [{ category: 'Whale' }],
        txCount: 12,
        bot: null,
        style: null,
      },
    });
    expect(data.trader.walletFeatures.nullReasons).toContainEqual({
      field: 'erc20Count',
      reason: 'no HyperEVM source has reported this wallet',
    });
    // (50,000 - 100) x 1.25; no price is known of ETH.
    expect(data.trader.positions).toEqual({
      totalCount: 2,
      nodes: [
        {
          ...{ coin: 'BTC', size: '1.25', entryPrice: 100, price: 50_000, unrealisedPnl: 62_375 },
          ...{ details: { action: 'OPEN' }, market: { name: 'BTC' } },
        },
        {
          ...{ coin: 'ETH', size: '-2.5', entryPrice: 100, price: null, unrealisedPnl: null },
          ...{ details: { action: 'OPEN' }, market: { name: 'ETH' } },
        },
      ],
    });
  });

  it('sends one SQL statement for a leaderboard with traders, their positions and their categories', async () => {
    // The first question after a start is how old the leaderboard is.
    await platform.leaderboard.fresh();
    const statements: string[] = [];
    const stop = platform.store.onStatement(sql => statements.push(sql));
    const text = `{ leaderboard(first: 3) { ... on LeaderboardRowConnection { nodes {
      rank trader {
        positions(first: 2) { nodes { coin trader { address } } }
        positionEvents(first: 2, action: INCREASE) { nodes { seq position { size } } pageInfo { hasNextPage } }
        walletCategories { primary }
        alerts { nodes { title signal { ref evidence { ... on WhaleAlert { kind } } } } }
      } } } } }`;
    // The fourth execution of a document is the compiled one.
    for (let run = 1; run <= 4; run++) {
      statements.length = 0;
      const { data, errors } = await query(text);
      expect(errors).toBeUndefined();
      expect(statements).toHaveLength(1);
      expect(data.leaderboard.nodes).toHaveLength(3);
      expect(data.leaderboard.nodes[0].trader).toEqual({
        positions: {
          nodes: [
            { coin: 'BTC', trader: { address: address(1) } },
            { coin: 'ETH', trader: { address: address(1) } },
          ],
        },
        positionEvents: {
          nodes: [
            { seq: 5, position: { size: '1.25' } },
            { seq: 4, position: { size: '1.25' } },
          ],
          pageInfo: { hasNextPage: true },
        },
        walletCategories: { primary: 'Whale' },
        alerts: {
          nodes: [
            { title: 'alert 4', signal: null },
            { title: 'alert 3', signal: { ref: 'whale.alert', evidence: { kind: 'ALPHA_WHALE_CHANGE' } } },
          ],
        },
      });
    }
    stop();
  });

  it.each(['ASCENDING', 'DESCENDING'])(
    'pages through a nullable column %s, forwards and backwards, each row once and nulls last',
    async direction => {
      const page = `query ($first: Int, $after: String, $last: Int, $before: String) {
        leaderboard(sort: ROI, direction: ${direction}, first: $first, after: $after, last: $last, before: $before) {
          ... on LeaderboardRowConnection { nodes { rank roi } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
          ... on Failure { message }
        } }`;
      const ranks: number[] = [];
      let after: string | null = null;
      for (;;) {
        const { data } = await query(page, { first: 2, after });
        ranks.push(...data.leaderboard.nodes.map((row: { rank: number }) => row.rank));
        after = data.leaderboard.pageInfo.endCursor;
        if (!data.leaderboard.pageInfo.hasNextPage) break;
      }
      // ROI is rank / 10, and null for 3 and 6.
      const expected = direction === 'ASCENDING' ? [1, 2, 4, 5, 7, 3, 6] : [7, 5, 4, 2, 1, 6, 3];
      expect(ranks).toEqual(expected);

      const back: number[] = [];
      let before: string | null = null;
      for (;;) {
        const { data } = await query(page, { last: 2, before });
        back.unshift(...data.leaderboard.nodes.map((row: { rank: number }) => row.rank));
        before = data.leaderboard.pageInfo.startCursor;
        if (!data.leaderboard.pageInfo.hasPreviousPage) break;
      }
      expect(back).toEqual(expected);
    },
  );

  it('counts a wallet as active in the whole hour in which it was last seen', async () => {
    const { store } = platform;
    const hour = 3_600_000;
    // Seen at 20:40, so at 20:00 as it is kept; the other an hour before.
    await insert(store, 'traders', [
      trader(501, { lastSeen: asOf - hour }),
      trader(502, { lastSeen: asOf - 2 * hour }),
    ]);
    const since = async (moment: number) => {
      const { data } = await query(
        `{ traders(activeSince: ${moment}, first: 100) { ... on TraderConnection { nodes { address } } } }`,
      );
      return data.traders.nodes
        .map((row: { address: string }) => row.address)
        .filter((one: string) => one === address(501) || one === address(502));
    };
    expect(await since(asOf - hour / 3)).toEqual([address(501)]);
    expect(await since(asOf - hour)).toEqual([address(501)]);
    expect(await since(asOf - hour - 1)).toEqual([address(501), address(502)]);
    expect(await since(asOf)).toEqual([]);
    await store.query('delete from traders where address = any($1::text[])', [[address(501), address(502)]]);
  });

  it('says of a position what the exchange last stated, or why it states nothing, by one statement', async () => {
    const snapshot = { wallet: address(1), coin: 'BTC', tsIngest: asOf, size: '1.25' };
    await insert(platform.store, 'positionSnapshots', [
      { ...snapshot, tsEvent: asOf - 2_000, seq: 1, eventId: 1, leverage: 5, liquidationPrice: '1.0' },
      {
        ...{ ...snapshot, tsEvent: asOf - 1_000, seq: 3, eventId: 2, leverage: 20, leverageType: 'isolated' },
        ...{ marginUsed: '3125.50', liquidationPrice: '41000.1', unrealisedPnl: '-12.75' },
      },
      { ...snapshot, tsEvent: asOf - 1_000, seq: 2, eventId: 3, leverage: 7 },
      { ...snapshot, wallet: address(2), tsEvent: asOf, seq: 4, eventId: 4, leverage: 9 },
    ]);
    const statements: string[] = [];
    const stop = platform.store.onStatement(sql => statements.push(sql));
    const { data, errors } = await query(`{ trader(address: "${address(1)}") { ... on Trader {
      positions { nodes { coin nullReasons { field reason } stated {
        size leverage leverageType marginUsed liquidationPrice unrealisedPnl positionValue eventTime
        nullReasons { field reason }
      } } } } } }`);
    stop();
    expect(errors).toBeUndefined();
    expect(statements).toHaveLength(1);
    const [btc, eth] = data.trader.positions.nodes;
    expect(btc.stated).toEqual({
      ...{ size: '1.25', leverage: 20, leverageType: 'ISOLATED', marginUsed: '3125.50' },
      ...{ liquidationPrice: '41000.1', unrealisedPnl: '-12.75', positionValue: null },
      eventTime: asOf - 1_000,
      nullReasons: [
        { field: 'entryPrice', reason: 'flat' },
        { field: 'positionValue', reason: 'flat or not told' },
      ],
    });
    expect(btc.nullReasons).toEqual([]);
    expect(eth).toEqual({
      coin: 'ETH',
      stated: null,
      nullReasons: [
        { field: 'price', reason: 'no source has told a price of the coin' },
        { field: 'notionalUsd', reason: 'no source has told a price of the coin' },
        { field: 'unrealisedPnl', reason: expect.stringContaining('no source has told a price of the coin') },
        { field: 'stated', reason: 'no source has stated it within the time that statements are kept' },
      ],
    });
  });

  it('counts decisions by their reason', async () => {
    await insert(platform.store, 'decisionCounts', [
      { plugin: 'whale-alert', emitted: false, because: 'cool-down of # min', count: 12 },
      { plugin: 'whale-alert', emitted: true, because: 'an alpha whale', count: 2 },
      { plugin: 'smart-money-bias', emitted: false, because: 'below #', count: 5 },
    ]);
    const counts = async (args: string) => {
      const { data } = await query(
        `{ decisionCounts${args} { ... on DecisionCountConnection { nodes { plugin emitted because count } } ... on Failure { code } } }`,
      );
      return data.decisionCounts;
    };
    expect((await counts('(plugin: "whale-alert")')).nodes).toEqual([
      { plugin: 'whale-alert', emitted: true, because: 'an alpha whale', count: 2 },
      { plugin: 'whale-alert', emitted: false, because: 'cool-down of # min', count: 12 },
    ]);
    expect((await counts('(emitted: false)')).nodes).toHaveLength(2);
    expect((await counts('')).nodes).toHaveLength(3);
    expect(await counts('(plugin: "nobody")')).toEqual({ code: 'PLUGIN_UNKNOWN' });
  });

  it('says of each window why a figure is missing', async () => {
    const window = { window: 'day', pnl: 1, volume: 2, trades: 3, roi: null, winRate: 0.5, sharpe: null };
    await insert(platform.store, 'rows', [
      storedRow('wallet.performance', address(7), { windows: [window], consistency: null }),
    ]);
    const { data } = await query(
      `{ trader(address: "${address(7)}") { ... on Trader { walletPerformance {
        nullReasons { field } windows { window winRate sharpe nullReasons { field reason } } } } } }`,
    );
    const [day] = data.trader.walletPerformance.windows;
    expect(day).toMatchObject({ window: 'DAY', winRate: 0.5, sharpe: null });
    expect(day.nullReasons).toContainEqual({
      field: 'sharpe',
      reason: 'fewer than 7 daily returns, or they do not vary',
    });
    const missing = day.nullReasons.map(({ field }: { field: string }) => field);
    expect(missing).toContain('roi');
    expect(missing).not.toContain('winRate');
    await platform.store.query(`delete from "rows" where ref = 'wallet.performance'`);
  });

  it.each(Object.entries(leaderboardSorts))(
    'sorts the leaderboard by %s in both directions',
    async (sort, column) => {
      // 3, 1, none, 5, 2, 4 in the order of the addresses; every column of it alike, but for its rank.
      const values = [3, 1, null, 5, 2, 4];
      const required = ['rank', 'volume', 'pnl', 'trades'];
      const window = 'month';
      await insert(
        platform.store,
        'leaderboard',
        values.map((value, at) =>
          leaderboardRow(at + 11, { window, [column]: required.includes(column) ? (value ?? 6) : value }),
        ),
      );
      const sorted = async (direction: string) => {
        const { data } = await query(
          `{ leaderboard(window: MONTH, sort: ${sort}${direction}) { ... on LeaderboardRowConnection { nodes { address } } } }`,
        );
        return data.leaderboard.nodes.map((row: { address: string }) => Number.parseInt(row.address, 16));
      };
      const last = required.includes(column) ? [] : [13];
      const most = required.includes(column) ? [13] : [];
      const ascending = [12, 15, 11, 16, 14, ...most, ...last];
      const descending = [...most, 14, 16, 11, 15, 12, ...last];
      expect(await sorted(', direction: ASCENDING')).toEqual(ascending);
      expect(await sorted(', direction: DESCENDING')).toEqual(descending);
      expect(await sorted('')).toEqual(sort === 'RANK' ? ascending : descending);
      await platform.store.query(`delete from "leaderboard" where "window" = $1::text`, [window]);
    },
  );

  it('keeps its place when rows are added before it', async () => {
    const page = `query ($after: String) { positionEvents(first: 2, after: $after) {
      ... on PositionEventConnection { nodes { seq } pageInfo { endCursor } } } }`;
    const first = await query(page);
    await insert(platform.store, 'positionEvents', [positionEvent(6)]);
    const second = await query(page, { after: first.data.positionEvents.pageInfo.endCursor });
    expect(first.data.positionEvents.nodes).toEqual([{ seq: 5 }, { seq: 4 }]);
    expect(second.data.positionEvents.nodes).toEqual([{ seq: 3 }, { seq: 2 }]);
  });

  it.each([
    ['tier: ALERT', [1]],
    ['tag: WHALE', [1]],
    ['category: ["Bot"]', [2, 4, 6]],
    ['minAccountValue: 5000', [5, 6, 7]],
    ['coin: "BTC", minAccountValue: 7000', [7]],
    [`activeSince: ${asOf - 2_000}`, [1, 2]],
    ['sort: MAKER_SHARE, first: 2', [7, 6]],
    ['sort: ACCOUNT_AGE, direction: ASCENDING, first: 2', [1, 2]],
  ])('filters and sorts the leaderboard by %s', async (args, ranks) => {
    const { data } = await query(
      `{ leaderboard(${args}) { ... on LeaderboardRowConnection { nodes { rank } } ... on Failure { message } } }`,
    );
    expect(data.leaderboard.nodes.map((row: { rank: number }) => row.rank)).toEqual(ranks);
  });

  it('shows trades, candles, coins and signals as they were stored', async () => {
    const { data, errors } = await query(`{
      trades(coin: "BTC", trader: "${address(2)}") { ... on TradeConnection { nodes { price size takerSide hash buyerTrader { address } } } }
      candles(coin: "BTC", interval: M1) { ... on CandleConnection { nodes { interval open volume openTime } } }
      coins { ... on CoinConnection { nodes { name marketState { price z5 } candles(interval: M1) { nodes { close } } } } }
      signals(coin: "BTC") { ... on SignalConnection { nodes { evidence { ... on WhaleAlert { severity kind direction } } trace { because inputs { ref row } } } } }
      row(ref: "wallet.features", key: "${address(1)}") { ... on StoredRow { entity values row { ... on WalletFeatures { txCount } } } }
    }`);
    expect(errors).toBeUndefined();
    expect(data.trades.nodes).toEqual([
      {
        ...{ price: '50000.10', size: '0.5', takerSide: 'BUY', hash: `0x${'ab'.repeat(32)}` },
        buyerTrader: { address: address(1) },
      },
    ]);
    expect(data.candles.nodes).toEqual([
      { interval: 'M1', open: '1', volume: '10', openTime: asOf - 60_000 },
    ]);
    expect(data.coins.nodes).toEqual([
      { name: 'BTC', marketState: { price: 50_000, z5: null }, candles: { nodes: [{ close: '1.5' }] } },
      { name: 'ETH', marketState: null, candles: { nodes: [] } },
      { name: 'SOL', marketState: null, candles: { nodes: [] } },
    ]);
    expect(data.signals.nodes).toEqual([
      {
        evidence: { severity: 'CRITICAL', kind: 'ALPHA_WHALE_CHANGE', direction: 'LONG' },
        trace: { because: 'an alpha whale', inputs: [{ ref: 'x', row: null }] },
      },
    ]);
    expect(data.row).toEqual({
      entity: 'trader',
      values: { txCount: 12, ageDays: 3, erc20Count: null },
      row: { txCount: 12 },
    });
  });

  it("answers what strangers' plugins say of wallets, coins, positions and the market, by one statement", async () => {
    const fields = { level: number({ unit: 'ratio', doc: 'How much.' }) };
    const of = <E extends Entity>(id: string, entity: E) =>
      score({ id, version: 2, entity, doc: 'Said.', fields });
    const refs = [
      of('my.wallet', 'trader'),
      of('my.coin', 'coin'),
      of('my.pair', 'trader:coin'),
      of('my.market', 'market'),
    ];
    const strange = createServer({
      ...{ schema: buildSchema({ refs }), port: 0 },
      services: { ...platform.services, about: { ...platform.services.about, refs } },
    });
    const { url } = await strange.start();
    const rowOf = (ref: string, key: string, level: number) => storedRow(ref, key, { level }, { version: 2 });
    await insert(platform.store, 'rows', [
      ...[rowOf('my.wallet', address(1), 1), rowOf('my.coin', 'BTC', 2)],
      ...[rowOf('my.pair', `${address(1)}:BTC`, 3), rowOf('my.market', 'market', 4)],
    ]);
    const statements: string[] = [];
    const stop = platform.store.onStatement(sql => statements.push(sql));
    const { data } = await ask(
      { url },
      `{ trader(address: "${address(1)}") { ... on Trader { myWallet { level }
        positions(first: 1) { nodes { myPair { level } market { myCoin { level rowInfo { version } } } } } } } }`,
    );
    stop();
    expect(statements).toHaveLength(1);
    expect(data.trader).toEqual({
      myWallet: { level: 1 },
      positions: {
        nodes: [{ myPair: { level: 3 }, market: { myCoin: { level: 2, rowInfo: { version: 2 } } } }],
      },
    });
    expect((await ask({ url }, '{ market { myMarket { level } } }')).data).toEqual({
      market: { myMarket: { level: 4 } },
    });
    await strange.stop();
  });

  it('shows what the platform tells of itself', async () => {
    const { data, errors } = await query(`{
      about { name mode simulated run }
      plugins { id state reason configuration faults calls totalMs provides }
      jobs { id schedule running lastRun }
      storage { engine bytes tables { name } }
      configuration { path value source }
      walletReports { ... on WalletReportConnection { nodes { wallet txCount ageDays categories { category confidence } } } }
      runs { ... on RunConnection { nodes { id } } }
      gaps { ... on GapConnection { nodes { stream } totalCount } }
    }`);
    expect(errors).toBeUndefined();
    expect(data.about).toEqual({ name: 'hypersonar', mode: 'simulated', simulated: true, run: 'run-1' });
    expect(data.plugins[1]).toMatchObject({ id: 'whale-alert', state: 'degraded', faults: 3 });
    expect(data.configuration[1]).toEqual({ path: 'server.token', value: '(hidden)', source: 'environment' });
    expect(data.walletReports.nodes).toEqual([
      { wallet: address(1), txCount: 12, ageDays: 3, categories: [{ category: 'Whale', confidence: 0.9 }] },
    ]);
    expect(data.gaps).toEqual({ nodes: [], totalCount: 0 });
  });
});
