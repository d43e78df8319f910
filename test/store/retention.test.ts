import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { candle } from '../../src/plugin-api/index.ts';
import { testDatabases } from '../support/postgres.ts';
import { openSuiteDatabase, type SuiteDatabase } from './open-test-store.ts';
import { alice, batchOf, eventAt, fillAt, hash, meta, tradeAt } from './sample-tape.ts';

const day = 24 * 3600 * 1000;
const now = Date.UTC(2025, 9, 31);

/** A trade so many days before `now`. */
const tradeOf = (seq: number, daysAgo: number, over = {}) =>
  tradeAt(seq, over, { tsEvent: now - daysAgo * day });

async function readParquet(file: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({
    file: await asyncBufferFromFile(file),
    compressors: { ZSTD: bytes => zstdDecompressSync(bytes) },
  });
}

describe.each(testDatabases())('retention on $name', ({ create }) => {
  let database: SuiteDatabase;
  let archiveFolder: string;

  beforeAll(async () => {
    database = await openSuiteDatabase({ create });
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    archiveFolder = await mkdtemp(path.join(tmpdir(), 'hypersonar-archive-'));
  });
  afterEach(() => rm(archiveFolder, { recursive: true, force: true }));

  it('deletes what is older than the table is kept for, by tape time', async () => {
    const store = await database.empty();
    const candleOf = (seq: number, interval: '1m' | '5m' | '15m' | '1h', daysAgo: number) => {
      const openTime = now - daysAgo * day;
      const prices = { open: '1', high: '1', low: '1', close: '1', volume: '1', trades: null };
      return eventAt(seq, candle, 'BTC', {
        coin: 'BTC',
        interval,
        openTime,
        closeTime: openTime + 1,
        ...prices,
      });
    };
    await store.write(
      batchOf([
        tradeOf(1, 90.1),
        tradeOf(2, 90),
        tradeOf(3, 0),
        candleOf(4, '1m', 7.1),
        candleOf(5, '1m', 6.9),
        candleOf(6, '5m', 29),
        candleOf(7, '5m', 31),
        candleOf(8, '15m', 89),
        candleOf(9, '15m', 91),
        candleOf(10, '1h', 900),
      ]),
      meta,
    );

    const retained = await store.retain(now);

    expect(retained.tables.map(({ table, deleted }) => [table, deleted])).toEqual([
      ['trades', 1],
      ['candles', 1],
      ['candles', 1],
      ['candles', 1],
    ]);
    expect(await store.query('select seq from trades order by seq')).toEqual([{ seq: 2 }, { seq: 3 }]);
    expect(await store.query('select seq from candles order by seq')).toEqual(
      [5, 6, 8, 10].map(seq => ({ seq })),
    );
  });

  it('deletes more than one step of rows', async () => {
    const store = await database.empty();
    await store.write(batchOf(Array.from({ length: 5_100 }, (_, i) => tradeOf(i + 1, 100))), meta);

    expect((await store.retain(now)).tables).toMatchObject([{ table: 'trades', deleted: 5_100 }]);
    expect(await store.query('select 1 from trades')).toEqual([]);
  });

  it('moves rows to one file per table and month first, digit by digit', async () => {
    const store = await database.empty({ retention: { archiveFolder } });
    await store.write(
      batchOf([
        tradeAt(1, { price: '117250.50' }, { tsEvent: Date.UTC(2025, 6, 3) }),
        tradeAt(2, {}, { tsEvent: Date.UTC(2025, 5, 30) }),
        tradeAt(3, { price: '0.00000100' }, { tsEvent: Date.UTC(2025, 6, 1) }),
        fillAt(4, { crossed: null, twapId: null }, { tsEvent: Date.UTC(2025, 6, 2) }),
        tradeAt(5, {}, { tsEvent: Date.UTC(2025, 9, 30) }),
      ]),
      { ...meta },
    );
    await store.retain(now);

    expect((await readdir(archiveFolder)).sort()).toEqual([
      'fills-2025-07.parquet',
      'trades-2025-06.parquet',
      'trades-2025-07.parquet',
    ]);
    const july = await readParquet(path.join(archiveFolder, 'trades-2025-07.parquet'));
    // 0.000001 x 0.01 is below the policy's 1,000 USD, so only the first was stored at all.
    expect(july).toEqual([
      {
        ts_event: BigInt(Date.UTC(2025, 6, 3)),
        ts_ingest: expect.any(BigInt),
        seq: 1n,
        event_id: expect.any(BigInt),
        coin: 'BTC',
        price: '117250.50',
        size: '0.01000',
        taker_side: 'buy',
        buyer: alice,
        seller: expect.stringMatching(/^0xb/),
        trade_id: 900_719_925_474_001n,
        hash,
      },
    ]);
    expect(await readParquet(path.join(archiveFolder, 'fills-2025-07.parquet'))).toMatchObject([
      { seq: 4n, crossed: null, twap_id: null, fee: '-0.123456789012345678' },
    ]);
    expect(await store.query('select file, rows from archives order by file')).toEqual([
      { file: 'fills-2025-07.parquet', rows: 1 },
      { file: 'trades-2025-06.parquet', rows: 1 },
      { file: 'trades-2025-07.parquet', rows: 1 },
    ]);
    expect(await store.query('select seq from trades')).toEqual([{ seq: 5 }]);
  });

  it('adds what expires later in the month to the same file', async () => {
    const store = await database.empty({ retention: { archiveFolder } });
    await store.write(batchOf([tradeOf(1, 91), tradeOf(2, 89), tradeOf(3, 88)]), meta);
    const file = path.join(archiveFolder, 'trades-2025-08.parquet');

    await store.retain(now);
    expect((await readParquet(file)).map(({ seq }) => seq)).toEqual([1n]);
    await store.retain(now + 2.5 * day);
    expect((await readParquet(file)).map(({ seq }) => seq)).toEqual([1n, 2n, 3n]);
    expect(await store.query('select seq from trades')).toEqual([]);
  });

  it('holds each row once after a crash between the file and the commit', async () => {
    const store = await database.empty({ retention: { archiveFolder } });
    await store.write(batchOf([tradeOf(1, 91), tradeOf(2, 89)]), meta);
    const file = path.join(archiveFolder, 'trades-2025-08.parquet');
    await store.retain(now);
    const noted = await readFile(file);
    await store.retain(now + 2 * day);
    // As after such a crash: the file has both rows, the database says it has one and still holds the other.
    await store.query('update archives set rows = 1');
    await store.write(
      batchOf([tradeOf(3, 89, {})].map(event => ({ ...event, dedupe: 'BTC:2', seq: 3 }))),
      meta,
    );
    await store.retain(now + 2 * day);

    expect((await readParquet(file)).map(({ seq }) => seq)).toEqual([1n, 3n]);
    expect(noted.length).toBeGreaterThan(0);
  });

  it('deletes nothing when the file of the month is damaged', async () => {
    const store = await database.empty({ retention: { archiveFolder } });
    await store.write(batchOf([tradeOf(1, 91), tradeOf(2, 89)]), meta);
    await store.retain(now);
    await writeFile(path.join(archiveFolder, 'trades-2025-08.parquet'), 'not parquet');

    await expect(store.retain(now + 2 * day)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
    expect(await store.query('select seq from trades')).toEqual([{ seq: 2 }]);
  });
});
