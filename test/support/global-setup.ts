import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PostgresServer, startPostgres } from './postgres.ts';

/**
 * Runs once per test run, in the main process. Offers the workers one Postgres for all of them, which
 * starts when the first of them asks for it, so that a run without store tests pays nothing.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  // Note: every project of the configuration calls this; the first one serves them all.
  if (process.env.HYPERSONAR_TEST_POSTGRES_BROKER !== undefined) return undefined;
  let postgres: Promise<PostgresServer> | undefined;
  const broker = createServer((_request, response) => {
    postgres ??= startPostgres();
    postgres.then(
      ({ url }) => response.end(url),
      error => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>(resolve => broker.listen(0, '127.0.0.1', resolve));
  const { port } = broker.address() as AddressInfo;
  process.env.HYPERSONAR_TEST_POSTGRES_BROKER = `http://127.0.0.1:${port}/`;
  return async () => {
    delete process.env.HYPERSONAR_TEST_POSTGRES_BROKER;
    broker.closeAllConnections();
    broker.close();
    await postgres?.then(
      server => server.stop(),
      () => undefined,
    );
  };
}
