import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStore, openStore } from '../../src/core/store/store.ts';
import * as refs from '../../src/plugin-api/index.ts';
import { testDatabases } from '../support/postgres.ts';
import { openSuiteDatabase, type SuiteDatabase } from './open-test-store.ts';
import { alice, batchOf, bob, bookAt, eventAt, meta, positionAt, start, tradeAt } from './sample-tape.ts';

describe.each(testDatabases())('a store on $name', ({ create }) => {
  let database: SuiteDatabase;
  beforeAll(async () => {
    database = await openSuiteDatabase({ create });
  });
  afterAll(() => database.drop());

  it('refused a batch with two accounts of one wallet whose events had other keys', async () => {
    const store = await database.empty();
    const account = (seq: number, key: string, accountValue: string) =>
      eventAt(seq, refs.account, key, { user: bob, accountValue, totalPnl: null });
    await store.write(batchOf([account(1, bob, '1'), account(2, alice, '2')]), meta);
    expect(await store.query('select account_value::float8 as value from accounts')).toEqual([{ value: 2 }]);
  });

  it('forgot at a restart which book and position it had stored last, when their times go back', async () => {
    const store = await database.empty({ policy: { trackAll: true } });
    const at = (ms: number) => ({ tsEvent: start + ms });
    const first = [
      bookAt(1, '99', '101', at(900)),
      bookAt(2, '199', '201', at(100)),
      positionAt(3, '1', at(900)),
      positionAt(4, '2', at(100)),
    ];
    await store.write(batchOf(first), meta);
    const restarted = createStore(database.engine, { policy: { trackAll: true } });
    // The same as what was stored last, so that neither is stored again.
    await restarted.write(batchOf([bookAt(5, '199', '201', at(200)), positionAt(6, '2', at(200))]), meta);
    const seqs = async (table: string) =>
      (await store.query<{ seq: number }>(`select seq from ${table} order by seq`)).map(({ seq }) => seq);
    expect(await seqs('books')).toEqual([1, 2]);
    expect(await seqs('position_snapshots')).toEqual([3, 4]);
  });
});

describe('a database in memory whose thread has ended', () => {
  it('was tried again for ever: what it held is gone', async () => {
    const created = new Promise<Worker>(resolve => {
      process.once('worker' as never, resolve as never);
    });
    const store = await openStore({ url: 'pglite-memory://' });
    await store.write(batchOf([tradeAt(1)]), meta);
    await (await created).terminate();
    for (const attempt of [
      () => store.write(batchOf([tradeAt(2)]), meta),
      () => store.checkpoint(),
      () => store.write(batchOf([tradeAt(2)]), meta),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'STORE_LOST', kind: 'user' });
    }
    await store.close().catch(() => undefined);
  });
});
