import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStore, type Store } from '../../src/core/store/store.ts';
import { walletPosition } from '../../src/plugin-api/index.ts';
import { testDatabases } from '../support/postgres.ts';
import { openSuiteDatabase, type SuiteDatabase } from './open-test-store.ts';
import {
  alice,
  batchOf,
  bob,
  bookAt,
  carol,
  commandAt,
  meta,
  outputAt,
  positionAt,
  positionRow,
  start,
  tradeAt,
} from './sample-tape.ts';

describe.each(testDatabases())('the storage policy on $name', ({ create }) => {
  let database: SuiteDatabase;

  beforeAll(async () => {
    database = await openSuiteDatabase({ create });
  });
  afterAll(() => database.drop());

  const seqs = async (store: Store, table: string) =>
    (await store.query<{ seq: number }>(`select seq from ${table} order by seq`)).map(({ seq }) => seq);

  it('stores trades from 1,000 USD on', async () => {
    const store = await database.empty();
    await store.write(
      batchOf([
        tradeAt(1, { price: '999.99', size: '1' }),
        tradeAt(2, { price: '1000', size: '1' }),
        tradeAt(3, { price: '0.5', size: '2000' }),
      ]),
      meta,
    );

    expect(await seqs(store, 'trades')).toEqual([2, 3]);
  });

  it('stores small trades of a tracked trader, from the event after it was tracked', async () => {
    const store = await database.empty();
    const small = { price: '1', size: '1' };
    await store.write(
      batchOf([
        tradeAt(1, small),
        commandAt(2, 'track-trader', bob),
        tradeAt(3, small),
        tradeAt(4, { ...small, seller: carol }),
        commandAt(5, 'untrack-trader', bob),
        tradeAt(6, small),
      ]),
      meta,
    );

    expect(await seqs(store, 'trades')).toEqual([3]);
    expect(await store.query('select tracked, tracked_by from traders where address = $1', [bob])).toEqual([
      { tracked: false, tracked_by: 'hand' },
    ]);
  });

  it('knows after a restart who is tracked', async () => {
    const store = await database.empty();
    await store.write(batchOf([commandAt(1, 'track-trader', alice)]), meta);
    const restarted = createStore(database.engine);
    await restarted.write(batchOf([tradeAt(2, { price: '1', size: '1' })]), meta);

    expect(await seqs(restarted, 'trades')).toEqual([2]);
  });

  it('tracks who is selected until the selection lets go, unless somebody decided by hand', async () => {
    const store = await database.empty();
    const small = { price: '1', size: '1', seller: carol };
    const selected = { by: 'selection', tier: 'core' } as const;
    await store.write(
      batchOf([
        commandAt(1, 'track-trader', alice, selected),
        tradeAt(2, { ...small, buyer: alice }),
        commandAt(3, 'track-trader', bob),
        commandAt(4, 'track-trader', bob, selected),
        commandAt(5, 'untrack-trader', bob, { by: 'selection' }),
        tradeAt(6, { ...small, buyer: bob }),
        commandAt(7, 'untrack-trader', alice, { by: 'selection' }),
        tradeAt(8, { ...small, buyer: alice }),
        commandAt(9, 'untrack-trader', carol),
        commandAt(10, 'track-trader', carol, selected),
        tradeAt(11, { ...small, buyer: alice }),
      ]),
      meta,
    );

    expect(await seqs(store, 'trades')).toEqual([2, 6]);
    expect(
      await store.query('select address, tracked, tracked_by, tracked_tier from traders order by address'),
    ).toEqual([
      { address: alice, tracked: false, tracked_by: null, tracked_tier: null },
      { address: bob, tracked: true, tracked_by: 'hand', tracked_tier: null },
      { address: carol, tracked: false, tracked_by: 'hand', tracked_tier: null },
    ]);
  });

  it('keeps since when a trader is tracked through changes of its tier and a restart', async () => {
    const store = await database.empty();
    const first = commandAt(1, 'track-trader', alice, { by: 'selection', tier: 'core' });
    await store.write(batchOf([first]), meta);
    const restarted = createStore(database.engine);
    await restarted.write(
      batchOf([
        commandAt(2, 'track-trader', alice, { by: 'selection', tier: 'alert' }),
        commandAt(3, 'track-trader', bob),
        commandAt(4, 'untrack-trader', bob),
        commandAt(5, 'track-trader', bob),
      ]),
      meta,
    );

    const found = await restarted.query<{ address: string; tracked_tier: string | null; since: number }>(
      'select address, tracked_tier, tracked_since::float8 as since from traders order by address',
    );
    expect(found).toEqual([
      { address: alice, tracked_tier: 'alert', since: first.tsEvent },
      { address: bob, tracked_tier: null, since: commandAt(5, 'track-trader', bob).tsEvent },
    ]);
  });

  it('goes back to keeping everybody where the selection lets go of a trader in a replay', async () => {
    const store = await database.empty({ policy: { trackAll: true } });
    await store.write(
      batchOf([
        tradeAt(1, { buyer: alice, seller: alice }),
        commandAt(2, 'track-trader', alice, { by: 'selection', tier: 'extended' }),
        commandAt(3, 'untrack-trader', alice, { by: 'selection' }),
        tradeAt(4, { price: '1', size: '1', buyer: alice, seller: alice }),
      ]),
      meta,
    );

    expect(await seqs(store, 'trades')).toEqual([1, 4]);
    expect(await store.query('select tracked, tracked_by, tracked_since from traders')).toEqual([
      { tracked: true, tracked_by: 'tape', tracked_since: null },
    ]);
  });

  it('stores position events of tracked traders, and the last position of everybody', async () => {
    const store = await database.empty();
    const changeAt = (seq: number, wallet: string, over = {}) => ({
      ...outputAt(seq, 0, walletPosition, `${wallet}:BTC`),
      row: positionRow(over),
      previous: undefined,
    });
    await store.write(
      batchOf([commandAt(1, 'track-trader', alice), tradeAt(2), tradeAt(3), tradeAt(4)], {
        history: [changeAt(2, alice), changeAt(3, bob), changeAt(4, alice, { action: null })],
      }),
      meta,
    );

    expect(await seqs(store, 'position_events')).toEqual([2]);
    expect(await store.query('select address, seq from positions order by address')).toEqual([
      { address: alice, seq: 4 },
      { address: bob, seq: 3 },
    ]);
  });

  it('keeps everybody tracked in a replay, but for who was untracked by hand', async () => {
    const store = await database.empty({ policy: { trackAll: true } });
    const small = { price: '1', size: '1', buyer: bob, seller: bob };
    await store.write(
      batchOf([tradeAt(1, small), commandAt(2, 'untrack-trader', bob), tradeAt(3, small)]),
      meta,
    );

    expect(await seqs(store, 'trades')).toEqual([1]);
  });

  it('stores a book when the mid moved by more than 1 % or ten minutes have passed', async () => {
    const store = await database.empty();
    const at = (seq: number, bid: string, ask: string, afterMs: number) =>
      bookAt(seq, bid, ask, { tsEvent: start + afterMs });
    await store.write(batchOf([at(1, '99', '101', 0), at(2, '100', '102', 1_000)]), meta);
    await store.write(
      batchOf([
        at(3, '100.01', '102', 2_000), // mid 101.005, 1.005 % above 100
        at(4, '100.01', '102', 601_999),
        at(5, '100.01', '102', 602_000),
      ]),
      meta,
    );

    expect(await seqs(store, 'books')).toEqual([1, 3, 5]);
  });

  it('stores a position snapshot when the size changed by more than 0.01 % or ten minutes have passed', async () => {
    const store = await database.empty();
    const at = (seq: number, size: string, afterMs: number) =>
      positionAt(seq, size, { tsEvent: start + afterMs });
    await store.write(
      batchOf([
        at(1, '10000', 0),
        at(2, '10001', 1),
        at(3, '10001.01', 2),
        at(4, '10001.01', 600_001),
        at(5, '10001.01', 600_002),
        at(6, '0', 600_003),
      ]),
      meta,
    );

    expect(await seqs(store, 'position_snapshots')).toEqual([1, 3, 5, 6]);
  });

  it('refuses a policy with an unknown setting', async () => {
    await expect(database.empty({ policy: { tradeMinimum: 5 } as never })).rejects.toThrow(/tradeMinimum/);
  });
});
