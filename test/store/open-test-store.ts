import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Engine } from '../../src/core/store/engine.ts';
import {
  createStore,
  openDatabase,
  openStore,
  type Store,
  type StoreOptions,
} from '../../src/core/store/store.ts';
import type { TestDatabase, TestEngine } from '../support/postgres.ts';

const templates = path.join(tmpdir(), 'hypersonar-templates');

/** Opens a store quickly: new PGlite folders are copies of one that is made once for each set of migrations. */
export function openTestStore(url: string, options: Omit<StoreOptions, 'url'> = {}): Promise<Store> {
  return openStore({ url, templates, ...options });
}

/** One database for a whole suite. */
export interface SuiteDatabase {
  readonly url: string;
  readonly engine: Engine;
  /** A store over empty tables, which has seen nothing yet. Not to be closed. */
  empty(options?: Omit<StoreOptions, 'url'>): Promise<Store>;
  drop(): Promise<void>;
}

/** Opens one database, in which each test may begin anew: opening one for each test would take most of the time. */
export async function openSuiteDatabase({ create }: Pick<TestEngine, 'create'>): Promise<SuiteDatabase> {
  const database: TestDatabase = await create();
  const engine = await openDatabase({ url: database.url, templates });
  const tables = await engine.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  );
  return {
    url: database.url,
    engine,
    async empty(options = {}) {
      await engine.query(`truncate ${tables.map(({ name }) => name).join(', ')}`);
      return createStore(engine, options);
    },
    async drop() {
      await engine.close();
      await database.drop();
    },
  };
}
