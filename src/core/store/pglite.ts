import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { drizzle } from 'drizzle-orm/pglite';
import { relations } from '../../schema/tables/relations.ts';
import { codeOf, UserError } from '../errors.ts';
import { lockFolder } from '../tape/folder-lock.ts';
import { explainDatabaseError } from './database-errors.ts';
import {
  createPreparer,
  createQueue,
  type Engine,
  type StatementListener,
  type WriteTransaction,
} from './engine.ts';
import type { PgliteAnswer, PgliteRequest, QueryResult } from './pglite-messages.ts';

type Requested = PgliteRequest extends infer R ? (R extends PgliteRequest ? Omit<R, 'id'> : never) : never;

// Note: the compiler rewrites the endings of imports, not of URLs.
const workerFile = new URL(
  `./pglite-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);

/** Opens PGlite in a thread of its own, in a folder or, without one, in memory. */
export async function openPglite(folder: string | undefined): Promise<Engine> {
  const lock = folder === undefined ? undefined : await lockDatabase(folder);
  const listeners = new Set<StatementListener>();
  const queue = createQueue();
  const preparer = createPreparer();
  let thread: Promise<Thread> | undefined;
  let closed = false;

  /** The running thread; a new one where it ended, as it does when Postgres panics, such as on a full disk. */
  function running(): Promise<Thread> {
    if (closed) throw new Error('The database is closed.');
    thread ??= startThread(folder, () => {
      preparer.forget();
      // Note: what was in memory is lost with its thread; an empty database in its place would be a lie.
      if (folder !== undefined) thread = undefined;
    });
    thread.catch(() => {
      thread = undefined;
    });
    return thread;
  }

  async function read(sql: string, parameters: readonly unknown[], rowMode: 'array' | 'object') {
    for (const listener of listeners) listener(sql);
    return (await running()).ask({ do: 'query', sql, parameters, rowMode, inside: false });
  }

  // The part of PGlite's interface that drizzle uses.
  const client = {
    query: (sql: string, parameters: unknown[] = [], options: { rowMode?: 'array' | 'object' } = {}) =>
      read(sql, parameters, options.rowMode ?? 'object'),
    transaction: <T>(work: (inner: unknown) => Promise<T>) =>
      transaction((_, ask) =>
        work({
          query: (
            sql: string,
            parameters: unknown[] = [],
            options: { rowMode?: 'array' | 'object' } = {},
          ) => {
            for (const listener of listeners) listener(sql);
            return ask({ do: 'query', sql, parameters, rowMode: options.rowMode ?? 'object', inside: true });
          },
        }),
      ),
  };

  function transaction<T>(
    work: (transaction: WriteTransaction, ask: Thread['ask']) => Promise<T>,
  ): Promise<T> {
    return queue(async () => {
      const { ask, transfer } = await running();
      await ask({ do: 'begin' });
      try {
        const result = await work(writeTransaction(ask, transfer, preparer), ask);
        await ask({ do: 'end', commit: true });
        return result;
      } catch (error) {
        preparer.forget();
        await ask({ do: 'end', commit: false }).catch(() => undefined);
        throw error;
      }
    });
  }

  try {
    await running();
  } catch (error) {
    await lock?.release();
    throw explainDatabaseError(error, 'opening');
  }

  return {
    name: 'pglite',
    db: drizzle({ client: client as never, relations }),
    async query<T>(sql: string, parameters: readonly unknown[] = []) {
      try {
        return (await read(sql, parameters, 'object')).rows as T[];
      } catch (error) {
        throw explainDatabaseError(error, 'reading');
      }
    },
    transaction: work =>
      transaction(work).catch(error => {
        throw explainDatabaseError(error, 'writing');
      }),
    onStatement(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      if (closed) return;
      await queue(async () => {
        const last = await thread?.catch(() => undefined);
        closed = true;
        await last?.close();
      });
      await lock?.release();
    },
  };
}

async function lockDatabase(folder: string): Promise<{ release(): Promise<void> }> {
  await mkdir(path.dirname(path.resolve(folder)), { recursive: true });
  await mkdir(folder, { recursive: true });
  return lockFolder(folder).catch(error => {
    if (codeOf(error) !== 'TAPE_LOCKED') throw error;
    throw new UserError(
      'STORE_LOCKED',
      `Expected to be the only process that opens the database in ${folder}, found another one at work: PGlite serves one ` +
        'process. Stop that one, ask it through GraphQL, or use Postgres (DATABASE_URL).',
      { cause: error },
    );
  });
}

function writeTransaction(
  ask: Thread['ask'],
  transfer: Thread['transfer'],
  preparer: ReturnType<typeof createPreparer>,
): WriteTransaction {
  return {
    async query<T>(sql: string, parameters: readonly unknown[] = [], name?: string) {
      return (await ask({ do: 'query', sql, parameters, rowMode: 'object', inside: true, name })).rows as T[];
    },
    prepare: sql =>
      preparer.prepare(sql, text =>
        ask({ do: 'query', sql: text, parameters: [], rowMode: 'object', inside: true }),
      ),
    async copy(target, chunks) {
      const sent: Promise<unknown>[] = [];
      for (const chunk of chunks) {
        // Each chunk is a COPY of its own, so that the thread works on one while the next is encoded.
        const copied = transfer({ do: 'copy', target, data: new Uint8Array(chunk) });
        copied.catch(() => undefined);
        sent.push(copied);
      }
      await Promise.all(sent);
    },
  };
}

interface Thread {
  ask(request: Requested): Promise<QueryResult>;
  /** Like `ask`; gives the data's memory away. */
  transfer(request: Requested & { do: 'copy' }): Promise<QueryResult>;
  close(): Promise<void>;
}

async function startThread(folder: string | undefined, onEnd: () => void): Promise<Thread> {
  const worker = new Worker(workerFile, { name: 'pglite' });
  const waiting = new Map<number, { resolve(result: QueryResult): void; reject(error: Error): void }>();
  let next = 0;
  let ended: Error | undefined;
  let isClosing = false;

  worker.on('message', ({ id, result, error }: PgliteAnswer) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    // Note: an idle database must not keep the process alive; one that owes an answer must.
    if (waiting.size === 0) worker.unref();
    if (error === undefined) asker?.resolve(result ?? { rows: [], fields: [] });
    else asker?.reject(Object.assign(new Error(error.message), error));
  });
  const end = (reason: Error) => {
    if (ended !== undefined) return;
    ended = reason;
    onEnd();
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  };
  /** Note: a folder can be opened again; what was in memory is lost, so that trying again would go on for ever. */
  const endOf = (reason: Error): Error =>
    folder !== undefined || isClosing
      ? reason
      : new UserError(
          'STORE_LOST',
          `Expected the database in memory to go on, found that it ended with everything in it (${reason.message}) ` +
            'Start again; use pglite://<folder> or Postgres (DATABASE_URL) for results that are to last.',
          { cause: reason },
        );
  worker.on('error', error =>
    end(endOf(new Error(`The database's worker ended: ${error.message}.`, { cause: error }))),
  );
  worker.on('exit', status => end(endOf(new Error(`The database's worker ended with ${status}.`))));

  function post(request: Requested, transferred: ArrayBuffer[]): Promise<QueryResult> {
    return new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      const id = next++;
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ ...request, id }, transferred);
    });
  }
  const ask = (request: Requested) => post(request, []);

  await ask({ do: 'open', folder });
  return {
    ask,
    transfer: request => post(request, [request.data.buffer]),
    async close() {
      isClosing = true;
      if (ended !== undefined) return;
      await ask({ do: 'close' });
      await worker.terminate();
    },
  };
}
