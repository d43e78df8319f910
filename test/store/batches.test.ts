import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/store/store.ts';
import { mark } from '../../src/plugin-api/index.ts';
import { testDatabases } from '../support/postgres.ts';
import { openSuiteDatabase, type SuiteDatabase } from './open-test-store.ts';
import { batchOf, bookAt, eventAt, fillAt, meta, start, tradeAt } from './sample-tape.ts';

/**
 * Bytes of `tradeAt`'s row as it is sent: 2 for the number of columns, 4 for the length of each of the 12, five integers of 8,
 * `BTC`, `buy`, two addresses of 42, a hash of 32, and decimals of 8 and 2 for each four digits: 14 and 10.
 */
const tradeBytes = 2 + 12 * 4 + 5 * 8 + 3 + 3 + 2 * 42 + 32 + 14 + 10;

describe.each(testDatabases())('batches in the store on $name', ({ create }) => {
  let database: SuiteDatabase;
  let store: Store;

  beforeAll(async () => {
    database = await openSuiteDatabase({ create });
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    store = await database.empty({ policy: { trackAll: true } });
  });

  it('stores a batch once, however often it is written', async () => {
    const batch = batchOf([tradeAt(1), tradeAt(2)]);
    await store.write(batch, meta);
    await store.write(batch, meta);
    await store.write(batchOf([tradeAt(1)]), meta);

    expect(await store.query('select seq from trades order by seq')).toEqual([{ seq: 1 }, { seq: 2 }]);
    expect(await store.db.query.filterCounts.findMany()).toEqual([
      { filter: 'trades', outcome: 'kept', count: 2, bytes: 2 * tradeBytes, measured: 2 },
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
    const none = { kept: 0, dropped: 0, share: null, keptBytes: 0, droppedBytes: 0 };
    expect(statistics.filters).toEqual([
      // Of one dropped row none is measured: it counts as large as the others.
      {
        ...{ filter: 'trades', kept: 1, dropped: 1, share: 0.5 },
        ...{ keptBytes: tradeBytes, droppedBytes: tradeBytes },
      },
      // 77 bytes without the two sides, which are JSON of 38 to 40 bytes behind a byte for its version.
      { filter: 'books', kept: 2, dropped: 1, share: 2 / 3, keptBytes: 156 + 158, droppedBytes: 157 },
      { filter: 'position_snapshots', ...none },
      { filter: 'position_events', ...none },
      { filter: 'orders', ...none },
    ]);
    expect(statistics.storedShare).toBeCloseTo((236 + 314) / (236 * 2 + 157 * 3), 12);
  });

  it('counts what tables could hold of which they keep the last word', async () => {
    store = await database.empty();
    const markAt = (seq: number, coin: string) =>
      eventAt(seq, mark, coin, {
        ...{ coin, mark: `${100 + seq}`, mid: null, oracle: null, openInterest: null, dayVolumeUsd: null },
      });
    const marks = [markAt(1, 'BTC'), markAt(2, 'BTC'), markAt(3, 'BTC'), markAt(4, 'ETH')];
    await store.write(batchOf(marks), meta);
    const found = (await store.statistics()).filters.find(({ filter }) => filter === 'marks')!;
    expect(found).toMatchObject({ kept: 2, dropped: 2, share: 0.5 });
    const days = await store.query('select coin, mark::text as mark from mark_days order by coin');
    expect(days).toEqual([
      { coin: 'BTC', mark: '103' },
      { coin: 'ETH', mark: '104' },
    ]);
  });
});
