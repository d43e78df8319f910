import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { migratePgliteTables, migrationsFolder } from './migrate.ts';
import { openPglite } from './pglite.ts';

/**
 * Fills a folder that is empty or not there with a copy of an empty, migrated database. The first call for a version of PGlite and
 * a set of migrations makes that database, which takes two seconds; a copy takes a fifth of one.
 */
export async function useTemplate(folder: string, templates: string): Promise<void> {
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (present.length > 0) return;
  const template = path.join(templates, `pglite-${version()}`);
  if (!(await exists(template))) await make(template, templates);
  await mkdir(path.dirname(path.resolve(folder)), { recursive: true });
  await cp(template, folder, { recursive: true });
}

async function make(template: string, templates: string): Promise<void> {
  await mkdir(templates, { recursive: true });
  const unfinished = await mkdtemp(path.join(templates, 'unfinished-'));
  const folder = path.join(unfinished, 'data');
  try {
    const engine = await openPglite(folder);
    try {
      await migratePgliteTables(engine);
    } finally {
      await engine.close();
    }
    // Note: another process may have been faster; its template is the same.
    await rename(folder, template).catch(error => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

function version(): string {
  const require = createRequire(import.meta.url);
  const main = require.resolve('@electric-sql/pglite');
  const { version: pglite } = require(path.join(main, '../../package.json')) as { version: string };
  const migrations = createHash('sha256');
  for (const { hash } of readMigrationFiles({ migrationsFolder })) migrations.update(hash);
  return `${pglite}-${migrations.digest('hex').slice(0, 16)}`;
}

function exists(folder: string): Promise<boolean> {
  return readdir(folder).then(
    () => true,
    () => false,
  );
}
