import { parentPort } from 'node:worker_threads';
import { PGlite, type Transaction, types } from '@electric-sql/pglite';
import { copyHeader, copyTrailer } from './copy-buffer.ts';
import type { PgliteAnswer, PgliteRequest, QueryResult } from './pglite-messages.ts';

/*
 * The thread that runs PGlite, which computes on the thread that opens it: an insert of 5,000 rows would stop everything else for
 * a tenth of a second.
 */

const port = parentPort!;
let database: PGlite | undefined;
/** The open transaction, and what ends it. */
let open: { transaction: Transaction; end(commit: boolean): Promise<void> } | undefined;

// Note: one request after the other, or statements of a transaction would arrive before it is open. Queries from outside of the
// transaction are not waited for: they would wait for its end, and its end for them.
let last: Promise<unknown> = Promise.resolve();

port.on('message', (request: PgliteRequest) => {
  if (request.do === 'query' && !request.inside) {
    answer(request, query(database!, request));
    return;
  }
  const result = last.then(() => perform(request));
  last = result.catch(() => undefined);
  answer(request, result);
});

function perform(request: PgliteRequest): Promise<QueryResult | undefined> {
  switch (request.do) {
    case 'open':
      return start(request.folder);
    case 'query':
      return query(transaction(), request);
    case 'begin':
      return begin();
    case 'end':
      return end(request.commit);
    case 'copy':
      return copy(request.target, request.data);
    case 'close':
      return stop();
  }
}

function transaction(): Transaction {
  if (open === undefined) throw new Error('Expected an open transaction, found none.');
  return open.transaction;
}

async function start(folder: string | undefined): Promise<undefined> {
  const text = (value: string) => value;
  database = await PGlite.create({
    ...(folder === undefined ? {} : { dataDir: folder }),
    parsers: {
      [types.INT8]: Number,
      // Note: drizzle reads times as text.
      [types.TIMESTAMP]: text,
      [types.TIMESTAMPTZ]: text,
      [types.DATE]: text,
      [types.INTERVAL]: text,
    },
  });
  await database.exec(`set timezone to 'UTC'`);
  return undefined;
}

/** Names of statements that are kept. */
const kept = new Set<string>();

async function query(
  on: PGlite | Transaction,
  request: PgliteRequest & { do: 'query' },
): Promise<QueryResult> {
  if (request.name !== undefined) return queryKept(on, request.name, request);
  const { rows, fields, affectedRows } = await on.query(request.sql, [...request.parameters], {
    rowMode: request.rowMode,
  });
  return { rows, fields, affectedRows };
}

/** Runs a statement that is parsed and planned at its first time only. Its parameters are numbers and text. */
async function queryKept(
  on: PGlite | Transaction,
  name: string,
  { sql, parameters }: PgliteRequest & { do: 'query' },
): Promise<QueryResult> {
  if (!kept.has(name)) {
    await on.exec(`prepare "${name}" as ${sql}`);
    kept.add(name);
  }
  const values = parameters.map(value => `'${String(value).replaceAll("'", "''")}'`).join(', ');
  const results = await on.exec(`execute "${name}"${values === '' ? '' : `(${values})`}`);
  return { rows: results[0]?.rows ?? [], fields: [] };
}

function begin(): Promise<undefined> {
  return new Promise((opened, failed) => {
    const done = Promise.withResolvers<boolean>();
    const ended = database!.transaction(async transaction => {
      open = {
        transaction,
        async end(commit) {
          done.resolve(commit);
          await ended;
        },
      };
      opened(undefined);
      if (!(await done.promise)) await transaction.rollback();
    });
    ended.catch(failed);
  });
}

async function end(commit: boolean): Promise<undefined> {
  const ending = open;
  open = undefined;
  await ending?.end(commit);
  return undefined;
}

async function copy(target: string, data: Uint8Array<ArrayBuffer>): Promise<undefined> {
  await transaction().query(`copy ${target} from '/dev/blob' with (format binary)`, [], {
    blob: new Blob([copyHeader as Uint8Array<ArrayBuffer>, data, copyTrailer as Uint8Array<ArrayBuffer>]),
  });
  return undefined;
}

async function stop(): Promise<undefined> {
  await database?.close();
  database = undefined;
  return undefined;
}

function answer(request: PgliteRequest, result: Promise<QueryResult | undefined>): void {
  result.then(
    value => {
      send({ id: request.id, ...(value === undefined ? {} : { result: value }) });
      if (request.do === 'close') port.close();
    },
    (error: unknown) => {
      const { message, code, detail } = error as { message?: string; code?: string; detail?: string };
      send({
        id: request.id,
        error: {
          message: message ?? String(error),
          ...(code === undefined ? {} : { code }),
          ...(detail === undefined ? {} : { detail }),
        },
      });
    },
  );
}

function send(message: PgliteAnswer): void {
  port.postMessage(message);
}
