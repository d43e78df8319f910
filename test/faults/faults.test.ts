import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type App, createApp } from '../../src/core/app.ts';
import type { ConfigInput } from '../../src/core/config.ts';
import { silentLog } from '../../src/core/log.ts';
import { type Fingerprint, fingerprint } from '../../src/core/store/fingerprint.ts';
import { defineFeature, feature, number, type Plugin, trade } from '../../src/plugin-api/index.ts';
import { generatedMarket, generatedSource } from '../replay/generated-market.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { startReplayChild } from './child.ts';

const source: ConfigInput = {
  ...generatedSource({ seed: 9, trades: 5_000 }),
  storage: { trackAll: true, tradeMinNotionalUsd: 0 },
  ingest: { batchEvents: 250, queueEvents: 1_000 },
};

let folder: string;
let expected: Fingerprint;
let expectedPositions: unknown[];
const positions = 'select address, coin, size, entry_price, seq from positions order by address, coin';

async function finish(app: App, look?: (app: App) => Promise<void>): Promise<Fingerprint> {
  await app.start();
  try {
    await app.done;
    await look?.(app);
    return await fingerprint(app.store);
  } finally {
    await app.stop();
  }
}

const inMemory = { database: 'pglite-memory://', log: silentLog, plugins: [generatedMarket] as Plugin[] };

beforeAll(async () => {
  expected = await finish(await createApp({ ...inMemory, config: source, tape: null }), async app => {
    expectedPositions = await app.store.query(positions);
  });
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-faults-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a database that goes away while a replay writes to it', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    return () => server.stop();
  });

  async function admin<T>(sql: string): Promise<T[]> {
    const client = new pg.Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async function interrupted(disturb: () => Promise<void>, database: string): Promise<Fingerprint> {
    await admin(`create database ${database}`);
    // Note: the test server answers a commit before it is in its log, so that a crash could take it back.
    await admin(`alter database ${database} set synchronous_commit = on`);
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    const app = await createApp({ ...inMemory, config: source, database: url.href, tape: folder });
    await app.start();
    try {
      for (const point of [500, 4_000, 9_000]) {
        while (app.committedSeq < point && app.phase !== 'failed')
          await new Promise(resolve => setTimeout(resolve, 1));
        await disturb();
      }
      await app.done;
      expect(app.health()).toMatchObject({ status: 'ok', store: { available: true } });
      return await fingerprint(app.store);
    } finally {
      await app.stop();
    }
  }

  it('loses and doubles nothing when its connections are ended', async () => {
    const found = await interrupted(async () => {
      await admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'cut'`);
    }, 'cut');
    expect(found).toEqual(expected);
  });

  it('loses and doubles nothing when the whole server crashes and comes back', async () => {
    const found = await interrupted(async () => {
      // Note: the server ends all other processes, recovers from its log and refuses connections until it has.
      const [backend] = await admin<{ pid: number }>(
        `select pid from pg_stat_activity where datname = 'crashed' limit 1`,
      );
      process.kill(backend!.pid, 'SIGKILL');
    }, 'crashed');
    expect(found).toEqual(expected);
  });
});

describe('a disk that is full', () => {
  it('is named, nothing half written is kept, and a restart with room ends as if it had not been', async () => {
    const setup = { config: source, database: 'pglite-memory://', tape: folder };
    // 600 KiB per file: the first segment does not fit.
    const child = startReplayChild(setup, { limits: 'ulimit -f 600' });
    expect(await child.ended()).toMatch(/^failed TAPE_WRITE_FAILED .*EFBIG.* Free space/);
    const [segment] = (await readdir(folder)).filter(name => name.endsWith('.jsonl'));
    const content = await readFile(path.join(folder, segment!), 'utf8');
    expect(content.endsWith('}\n')).toBe(true);
    expect(content.length).toBeLessThan(600 * 1024);
    expect(await finish(await createApp({ ...inMemory, ...setup }))).toEqual(expected);
  });
});

describe('a damaged segment of the tape', () => {
  const config: ConfigInput = {
    ...source,
    tape: { segmentMegabytes: 0.5 },
    snapshots: { everyEvents: 1e9, everySeconds: 1e6 },
  };

  async function damageOneSegment(): Promise<string> {
    await finish(await createApp({ ...inMemory, config, tape: folder }));
    await rm(path.join(folder, 'snapshots'), { recursive: true, force: true });
    const name = (await readdir(folder)).filter(name => name.endsWith('.zst')).sort()[1]!;
    const content = await readFile(path.join(folder, name));
    content[100]! ^= 0xff;
    await writeFile(path.join(folder, name), content);
    return name;
  }

  it('stops a start with its name and what to do, or is skipped as a gap that shows', async () => {
    const name = await damageOneSegment();
    const app = await createApp({ ...inMemory, config, tape: folder });
    await expect(app.start()).rejects.toMatchObject({
      code: 'TAPE_SEGMENT_CORRUPT',
      message: expect.stringMatching(new RegExp(`${name}.*HYPERSONAR_TAPE_SKIP_CORRUPT`)),
    });

    const skipping = { ...config, tape: { ...config.tape, skipCorrupt: true } };
    const again = await createApp({ ...inMemory, config: skipping, tape: folder });
    await again.start();
    await again.done;
    const gaps = await again.store.query<{ stream: string; reason: string }>(
      'select stream, reason from gaps',
    );
    expect(gaps).toEqual([{ stream: '*', reason: expect.stringContaining('were skipped') }]);
    expect(again.committedSeq).toBe(again.tape.lastSeq);
    await again.stop();
  });
});

describe('a plugin that fails', () => {
  const coinSize = (id: string) =>
    feature({
      id,
      version: 1,
      entity: 'coin',
      doc: 'The sum of sizes.',
      fields: { sum: number({ unit: 'coin', doc: 'The sum.' }) },
    });
  const header = { version: '1.0.0', api: '^1.0.0', doc: 'Fails.', on: [trade] } as const;
  const throws: Plugin = defineFeature({
    ...header,
    id: 'throws',
    output: coinSize('test.throws'),
    key: event => event.key,
    initial: () => ({ seen: 0 }),
    update(state) {
      state.seen++;
      if (state.seen % 3 === 0) throw new Error('every third trade is too much');
    },
    value: state => ({ sum: state.seen }),
  });
  const answersNaN: Plugin = defineFeature({
    ...header,
    id: 'answers-nan',
    output: coinSize('test.nan'),
    key: event => event.key,
    initial: () => ({ seen: 0 }),
    update(state) {
      state.seen++;
    },
    value: () => ({ sum: Number.NaN }),
  });

  it.each([
    { plugin: throws, code: 'PLUGIN_THREW' },
    { plugin: answersNaN, code: 'PLUGIN_OUTPUT_INVALID' },
  ])(
    '($plugin.id) leaves its siblings as they are, and is a row, a state and a metric',
    async ({ plugin, code }) => {
      const app = await createApp({
        ...inMemory,
        config: source,
        plugins: [generatedMarket, plugin],
        tape: null,
      });
      await app.start();
      await app.done;
      const found = await fingerprint(app.store);
      // Note: a fault has a place among the outputs of its event, so that others may move up one; their rows are the same.
      for (const [table, { rows }] of Object.entries(expected.tables)) {
        if (table !== 'faults' && table !== 'rows')
          expect([table, found.tables[table]?.rows]).toEqual([table, rows]);
      }
      expect(await app.store.query(positions)).toEqual(expectedPositions);
      const [row] = await app.store.query<{ plugin: string; code: string; message: string }>(
        `select plugin, code, message from faults order by seq limit 1`,
      );
      expect(row).toMatchObject({ plugin: plugin.id, code });
      const [bad] = await app.store.query<{ count: number }>(
        `select count(*) as count from rows where ref = 'test.nan'`,
      );
      expect(bad?.count).toBe(0);
      expect(app.health()).toMatchObject({
        status: 'degraded',
        problems: [expect.stringContaining(`${plugin.id} is degraded`)],
      });
      expect(await app.metrics()).toContain(
        `hypersonar_plugin_state{plugin="${plugin.id}",state="degraded"} 1`,
      );
      await app.stop();
    },
    120_000,
  );
});
