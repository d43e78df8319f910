import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator';
import { UserError } from '../errors.ts';
import { explainDatabaseError } from './database-errors.ts';
import type { Engine } from './engine.ts';
import { connectOnce } from './postgres.ts';

/** Where the migrations lie, in the source tree as in the package. */
export const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url));

/** Session lock under which a database is migrated, so that processes that start together do not do it twice. */
const migrationLock = '7525072';

type Query = <T>(sql: string) => Promise<T[]>;

/** Brings the tables of a PGlite database up to date. */
export async function migratePgliteTables(engine: Engine): Promise<void> {
  await refuseNewer(sql => engine.query(sql));
  await migratePglite(engine.db as never, { migrationsFolder });
}

/** Brings the tables of a Postgres database up to date. */
export async function migratePostgresTables(url: string): Promise<void> {
  const client = connectOnce(url);
  try {
    await client.unsafe(`select pg_advisory_lock(${migrationLock})`);
    await refuseNewer(async <T>(sql: string) => [...(await client.unsafe(sql))] as T[]);
    await migratePostgres(drizzle({ client }), { migrationsFolder });
  } catch (error) {
    throw explainDatabaseError(error, 'preparing its tables');
  } finally {
    await client.end({ timeout: 5 });
  }
}

async function refuseNewer(query: Query): Promise<void> {
  const [table] = await query<{ found: boolean }>(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as found`,
  );
  if (table?.found !== true) return;
  const known = new Set(readMigrationFiles({ migrationsFolder }).map(({ name }) => name));
  const applied = await query<{ name: string }>('select name from drizzle.__drizzle_migrations order by id');
  const unknown = applied.map(({ name }) => name).filter(name => !known.has(name));
  if (unknown.length === 0) return;
  throw new UserError(
    'STORE_SCHEMA_NEWER',
    `Expected a database of this version or an older one, found one of a newer version: ${unknown.join(', ')} ` +
      `${unknown.length === 1 ? 'is a migration' : 'are migrations'} that this version does not know. ` +
      'Use the newer version, or give this one a database of its own.',
  );
}
