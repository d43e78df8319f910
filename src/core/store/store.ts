import type { Logger } from '../../plugin-api/index.ts';
import { UserError } from '../errors.ts';
import type { LatestRow, OutputBatch } from '../event.ts';
import { readCheckpoint } from './checkpoint.ts';
import { explainDatabaseError } from './database-errors.ts';
import type { Database, Engine, StatementListener } from './engine.ts';
import { migratePgliteTables, migratePostgresTables } from './migrate.ts';
import { openPglite } from './pglite.ts';
import { useTemplate } from './pglite-template.ts';
import {
  type RetentionInput,
  retentionSchema,
  type StoragePolicyInput,
  storagePolicySchema,
} from './policy.ts';
import { openPostgres } from './postgres.ts';
import { type Reconciliation, readAnalysis, reconcileRows } from './reconcile.ts';
import { type Retained, retain } from './retention.ts';
import { readStatistics, type StoreStatistics } from './statistics.ts';
import { createStoreWriter, type WriteMeta } from './writer.ts';

export interface StoreOptions {
  /** `pglite://folder`, `pglite-memory://` or `postgres://user:password@host:port/database`. */
  readonly url: string;
  readonly log?: Logger;
  readonly policy?: StoragePolicyInput;
  readonly retention?: RetentionInput;
  /** Folder in which an empty, migrated PGlite database is kept, from which new ones are copied in a fraction of the time. */
  readonly templates?: string | undefined;
}

/** Committed results of the tape: the database behind the platform. */
export interface Store {
  readonly engine: 'pglite' | 'postgres';
  /** Drizzle over all tables and relations, for readers. */
  readonly db: Database;
  /** Runs one statement with `$1` parameters. `bigint` comes back as a number, `numeric` as a string, `bytea` as bytes. */
  query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** Calls a listener with each statement that readers send; returns what ends it. */
  onStatement(listener: StatementListener): () => void;
  /**
   * Stores a batch in one transaction, or not at all. What is stored already is left out, so that a batch may be written again
   * after a failure.
   *
   * Throws a `RetryableError` when the database is gone.
   */
  write(batch: OutputBatch, meta: WriteMeta): Promise<void>;
  /** Seq of the last event whose outputs are stored; 0 for none. */
  checkpoint(): Promise<number>;
  /** By which plugins, versions and configurations the latest rows were made; undefined for an empty database. */
  analysis(): Promise<string | undefined>;
  /** Has the latest rows be those that a pipeline stands at, in one transaction. No batch is written meanwhile. */
  reconcile(rows: Iterable<LatestRow>, how: Reconciliation): Promise<void>;
  statistics(): Promise<StoreStatistics>;
  /** Deletes, after archiving where that is configured, what has expired at a time of the tape. */
  retain(now: number): Promise<Retained>;
  /** Frees the room of replaced rows and refreshes what the planner knows. Done by `retain`, and by the writer when it is due. */
  maintain(): Promise<void>;
  close(): Promise<void>;
}

/** Dead rows after which PGlite, which has no autovacuum, is vacuumed. */
const vacuumAfter = 400_000;

/** Opens the store in the database of a URL. */
export async function openStore(options: StoreOptions): Promise<Store> {
  return createStore(await openDatabase(options), options);
}

/** The store over a database that is open and up to date. */
export function createStore(engine: Engine, options: Omit<StoreOptions, 'url' | 'templates'> = {}): Store {
  const policy = storagePolicySchema.parse(options.policy ?? {});
  const retention = retentionSchema.parse(options.retention ?? {});
  const writer = createStoreWriter(engine, policy);
  let replaced = 0;

  async function maintain(): Promise<void> {
    replaced = 0;
    await engine.query(engine.name === 'pglite' ? 'vacuum (analyze)' : 'analyze');
  }

  return {
    engine: engine.name,
    db: engine.db,
    query: (sql, parameters) => engine.query(sql, parameters),
    onStatement: listener => engine.onStatement(listener),
    async write(batch, meta) {
      await writer.write(batch, meta);
      replaced += writer.takeReplaced();
      if (engine.name === 'pglite' && replaced > vacuumAfter) await maintain();
    },
    checkpoint: async () => (await readCheckpoint(engine)).seq,
    analysis: () => readAnalysis(engine),
    reconcile: (rows, how) => reconcileRows(engine, rows, how),
    statistics: () => readStatistics(engine, policy),
    async retain(now) {
      const retained = await retain({ engine, retention, now, log: options.log });
      await maintain();
      return retained;
    },
    maintain,
    close: () => engine.close(),
  };
}

/** Opens the database of a URL and brings its tables up to date. */
export async function openDatabase({
  url,
  log,
  templates = process.env.HYPERSONAR_PGLITE_TEMPLATES,
}: Pick<StoreOptions, 'url' | 'log' | 'templates'>): Promise<Engine> {
  const scheme = /^([a-z-]+):\/\//.exec(url)?.[1];
  switch (scheme) {
    case 'postgres':
    case 'postgresql': {
      if (!URL.canParse(url)) throw invalidUrl(url.replace(/\/\/.*@/, '//…@'));
      await migratePostgresTables(url);
      return openPostgres(url);
    }
    case 'pglite':
    case 'pglite-memory': {
      const folder = scheme === 'pglite' ? folderOf(url) : undefined;
      const start = performance.now();
      if (folder !== undefined && templates !== undefined) await useTemplate(folder, templates);
      const engine = await openPglite(folder);
      try {
        await migratePgliteTables(engine);
      } catch (error) {
        await engine.close();
        throw explainDatabaseError(error, 'preparing its tables');
      }
      log?.debug('PGlite opened', { folder, ms: Math.round(performance.now() - start) });
      return engine;
    }
    default:
      throw invalidUrl(scheme === undefined ? url : `${scheme}://…`);
  }
}

function folderOf(url: string): string {
  const folder = decodeURIComponent(url.slice('pglite://'.length));
  if (folder === '') throw invalidUrl(url);
  return folder;
}

function invalidUrl(found: string): UserError {
  return new UserError(
    'STORE_URL_INVALID',
    `Expected the database's URL to be pglite://folder, pglite-memory:// or postgres://user:password@host/database, found ` +
      `\`${found}\`. Correct DATABASE_URL.`,
  );
}
