import { stat } from 'node:fs/promises';
import { UserError } from '../core/errors.ts';
import { openStore, type Store } from '../core/store/store.ts';
import { type ConfigFlags, loadConfigOf } from './config-options.ts';

/**
 * Runs work on the database that is configured, and closes it.
 *
 * @throws UserError `STORE_URL_INVALID` when there is none: reading must not make an empty one.
 */
export async function withDatabase<T>(flags: ConfigFlags, work: (store: Store) => Promise<T>): Promise<T> {
  const { config } = await loadConfigOf(flags);
  const { url } = config.database;
  await expectDatabase(url);
  const store = await openStore({ url });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function expectDatabase(url: string): Promise<void> {
  const folder = url.startsWith('pglite://') ? decodeURIComponent(url.slice('pglite://'.length)) : undefined;
  if (folder === undefined && !url.startsWith('pglite-memory:')) return;
  if (folder !== undefined && (await stat(folder).catch(() => undefined))?.isDirectory()) return;
  throw new UserError(
    'STORE_URL_INVALID',
    `Expected a database with results at ${url}, found none. Run \`hypersonar replay\` or \`hypersonar start\` first, or name another one ` +
      'with --database or DATABASE_URL.',
  );
}
