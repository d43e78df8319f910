import type { PgAsyncDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { relations } from '../../schema/tables/relations.ts';

/** The drizzle handle over all tables and relations, for readers. */
export type Database = PgAsyncDatabase<PgQueryResultHKT, typeof relations>;

/** Called with the text of each SQL statement that a reader sends. */
export type StatementListener = (sql: string) => void;

/**
 * One of the two databases. Readers use `db` and `query`; the writer, of which there is one, uses `transaction`.
 */
export interface Engine {
  readonly name: 'pglite' | 'postgres';
  readonly db: Database;
  /** Runs one statement with `$1` parameters. `bigint` comes back as a number, `numeric` as a string, `bytea` as bytes. */
  query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /**
   * Runs work in one transaction on the writer's connection: committed when it resolves, rolled back when it rejects. Calls
   * wait for each other.
   */
  transaction<T>(work: (transaction: WriteTransaction) => Promise<T>): Promise<T>;
  /** Listens to the readers' statements; returns what ends it. */
  onStatement(listener: StatementListener): () => void;
  close(): Promise<void>;
}

export interface WriteTransaction {
  /** Runs a statement; one with a name is parsed once for each connection, where the engine can do that. */
  query<T>(sql: string, parameters?: readonly unknown[], name?: string): Promise<T[]>;
  /** Runs a statement once for each connection: one that makes a temporary table. */
  prepare(sql: string): Promise<void>;
  /**
   * Sends rows of the binary COPY format, without header and trailer. `target` is the table with its columns in brackets. A
   * chunk may be overwritten when the next but one is asked for.
   */
  copy(target: string, chunks: Iterable<Uint8Array>): Promise<void>;
}

/** Remembers which statements a connection has seen; `forget` when they were rolled back. */
export function createPreparer(): {
  prepare(sql: string, run: (sql: string) => Promise<unknown>): Promise<void>;
  forget(): void;
} {
  const seen = new Set<string>();
  return {
    async prepare(sql, run) {
      if (seen.has(sql)) return;
      seen.add(sql);
      await run(sql);
    },
    forget: () => seen.clear(),
  };
}

/** Runs tasks one after the other; a failed one does not stop those behind it. */
export function createQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return task => {
    const result = last.then(task, task);
    last = result.catch(() => undefined);
    return result;
  };
}
