import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/store/store.ts';
import * as refs from '../../src/plugin-api/index.ts';
import { testDatabases } from '../support/postgres.ts';
import { openSuiteDatabase, type SuiteDatabase } from './open-test-store.ts';
import {
  alice,
  batchOf,
  bob,
  bookAt,
  carol,
  commandAt,
  eventAt,
  fillAt,
  hash,
  meta,
  outputAt,
  positionAt,
  positionRow,
  start,
  tradeAt,
} from './sample-tape.ts';

describe.each(testDatabases())('the store on $name', ({ create }) => {
  let database: SuiteDatabase;
  let store: Store;

  beforeAll(async () => {
    database = await openSuiteDatabase({ create });
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    store = await database.empty({ policy: { trackAll: true } });
  });

  it('keeps every digit of a trade and all of its text', async () => {
    await store.write(
      batchOf([
        tradeAt(1, { price: '0.0000012300', size: '123456789012345678901234567890.10', coin: 'xyz:ÄÖ😀' }),
        tradeAt(2, { price: '-0.0', size: '10000', takerSide: 'sell' }),
      ]),
      meta,
    );

    const trades = await store.db.query.trades.findMany({ orderBy: { seq: 'asc' } });

    expect(trades).toEqual([
      {
        tsEvent: start + 1,
        tsIngest: start + 51,
        seq: 1,
        eventId: expect.any(Number),
        coin: 'xyz:ÄÖ😀',
        price: '0.0000012300',
        size: '123456789012345678901234567890.10',
        takerSide: 'buy',
        buyer: alice,
        seller: bob,
        tradeId: 900_719_925_474_001,
        hash,
      },
      // Note: Postgres has no negative zero.
      expect.objectContaining({ price: '0.0', size: '10000', takerSide: 'sell' }),
    ]);
  });

  it('keeps a fill with everything and one with nothing that is optional', async () => {
    const bare = {
      startPosition: null,
      direction: null,
      closedPnl: null,
      fee: null,
      feeToken: null,
      crossed: null,
      hash: null,
      orderId: null,
      tradeId: null,
    };
    await store.write(batchOf([fillAt(1, { twapId: 77, liquidatedUser: bob }), fillAt(2, bare)]), meta);

    const [full, empty] = await store.db.query.fills.findMany({ orderBy: { seq: 'asc' } });

    expect(full).toMatchObject({
      wallet: alice,
      coin: 'ETH',
      price: '4100.10',
      startPosition: '-0.00000001',
      fee: '-0.123456789012345678',
      crossed: false,
      hash,
      orderId: 1,
      tradeId: 2,
      twapId: 77,
      liquidatedUser: bob,
    });
    expect(empty).toMatchObject({ ...bare, price: '4100.10', twapId: null, liquidatedUser: null });
  });

  it.each([
    ['the usual form', `0x${'0123456789abcdef'.repeat(4)}`],
    ['upper case', `0x${'ABCDEF0123456789'.repeat(4)}`],
    ['another exchange', '5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnb'],
    ['31 characters, which with its mark would be 32 bytes', 'x'.repeat(31)],
    ['nothing', ''],
  ])('gives a hash of %s back as it was', async (_, text) => {
    await store.write(batchOf([tradeAt(1, { hash: text }), fillAt(2)]), meta);

    expect(await store.db.query.trades.findFirst({ columns: { hash: true } })).toEqual({ hash: text });
    const nested = await store.db.query.traders.findFirst({
      where: { address: alice },
      with: { purchases: { columns: { hash: true } } },
    });
    expect(nested?.purchases).toEqual([{ hash: text }]);
  });

  it('replaces what Postgres cannot store in text and JSON, and stores the rest', async () => {
    const other = refs.event({
      id: 'weather',
      version: 1,
      entity: 'market',
      doc: 'Weather.',
      fields: { text: refs.string({ doc: 'Text.' }) },
    });
    await store.write(
      batchOf([
        fillAt(1, { direction: 'a\0b', feeToken: '\ud800' }),
        eventAt(2, other, 'market', { text: 'x\0y\udc00z \\u0000' }),
      ]),
      meta,
    );

    expect(await store.db.query.fills.findFirst()).toMatchObject({
      direction: 'a\ufffdb',
      feeToken: '\ufffd',
    });
    expect(await store.db.query.otherEvents.findFirst()).toMatchObject({
      ref: 'weather',
      key: 'market',
      row: { text: 'x\ufffdy\ufffdz \\u0000' },
    });
  });

  it('has a table for every standard event', async () => {
    const level = [{ price: '1', size: '2', orders: null }];
    await store.write(
      batchOf([
        eventAt(1, refs.candle, 'BTC', {
          coin: 'BTC',
          interval: '1m',
          openTime: start,
          closeTime: start + 60_000,
          open: '1.10',
          high: '2',
          low: '1',
          close: '1.5',
          volume: '3.000',
          trades: 4,
        }),
        eventAt(2, refs.book, 'BTC', { coin: 'BTC', bids: [], asks: level }),
        eventAt(3, refs.mark, 'BTC', {
          coin: 'BTC',
          mid: null,
          mark: '1.0',
          oracle: '1.01',
          openInterest: '5',
          dayVolumeUsd: '6',
        }),
        eventAt(4, refs.funding, 'BTC', { coin: 'BTC', rate: 0.0000125, premium: null }),
        eventAt(5, refs.fundingPayment, alice, {
          user: alice,
          coin: 'BTC',
          amount: '-0.10',
          positionSize: '1',
          rate: 0.0000125,
        }),
        eventAt(6, refs.order, alice, {
          user: alice,
          coin: 'BTC',
          orderId: 5,
          side: 'buy',
          orderType: 'Limit',
          limitPrice: '9.50',
          triggerPrice: null,
          size: '0',
          originalSize: '1',
          reduceOnly: true,
          status: 'filled',
          placedAt: start,
        }),
        positionAt(7, '-2.50'),
        eventAt(8, refs.account, bob, { user: bob, accountValue: '1000.10', totalPnl: null }),
        eventAt(9, refs.leaderboard, carol, {
          user: carol,
          displayName: 'Carol',
          accountValue: '77.7',
          dayPnl: '1',
          dayRoi: '0.1',
          dayVolume: '2',
          weekPnl: '3',
          weekRoi: '0.2',
          weekVolume: '4',
          monthPnl: '5',
          monthRoi: '0.3',
          monthVolume: '6',
          allPnl: '7',
          allRoi: '0.4',
          allVolume: '8',
        }),
        eventAt(10, refs.metric, 'market', { name: 'fear-greed', value: 24, period: start }),
        eventAt(11, refs.transfer, alice, {
          user: alice,
          counterparty: bob,
          contract: carol,
          token: 'USDC',
          amount: '-5.5',
          valueUsd: 5.5,
          hash,
        }),
        eventAt(12, refs.gap, 'trade', {
          stream: 'trade',
          scope: null,
          from: start,
          to: start + 5,
          reason: 'socket closed',
          healed: false,
        }),
        eventAt(13, refs.timer, 'market', { name: 'beat' }),
        commandAt(14, 'track-trader', carol),
      ]),
      meta,
    );

    const { db } = store;
    expect(await db.query.candles.findFirst()).toMatchObject({ open: '1.10', volume: '3.000', trades: 4 });
    expect(await db.query.books.findFirst()).toMatchObject({ mid: null, bids: [], asks: level });
    expect(await db.query.marks.findFirst()).toMatchObject({ mid: null, mark: '1.0', oracle: '1.01' });
    expect(await db.query.funding.findFirst()).toMatchObject({ rate: 0.0000125, premium: null });
    expect(await db.query.fundingPayments.findFirst()).toMatchObject({ wallet: alice, amount: '-0.10' });
    expect(await db.query.orders.findFirst()).toMatchObject({ limitPrice: '9.50', status: 'filled' });
    expect(await db.query.positionSnapshots.findFirst()).toMatchObject({ size: '-2.50', leverage: 20 });
    expect(await db.query.accounts.findFirst()).toMatchObject({ wallet: bob, accountValue: '1000.10' });
    expect(await db.query.exchangeLeaderboard.findFirst()).toMatchObject({
      day: Date.UTC(2025, 9, 10),
      displayName: 'Carol',
      allRoi: '0.4',
    });
    expect(await db.query.metrics.findFirst()).toMatchObject({
      name: 'fear-greed',
      value: 24,
      period: start,
    });
    expect(await db.query.transfers.findFirst()).toMatchObject({ amount: '-5.5', valueUsd: 5.5 });
    expect(await db.query.gaps.findFirst()).toMatchObject({ seq: 12, scope: null, reason: 'socket closed' });
    expect(await db.query.commands.findFirst()).toMatchObject({ name: 'track-trader', target: carol });
    expect(await db.query.otherEvents.findMany()).toEqual([]);
    expect(await db.query.sourceCursors.findMany()).toEqual([
      { source: 'sample', cursor: 'line 7', seq: 14 },
    ]);
    expect(await store.checkpoint()).toBe(14);
  });

  it('has a row for every wallet that an event named', async () => {
    await store.write(
      batchOf([
        tradeAt(1),
        fillAt(2, { user: carol }, { tsEvent: start - 5 }),
        eventAt(3, refs.account, bob, { user: bob, accountValue: '9.90', totalPnl: null }),
      ]),
      meta,
    );
    await store.write(batchOf([tradeAt(4, {}, { tsEvent: start + 3_600_000 })]), meta);

    const traders = await store.db.query.traders.findMany({ orderBy: { address: 'asc' } });

    const hour = Date.UTC(2025, 9, 10, 12);
    const tracked = { tracked: true, trackedBy: 'tape', displayName: null };
    expect(traders).toEqual([
      {
        address: alice,
        firstSeen: start + 1,
        lastSeen: hour + 3_600_000,
        source: 'trade',
        seq: 1,
        accountValue: null,
        ...tracked,
      },
      {
        address: bob,
        firstSeen: start + 1,
        lastSeen: hour + 3_600_000,
        source: 'trade',
        seq: 1,
        accountValue: '9.90',
        ...tracked,
      },
      {
        address: carol,
        firstSeen: start - 5,
        lastSeen: hour - 3_600_000,
        source: 'fill',
        seq: 2,
        accountValue: null,
        ...tracked,
      },
    ]);
  });

  it('keeps the outputs of every stage', async () => {
    const signalRow = { action: 'BUY', net: 0.25 };
    const trace = { because: 'net 0.25 > 0.2', trigger: 'wallet.position', inputs: [] };
    const tier = { tier: 'core', because: 'score 71', tags: [] };
    await store.write(
      batchOf([fillAt(1), fillAt(2)], {
        latest: [
          { ...outputAt(1, 0, refs.traderScore, alice), row: { score: 71 }, stale: false },
          { ...outputAt(2, 1, refs.walletPosition, `${alice}:xyz:NVDA`), row: positionRow(), stale: false },
        ],
        history: [
          {
            ...outputAt(2, 1, refs.walletPosition, `${alice}:xyz:NVDA`),
            row: positionRow(),
            previous: undefined,
          },
          { ...outputAt(2, 2, refs.traderTier, alice), row: tier, previous: undefined },
        ],
        signals: [{ ...outputAt(2, 3, refs.smartMoneyBias, 'BTC'), row: signalRow, trace }],
        alerts: [
          {
            ...outputAt(2, 4, refs.whaleAlert, 'BTC'),
            severity: 'CRITICAL',
            title: 'A whale opened 1.5 NVDA',
            trader: alice,
            expiresAfterMs: 60_000,
            cooldownMs: 1,
            cooldownKey: 'k',
            signal: { seq: 2, index: 3 },
            row: signalRow,
          },
        ],
        decisions: [
          { ...outputAt(2, 5, refs.smartMoneyBias, 'BTC'), emitted: true, trace },
          {
            ...outputAt(2, 6, refs.smartMoneyBias, 'ETH'),
            emitted: false,
            trace: { ...trace, because: 'net 0.1 < 0.2' },
          },
        ],
        faults: [
          {
            seq: 2,
            index: 7,
            plugin: 'sample-plugin',
            handler: 'update',
            code: 'PLUGIN_THREW',
            message: 'no',
            key: undefined,
            tsIngest: start,
          },
        ],
      }),
      meta,
    );

    const { db } = store;
    const times = { tsEvent: start + 2, tsIngest: start + 52, seq: 2 };
    expect(await db.query.rows.findMany()).toEqual([
      {
        ref: 'trader.score',
        version: 1,
        key: alice,
        tsEvent: start + 1,
        tsIngest: start + 51,
        seq: 1,
        index: 0,
        entity: 'trader',
        plugin: 'sample-plugin',
        row: { score: 71 },
        stale: false,
        run: 'run-1',
      },
    ]);
    expect(await db.query.positions.findMany({ with: { trader: true } })).toMatchObject([
      { address: alice, coin: 'xyz:NVDA', size: '1.50', ...times, index: 1, trader: { address: alice } },
    ]);
    expect(await db.query.positionEvents.findMany()).toEqual([
      {
        ...times,
        index: 1,
        address: alice,
        coin: 'xyz:NVDA',
        action: 'OPEN',
        sizeBefore: '0',
        sizeAfter: '1.50',
        price: 100.5,
        notionalUsd: 150.75,
        realisedPnl: null,
        source: 'fill',
        latencyMs: 52,
      },
    ]);
    expect(await db.query.categoryEvents.findMany()).toMatchObject([
      { key: alice, row: tier, previous: null },
    ]);
    expect(await db.query.signals.findMany({ with: { alerts: true } })).toMatchObject([
      { coin: 'BTC', trader: null, row: signalRow, trace, alerts: [{ severity: 'CRITICAL' }] },
    ]);
    expect(await db.query.alerts.findMany({ with: { signal: true } })).toMatchObject([
      { trader: alice, coin: null, expiresAt: start + 52 + 60_000, latencyMs: 50, signal: { index: 3 } },
    ]);
    expect(await db.query.decisions.findMany({ orderBy: { key: 'asc' } })).toMatchObject([
      { key: 'BTC', emitted: true, because: 'net 0.25 > 0.2', trace },
      { key: 'ETH', emitted: false, because: 'net 0.1 < 0.2' },
    ]);
    expect(await db.query.decisionCounts.findMany({ orderBy: { because: 'asc' } })).toEqual([
      { plugin: 'sample-plugin', emitted: false, because: 'net # < #', count: 1 },
      { plugin: 'sample-plugin', emitted: true, because: 'net # > #', count: 1 },
    ]);
    expect(await db.query.faults.findMany()).toMatchObject([{ code: 'PLUGIN_THREW', key: null }]);
  });

  it('keeps the later of two rows of a key', async () => {
    const scoreAt = (seq: number, score: number) => ({
      ...outputAt(seq, 0, refs.traderScore, alice),
      row: { score },
      stale: seq === 3,
    });
    await store.write(batchOf([fillAt(1), fillAt(2)], { latest: [scoreAt(2, 20)] }), meta);
    await store.write(batchOf([fillAt(3)], { latest: [scoreAt(3, 30)] }), { ...meta, run: 'run-2' });

    expect(await store.db.query.rows.findMany()).toMatchObject([
      { seq: 3, row: { score: 30 }, stale: true, run: 'run-2' },
    ]);
  });

  it('stores a batch once, however often it is written', async () => {
    const batch = batchOf([tradeAt(1), tradeAt(2)]);
    await store.write(batch, meta);
    await store.write(batch, meta);
    await store.write(batchOf([tradeAt(1)]), meta);

    expect(await store.query('select seq from trades order by seq')).toEqual([{ seq: 1 }, { seq: 2 }]);
    expect(await store.db.query.filterCounts.findMany()).toEqual([
      { filter: 'trades', outcome: 'kept', count: 2 },
    ]);
    expect(await store.checkpoint()).toBe(2);
  });

  it('stores of a batch that overlaps the checkpoint what is new', async () => {
    const faultAt = (seq: number, index: number) => ({
      seq,
      index,
      plugin: 'p',
      handler: 'update',
      code: 'PLUGIN_THREW',
      message: 'm',
      key: undefined,
      tsIngest: start,
    });
    await store.write(batchOf([tradeAt(1), tradeAt(2)], { faults: [faultAt(2, 0)] }), meta);
    await store.write(
      batchOf([tradeAt(2), tradeAt(3)], { faults: [faultAt(2, 0), faultAt(2, 1), faultAt(3, 0)] }),
      meta,
    );

    expect(await store.query('select seq from trades order by seq')).toEqual([
      { seq: 1 },
      { seq: 2 },
      { seq: 3 },
    ]);
    expect(await store.query('select seq, index from faults order by seq, index')).toEqual([
      { seq: 2, index: 0 },
      { seq: 2, index: 1 },
      { seq: 3, index: 0 },
    ]);
    expect(await store.query('select count from filter_counts')).toEqual([{ count: 3 }]);
  });

  it('refuses a batch when those before it are missing', async () => {
    await store.write(batchOf([tradeAt(1)]), meta);

    await expect(store.write(batchOf([tradeAt(3)]), meta)).rejects.toMatchObject({
      code: 'STORE_BATCH_MISSING',
      kind: 'invariant',
      message: expect.stringContaining('goes on at event 2, found one from 3 to 3'),
    });
  });

  it('keeps the first of two events that are the same, in one batch or in two', async () => {
    const again = { dedupe: 'BTC:1', tsEvent: start + 1 };
    await store.write(batchOf([tradeAt(1), tradeAt(2, { price: '1' }, again)]), meta);
    await store.write(batchOf([tradeAt(3, { price: '2' }, again), tradeAt(4)]), meta);

    expect(await store.query('select seq, price from trades order by seq')).toEqual([
      { seq: 1, price: '117250.50' },
      { seq: 4, price: '117250.50' },
    ]);
    expect(await store.checkpoint()).toBe(4);
  });

  it('stores nothing of a batch with one row that cannot be stored, and goes on with the next', async () => {
    const broken = batchOf([tradeAt(1), fillAt(2, { price: 'a lot' })]);

    await expect(store.write(broken, meta)).rejects.toThrow('Expected a decimal number, found `a lot`');
    expect(await store.query('select * from trades')).toEqual([]);
    expect(await store.checkpoint()).toBe(0);
    await store.write(batchOf([tradeAt(1), fillAt(2)]), meta);
    expect(await store.checkpoint()).toBe(2);
  });

  it('answers readers while a batch is being written, from before it or after it', async () => {
    const events = Array.from({ length: 3_000 }, (_, i) => tradeAt(i + 1));
    const written = store.write(batchOf(events), meta);
    const counts = await Promise.all(
      Array.from({ length: 20 }, () =>
        store.query<{ count: number }>('select count(*) as count from trades'),
      ),
    );
    await written;

    for (const [row] of counts) expect([0, 3_000]).toContain(row?.count);
  });

  it('tells its listeners of each statement of a reader, once', async () => {
    await store.write(batchOf([tradeAt(1)]), meta);
    const statements: string[] = [];
    const stop = store.onStatement(sql => statements.push(sql));
    await store.db.query.traders.findMany({ with: { purchases: { with: { sellerTrader: true } } } });
    await store.query('select 1 as one');
    stop();
    await store.query('select 2 as two');

    expect(statements).toHaveLength(2);
    expect(statements[1]).toBe('select 1 as one');
  });

  it('says what it holds and what its filters did', async () => {
    store = await database.empty();
    await store.write(
      batchOf([
        tradeAt(1),
        tradeAt(2, { size: '0.00001' }),
        bookAt(3, '99', '101'),
        bookAt(4, '99.5', '101'),
        bookAt(5, '99.5', '101', { tsEvent: start + 3 + 600_000 }),
      ]),
      meta,
    );

    const statistics = await store.statistics();

    expect(statistics.tables.find(({ table }) => table === 'trades')).toMatchObject({ rows: 1 });
    expect(statistics.tables.find(({ table }) => table === 'trades')?.bytes).toBeGreaterThan(8192);
    expect(statistics.databaseBytes).toBeGreaterThan(1_000_000);
    expect(statistics.filters).toEqual([
      { filter: 'trades', kept: 1, dropped: 1, share: 0.5 },
      { filter: 'books', kept: 2, dropped: 1, share: 2 / 3 },
      { filter: 'position_snapshots', kept: 0, dropped: 0, share: null },
      { filter: 'position_events', kept: 0, dropped: 0, share: null },
    ]);
  });
});
