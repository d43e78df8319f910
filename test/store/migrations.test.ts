import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/core/store/store.ts';
import { type TestDatabase, testDatabases } from '../support/postgres.ts';
import { openTestStore } from './open-test-store.ts';
import { batchOf, meta, tradeAt } from './sample-tape.ts';

describe.each(testDatabases())('migrations on $name', ({ name, create }) => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await create();
  });
  afterEach(() => database.drop());

  it('make the tables of an empty database, and leave one that has them as it is', async () => {
    const first = await openStore({ url: database.url });
    await first.write(batchOf([tradeAt(1)]), meta);
    await first.close();
    const second = await openStore({ url: database.url });
    const trades = await second.query('select seq from trades');
    const checkpoint = await second.checkpoint();
    await second.close();

    expect(trades).toEqual([{ seq: 1 }]);
    expect(checkpoint).toBe(1);
  });

  it('refuse a database of a newer version', async () => {
    const newer = await openTestStore(database.url);
    await newer.query(
      `insert into drizzle.__drizzle_migrations (hash, created_at, name) values ('x', 9999999999999, '20991231235959_more')`,
    );
    await newer.close();

    await expect(openTestStore(database.url)).rejects.toMatchObject({
      code: 'STORE_SCHEMA_NEWER',
      kind: 'user',
      message: expect.stringContaining('20991231235959_more is a migration that this version does not know'),
    });
  });

  it.runIf(name === 'postgres')('are applied once when processes start together', async () => {
    const stores = await Promise.all([1, 2, 3, 4].map(() => openStore({ url: database.url })));
    const applied = await stores[0]!.query('select name from drizzle.__drizzle_migrations');
    await Promise.all(stores.map(store => store.close()));

    expect(new Set(applied.map(row => (row as { name: string }).name)).size).toBe(applied.length);
  });

  it.runIf(name === 'pglite')('come with a copied template as they do without', async () => {
    const templates = path.join(path.dirname(database.url.slice('pglite://'.length)), 'templates');
    const first = await openStore({ url: database.url, templates });
    await first.close();
    await rm(database.url.slice('pglite://'.length), { recursive: true });
    const second = await openStore({ url: database.url, templates });
    const tables = await second.query(
      `select 1 from pg_tables where schemaname = 'public' and tablename = 'trades'`,
    );
    await second.close();

    expect(tables).toHaveLength(1);
  });
});

describe('a database URL', () => {
  it.each(['mysql://x/y', 'nonsense', 'pglite://'])('of another kind is refused: %s', async url => {
    await expect(openStore({ url })).rejects.toMatchObject({
      code: 'STORE_URL_INVALID',
      message: expect.stringContaining('pglite://folder, pglite-memory:// or postgres://'),
    });
  });

  it('is not shown with its password', async () => {
    await expect(openStore({ url: 'postgres://user:secret@host:notaport/x' })).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});
