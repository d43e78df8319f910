import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LatestRow } from '../../src/core/event.ts';
import type { Store } from '../../src/core/store/store.ts';
import { feature, integer, traderScore, traderTier, walletPosition } from '../../src/plugin-api/index.ts';
import { testDatabases } from '../support/postgres.ts';
import { openSuiteDatabase, type SuiteDatabase } from './open-test-store.ts';
import { alice, batchOf, bob, carol, fillAt, meta, outputAt, positionRow } from './sample-tape.ts';

const fresh = feature({
  id: 'wallet.fresh',
  version: 1,
  entity: 'trader',
  doc: 'A ref that is new.',
  fields: { count: integer({ unit: 'count', doc: 'A count.' }) },
});
const score = (seq: number, key: string, value: number | undefined, stale = false): LatestRow => ({
  ...outputAt(seq, 0, traderScore, key),
  row: value === undefined ? undefined : { score: value },
  stale,
});
const position = (seq: number, key: string, size: string | undefined, stale = false): LatestRow => ({
  ...outputAt(seq, 1, walletPosition, key),
  row: size === undefined ? undefined : positionRow({ size }),
  stale,
});
const refs = [traderScore, walletPosition, fresh];

describe.each(testDatabases())('latest rows that other plugins made, on $name', ({ create }) => {
  let database: SuiteDatabase;
  let store: Store;

  beforeAll(async () => {
    database = await openSuiteDatabase({ create });
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    store = await database.empty({ policy: { trackAll: true } });
    await store.write(
      batchOf([fillAt(1), fillAt(2)], {
        latest: [
          score(1, alice, 10),
          score(1, bob, 20),
          score(1, carol, 30),
          position(1, `${alice}:BTC`, '1'),
          position(1, `${bob}:BTC`, '2'),
          position(1, `${carol}:xyz:NVDA`, '3'),
          { ...outputAt(1, 2, traderTier, alice), row: { tier: 'core' }, stale: false },
        ],
      }),
      meta,
    );
  });

  const rows = () =>
    store.query(`select ref, key, row->>'score' as score, stale, seq, run from rows order by ref, key`);
  const positions = () =>
    store.query(`select address, coin, size, stale, seq from positions order by address`);

  it('are replaced where they differ, added and removed; equal ones and those of other refs are left alone', async () => {
    expect(await store.analysis()).toBeUndefined();
    await store.reconcile(
      [
        score(2, alice, 10),
        score(2, bob, 21),
        position(2, `${alice}:BTC`, '1'),
        position(2, `${bob}:BTC`, '2.5', true),
        { ...outputAt(2, 0, fresh, carol), row: { count: 1 }, stale: false },
      ],
      { run: 'run-2', analysis: 'b', refs, complete: true },
    );

    expect(await rows()).toEqual([
      { ref: 'trader.score', key: alice, score: '10', stale: false, seq: 1, run: 'run-1' },
      { ref: 'trader.score', key: bob, score: '21', stale: false, seq: 2, run: 'run-2' },
      { ref: 'trader.tier', key: alice, score: null, stale: false, seq: 1, run: 'run-1' },
      { ref: 'wallet.fresh', key: carol, score: null, stale: false, seq: 2, run: 'run-2' },
    ]);
    expect(await positions()).toEqual([
      { address: alice, coin: 'BTC', size: '1', stale: false, seq: 1 },
      { address: bob, coin: 'BTC', size: '2.5', stale: true, seq: 2 },
    ]);
    expect(await store.analysis()).toBe('b');
    expect(await store.checkpoint()).toBe(2);
  });

  it('are marked where they stand and cannot be made again', async () => {
    await store.reconcile(
      [score(2, alice, undefined, true), position(2, `${carol}:xyz:NVDA`, undefined, true)],
      { run: 'run-2', analysis: 'b', refs, complete: true },
    );

    expect(await rows()).toMatchObject([
      { ref: 'trader.score', key: alice, score: '10', stale: true, seq: 2 },
      { ref: 'trader.tier' },
    ]);
    expect(await positions()).toEqual([{ address: carol, coin: 'xyz:NVDA', size: '3', stale: true, seq: 2 }]);
  });

  it('are only added to where the tape does not reach back to its beginning', async () => {
    await store.reconcile(
      [score(2, bob, 1), { ...outputAt(2, 0, fresh, carol), row: { count: 1 }, stale: false }],
      {
        run: 'run-2',
        analysis: 'b',
        refs,
        complete: false,
      },
    );

    expect(await rows()).toMatchObject([
      { key: alice, score: '10' },
      { key: bob, score: '20' },
      { key: carol, score: '30' },
      { ref: 'trader.tier' },
      { ref: 'wallet.fresh', key: carol },
    ]);
    expect(await positions()).toHaveLength(3);
  });

  it('go on with batches as if these had told them', async () => {
    await store.reconcile([score(2, alice, 11)], { run: 'run-2', analysis: 'b', refs, complete: true });
    await store.write(batchOf([fillAt(3)], { latest: [score(3, alice, 12), score(3, bob, 5)] }), meta);

    expect(await rows()).toMatchObject([{ key: alice, score: '12' }, { key: bob, score: '5' }, {}]);
  });
});
