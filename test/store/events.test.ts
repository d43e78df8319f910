import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/store/store.ts';
import * as refs from '../../src/plugin-api/index.ts';
import { testDatabases } from '../support/postgres.ts';
import { openSuiteDatabase, type SuiteDatabase } from './open-test-store.ts';
import {
  alice,
  batchOf,
  bob,
  carol,
  commandAt,
  eventAt,
  fillAt,
  hash,
  meta,
  positionAt,
  start,
  tradeAt,
} from './sample-tape.ts';

describe.each(testDatabases())('events in the store on $name', ({ create }) => {
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

  it('keeps a trade of a venue that names neither wallets nor transactions, and meets nobody in it', async () => {
    const nameless = { buyer: null, seller: null, hash: null, coin: 'venue:BTC-USD' };
    await store.write(batchOf([tradeAt(1, nameless), tradeAt(2, { ...nameless, tradeId: null })]), meta);

    expect(await store.db.query.trades.findMany({ orderBy: { seq: 'asc' } })).toEqual([
      expect.objectContaining({ seq: 1, ...nameless, tradeId: 900_719_925_474_001 }),
      expect.objectContaining({ seq: 2, ...nameless, tradeId: null }),
    ]);
    expect(await store.query('select count(*)::int as count from traders')).toEqual([{ count: 0 }]);
  });

  it('replaces a candle by the one that corrects it, in the same batch or later', async () => {
    const candle = (seq: number, close: string, trades: number) =>
      eventAt(seq, refs.candle, 'BTC', {
        coin: 'BTC',
        interval: '1m',
        openTime: start,
        closeTime: start + 60_000,
        open: '100',
        high: '110',
        low: '90',
        close,
        volume: '1.5',
        trades,
      });
    await store.write(batchOf([candle(1, '100', 1), candle(2, '101', 2)]), meta);
    expect(await store.db.query.candles.findMany()).toEqual([
      expect.objectContaining({ seq: 2, close: '101', trades: 2 }),
    ]);
    await store.write(batchOf([candle(3, '102', 3)]), meta);
    expect(await store.db.query.candles.findMany()).toEqual([
      expect.objectContaining({ seq: 3, close: '102', trades: 3 }),
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
});
