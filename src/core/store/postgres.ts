import { Socket } from 'node:net';
import { drizzle } from 'drizzle-orm/postgres-js';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import postgres, { type Options, type PostgresType } from 'postgres';
import { relations } from '../../schema/tables/relations.ts';
import { UserError } from '../errors.ts';
import { copyHeader, copyTrailer } from './copy-buffer.ts';
import { explainDatabaseError } from './database-errors.ts';
import {
  createPreparer,
  createQueue,
  type Engine,
  type StatementListener,
  type WriteTransaction,
} from './engine.ts';

/** Session lock of the one writer of a database: the text `hypersonar` as a number. */
const writerLock = '7525073';
const connectTimeoutMs = 10_000;
/** How long the server may take to notice that a killed writer is gone. */
const lockPatienceMs = 5_000;

const sessionSettings = {
  TimeZone: 'UTC',
  client_min_messages: 'warning',
};

/** Options of a postgres.js client that we use for `url`. */
function clientOptions(url: string, max: number): Options<Record<string, PostgresType>> {
  const { hostname, port } = new URL(url);
  const overTcp = hostname !== '' && !decodeURIComponent(hostname).startsWith('/');
  return {
    max,
    onnotice: () => undefined,
    connection: sessionSettings,
    connect_timeout: connectTimeoutMs / 1000,
    // Note: postgres.js leaves Nagle's algorithm on, which makes small requests wait up to 45 ms for an acknowledgement.
    ...(overTcp
      ? {
          socket: () => {
            const host = decodeURIComponent(hostname).replace(/^\[|\]$/g, '');
            const socket = Object.assign(new Socket(), { host });
            socket.setNoDelay(true);
            return socket.connect(Number(port || 5432), host);
          },
        }
      : {}),
  } as Options<Record<string, PostgresType>>;
}

/** A postgres.js client with one connection, for a short task. */
export function connectOnce(url: string): postgres.Sql {
  return postgres(url, clientOptions(url, 1));
}

/** Uses a Postgres server. Its tables must be there; nothing is connected before it is needed. */
export function openPostgres(url: string): Engine {
  const listeners = new Set<StatementListener>();
  const options = clientOptions(url, 4);
  const debug = (_connection: number, sql: string) => {
    // Note: the driver's own question for the types of arrays, once for each connection, is nobody's statement.
    if (sql.includes('typarray')) return;
    for (const listener of listeners) listener(sql);
  };
  const readers = postgres(url, { ...options, debug });
  // Note: drizzle changes the parsers of the client that it is given, so raw queries have a client of their own.
  const raw = postgres(url, {
    ...options,
    debug,
    types: {
      int8: { to: 20, from: [20], serialize: String, parse: Number },
    },
  });
  const queue = createQueue();
  let writer: pg.Client | undefined;
  const preparer = createPreparer();

  async function connectWriter(): Promise<pg.Client> {
    if (writer !== undefined) return writer;
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      options: Object.entries(sessionSettings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    });
    // Note: a connection may end between two transactions; without a listener that would end the process.
    client.on('error', () => drop(client));
    client.on('end', () => drop(client));
    await client.connect();
    client.setTypeParser(20, Number);
    const deadline = performance.now() + lockPatienceMs;
    for (;;) {
      const { rows } = await client.query<{ locked: boolean }>(
        `select pg_try_advisory_lock(${writerLock}) as locked`,
      );
      if (rows[0]?.locked === true) break;
      if (performance.now() > deadline) {
        await client.end();
        throw new UserError(
          'STORE_LOCKED',
          'Expected to be the only writer of the database, found another process that writes it. ' +
            'Stop that one, or give this one a database of its own.',
        );
      }
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    writer = client;
    preparer.forget();
    return client;
  }

  function drop(client: pg.Client): void {
    if (writer === client) writer = undefined;
  }

  return {
    name: 'postgres',
    db: drizzle({ client: readers, relations }),
    async query<T>(sql: string, parameters: readonly unknown[] = []) {
      try {
        return [...(await raw.unsafe(sql, parameters as never[]))] as T[];
      } catch (error) {
        throw explainDatabaseError(error, 'reading');
      }
    },
    transaction: work =>
      queue(async () => {
        let client: pg.Client | undefined;
        try {
          client = await connectWriter();
          const result = await work(writeTransaction(client, preparer));
          await client.query('commit');
          return result;
        } catch (error) {
          preparer.forget();
          // Note: where the rollback cannot be sent, the server has rolled back by itself.
          await client?.query('rollback').catch(() => client && discard(client));
          throw explainDatabaseError(error, 'writing');
        }
      }),
    onStatement(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await queue(async () => {
        const client = writer;
        writer = undefined;
        await client?.end();
      });
      await Promise.all([readers.end({ timeout: 5 }), raw.end({ timeout: 5 })]);
    },
  };

  function discard(client: pg.Client): void {
    drop(client);
    client.end().catch(() => undefined);
  }
}

function writeTransaction(client: pg.Client, preparer: ReturnType<typeof createPreparer>): WriteTransaction {
  let last: Promise<unknown> = client.query('begin');
  last.catch(() => undefined);
  /** Runs a statement after those before it, unless one of them failed. */
  function inTurn<T>(statement: () => Promise<T>): Promise<T> {
    const result = last.then(statement);
    result.catch(() => undefined);
    last = result;
    return result;
  }
  return {
    query: <T>(sql: string, parameters: readonly unknown[] = [], name?: string) =>
      inTurn(async () => {
        const values = parameters as unknown[];
        const { rows } = await client.query(
          name === undefined ? { text: sql, values } : { text: sql, values, name },
        );
        return rows as T[];
      }),
    prepare: sql => inTurn(() => preparer.prepare(sql, text => client.query(text))),
    copy(target, chunks) {
      const rest = chunks[Symbol.iterator]();
      // The first chunk is encoded while the statement before is at work.
      const first = rest.next();
      return inTurn(() => copy(client, `copy ${target} from stdin with (format binary)`, first, rest));
    },
  };
}

/**
 * Note: `pg` and not postgres.js, whose COPY hangs for ever when it fails at its end. A chunk is given to the socket before the
 * next one is made, so that the server works on one while we encode the other.
 */
async function copy(
  client: pg.Client,
  sql: string,
  first: IteratorResult<Uint8Array>,
  rest: Iterator<Uint8Array>,
): Promise<void> {
  const stream = client.query(copyFrom(sql, { highWaterMark: 1 << 16 }));
  let failure: Error | undefined;
  const done = new Promise<void>((resolve, reject) => {
    stream.once('finish', resolve);
    stream.on('error', (error: Error) => {
      failure ??= error;
      reject(error);
    });
  });
  done.catch(() => undefined);
  const write = (chunk: Uint8Array) => {
    const written = new Promise<void>((resolve, reject) => {
      stream.write(chunk, error => (error ? reject(error) : resolve()));
      done.then(resolve, reject);
    });
    written.catch(() => undefined);
    return written;
  };
  try {
    let written = write(copyHeader);
    for (let next = first; next.done !== true; next = rest.next()) {
      await written;
      written = write(next.value);
    }
    await written;
    stream.end(copyTrailer);
  } catch (error) {
    if (failure === undefined) stream.destroy(error instanceof Error ? error : new Error(String(error)));
    await done.catch(() => undefined);
    throw failure !== undefined && failure !== error ? failure : error;
  }
  await done;
}
