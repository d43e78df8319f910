import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/store/store.ts';
import { testDatabases } from '../support/postgres.ts';
import { openSuiteDatabase, openTestStore, type SuiteDatabase } from './open-test-store.ts';
import { alice, batchOf, commandAt, meta, tradeAt } from './sample-tape.ts';

const engines = testDatabases();

/** Has the database itself fail, with an error code, when an operator's command is stored. */
const failOnCommands = (code: string, message: string) => [
  `create or replace function fail() returns trigger language plpgsql as
   $$ begin raise exception '${message}' using errcode = '${code}'; end $$`,
  'create or replace trigger fail before insert on commands for each row execute function fail()',
];

describe.each(engines)('a fault of the database on $name', ({ create }) => {
  let database: SuiteDatabase;
  let store: Store;

  beforeAll(async () => {
    database = await openSuiteDatabase({ create });
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await database.engine.query('drop trigger if exists fail on commands');
    store = await database.empty();
  });

  it('says what to do when the disk is full, and has stored nothing', async () => {
    for (const sql of failOnCommands('53100', 'could not extend file: No space left on device')) {
      await store.query(sql);
    }
    const batch = batchOf([tradeAt(1), commandAt(2, 'track-trader', alice)]);

    await expect(store.write(batch, meta)).rejects.toMatchObject({
      code: 'STORE_DISK_FULL',
      kind: 'user',
      message: expect.stringMatching(
        /found none \(could not extend file.*Nothing of the batch was stored.*Free some space/,
      ),
    });
    expect(await store.query('select * from trades')).toEqual([]);
    expect(await store.checkpoint()).toBe(0);
    await store.query('drop trigger fail on commands');
    await store.write(batch, meta);
    expect(await store.query('select seq from trades')).toEqual([{ seq: 1 }]);
  });

  it('may be tried again when the server was short of something', async () => {
    for (const sql of failOnCommands('53200', 'out of memory')) await store.query(sql);

    await expect(store.write(batchOf([commandAt(1, 'track-trader', alice)]), meta)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      kind: 'retryable',
    });
  });

  it('halts when another writer has moved the checkpoint', async () => {
    await store.write(batchOf([tradeAt(1)]), meta);
    await store.query(`update meta set value = '{"seq": 5, "index": -1}' where key = 'checkpoint'`);

    await expect(store.write(batchOf([tradeAt(2)]), meta)).rejects.toMatchObject({
      code: 'STORE_CHECKPOINT_MOVED',
      kind: 'invariant',
    });
    expect(await store.query('select seq from trades')).toEqual([{ seq: 1 }]);
  });

  it('refuses a second writer of the same database', async () => {
    await store.write(batchOf([tradeAt(1)]), meta);

    const second = openTestStore(database.url).then(async other => {
      try {
        await other.write(batchOf([tradeAt(2)]), meta);
      } finally {
        await other.close();
      }
    });

    await expect(second).rejects.toMatchObject({ code: 'STORE_LOCKED', kind: 'user' });
  });
});

describe.runIf(engines.some(({ name }) => name === 'postgres'))('a Postgres connection that is lost', () => {
  let database: SuiteDatabase;

  beforeAll(async () => {
    database = await openSuiteDatabase(engines.find(({ name }) => name === 'postgres')!);
  });
  afterAll(() => database.drop());

  const kill = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and query not like '%pg_stat_activity%'`;

  it('in mid-write rolls the batch back, and the next attempt stores it once', async () => {
    const store = await database.empty();
    await store.query(`create or replace function slow() returns trigger language plpgsql as
      $$ begin perform pg_sleep(30); return new; end $$`);
    await store.query('create trigger slow before insert on commands for each row execute function slow()');
    const batch = batchOf([tradeAt(1), commandAt(2, 'track-trader', alice)]);
    const first = store.write(batch, meta).catch(error => error);
    while ((await store.query(`select 1 from pg_stat_activity where wait_event = 'PgSleep'`)).length === 0);
    await store.query(kill);

    expect(await first).toMatchObject({ code: 'STORE_UNAVAILABLE', kind: 'retryable' });
    await store.query('drop trigger slow on commands');
    expect(await store.query('select * from trades')).toEqual([]);
    await store.write(batch, meta);
    await store.write(batch, meta);
    expect(await store.query('select seq from trades')).toEqual([{ seq: 1 }]);
    expect(await store.query('select seq from commands')).toEqual([{ seq: 2 }]);
  });

  it('between two batches is made anew', async () => {
    const store = await database.empty();
    await store.write(batchOf([tradeAt(1)]), meta);
    await store.query(kill);
    let seq = 2;
    // The first write may still meet the dead connection.
    await store.write(batchOf([tradeAt(seq)]), meta).catch(async error => {
      expect(error).toMatchObject({ kind: 'retryable' });
      await store.write(batchOf([tradeAt(seq)]), meta);
    });
    seq = 3;
    await store.write(batchOf([tradeAt(seq)]), meta);

    expect(await store.query('select seq from trades order by seq')).toEqual([
      { seq: 1 },
      { seq: 2 },
      { seq: 3 },
    ]);
  });

  it('to a server that is not there is a clear error', async () => {
    await expect(openTestStore('postgres://nobody@127.0.0.1:9/none')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('to a database that is not there says how to make it', async () => {
    const url = new URL(database.url);
    url.pathname = '/not_there';

    await expect(openTestStore(url.href)).rejects.toMatchObject({
      code: 'STORE_ACCESS',
      message: expect.stringMatching(/"not_there" does not exist.*createdb/),
    });
  });
});

describe.each(engines)('a writer that is killed on $name', ({ create }) => {
  it('has stored each event up to its checkpoint once, whenever that was', async () => {
    const database = await create();
    try {
      await (await openTestStore(database.url)).close();
      let before = 0;
      for (const waitMs of [40, 5, 90]) {
        await writeUntilKilled(database.url, waitMs);
        const store = await openTestStore(database.url);
        const checkpoint = await store.checkpoint();
        const [trades] = await store.query(
          'select count(*) as count, count(distinct seq) as seqs, coalesce(max(seq), 0) as last from trades',
        );
        const [counted] = await store.query<{ count: number }>(
          'select sum(count)::bigint as count from filter_counts',
        );
        await store.close();

        expect(trades).toEqual({ count: checkpoint, seqs: checkpoint, last: checkpoint });
        expect(counted).toEqual({ count: checkpoint });
        expect(checkpoint).toBeGreaterThan(before);
        before = checkpoint;
      }
    } finally {
      await database.drop();
    }
  });
});

const writerFile = fileURLToPath(new URL('./endless-writer.ts', import.meta.url));

/** Lets a process write batches and kills it some time after it has stored the first. */
async function writeUntilKilled(url: string, waitMs: number): Promise<void> {
  const child = spawn(process.execPath, [writerFile, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  await new Promise(resolve => setTimeout(resolve, waitMs));
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
}
