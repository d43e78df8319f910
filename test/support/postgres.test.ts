import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabases } from './postgres.ts';

describe.each(testDatabases())('a test database on $name', ({ name, create }) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await create();
  });
  afterAll(() => database.drop());

  it('has a URL that names its engine', () => {
    expect(new URL(database.url).protocol).toBe(`${name}:`);
  });

  it.runIf(name === 'postgres')('is empty and of its own', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(
      `select count(*)::int as tables from pg_tables where schemaname = 'public'`,
    );
    await client.end();
    expect(rows).toEqual([{ tables: 0 }]);
  });
});
