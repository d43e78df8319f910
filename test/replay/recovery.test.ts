import { appendFile, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type App, createApp } from '../../src/core/app.ts';
import type { ConfigInput } from '../../src/core/config.ts';
import { silentLog } from '../../src/core/log.ts';
import { type Fingerprint, fingerprint } from '../../src/core/store/fingerprint.ts';
import { defineFeature, feature, integer, type Plugin, trade } from '../../src/plugin-api/index.ts';
import { generatedMarket, generatedSource } from './generated-market.ts';

const source: ConfigInput = {
  ...generatedSource({ seed: 23, trades: 5_000 }),
  storage: {
    trackAll: true,
    tradeMinNotionalUsd: 0,
    templates: path.join(tmpdir(), 'hypersonar-recovery-templates'),
  },
  ingest: { batchEvents: 500, queueEvents: 500 },
  snapshots: { everyEvents: 3_000 },
};

let folder: string;
let expected: Fingerprint;
const tapeFolder = () => path.join(folder, 'tape');

async function makeApp(options: { database?: string; config?: ConfigInput } = {}): Promise<App> {
  return createApp({
    config: { ...source, ...options.config },
    database: options.database ?? `pglite://${path.join(folder, 'database')}`,
    tape: tapeFolder(),
    plugins: [generatedMarket],
    log: silentLog,
  });
}

/** Runs to the end of the history and returns what came out. */
async function finish(app: App): Promise<Fingerprint> {
  await app.start();
  try {
    await app.done;
    return await fingerprint(app.store);
  } finally {
    await app.stop();
  }
}

/** Stops an application once it has committed so many events. */
async function stopAfter(app: App, events: number): Promise<number> {
  await app.start();
  while (app.committedSeq < events) await new Promise(resolve => setTimeout(resolve, 2));
  await app.stop();
  return app.committedSeq;
}

beforeAll(async () => {
  const app = await createApp({
    ...{
      plugins: [generatedMarket],
      config: source,
      database: 'pglite-memory://',
      tape: null,
      log: silentLog,
    },
  });
  expected = await finish(app);
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-recovery-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a start', () => {
  it('goes on where a clean stop was, as if there had been none', async () => {
    const stoppedAt = await stopAfter(await makeApp(), 4_000);
    expect(stoppedAt).toBeLessThan(14_000);
    const snapshots = await readdir(path.join(tapeFolder(), 'snapshots'));
    expect(snapshots).toContainEqual(expect.stringContaining(`${String(stoppedAt).padStart(16, '0')}-`));
    expect(await finish(await makeApp())).toEqual(expected);
  });

  it('finds nothing to do after the end, and adds nothing', async () => {
    expect(await finish(await makeApp())).toEqual(expected);
    const app = await makeApp();
    expect(await finish(app)).toEqual(expected);
  });

  it('computes from the tape alone when the snapshots are gone or damaged', async () => {
    await stopAfter(await makeApp(), 4_000);
    const snapshots = path.join(tapeFolder(), 'snapshots');
    for (const name of await readdir(snapshots)) await writeFile(path.join(snapshots, name), 'rubbish');
    expect(await finish(await makeApp())).toEqual(expected);
  });

  it('admitted old events again when a second source had brought only known ones before', async () => {
    const twice = async (): Promise<App> => {
      const history = generatedSource({ seed: 23, trades: 1_000 }).plugins!['generated-market']!;
      return createApp({
        config: {
          ...source,
          plugins: { 'generated-market': history, 'second-market': history },
          ingest: { batchEvents: 500, queueEvents: 500, dedupeKeys: 20, dedupeMinutes: 0.001 },
        },
        database: `pglite://${path.join(folder, 'database')}`,
        tape: tapeFolder(),
        plugins: [generatedMarket, { ...generatedMarket, id: 'second-market' } as typeof generatedMarket],
        log: silentLog,
      });
    };
    const first = await finish(await twice());
    expect(first.tables.trades?.rows).toBe(1_000);
    const again = await twice();
    expect(await finish(again)).toEqual(first);
  });

  it('builds an empty database anew from the tape', async () => {
    await finish(await makeApp());
    const snapshots = await readdir(path.join(tapeFolder(), 'snapshots'));
    expect(snapshots).toHaveLength(2);
    const other = `pglite://${path.join(folder, 'other')}`;
    const config: ConfigInput = { plugins: {} };
    expect(await finish(await makeApp({ database: other, config }))).toEqual({
      ...expected,
      hash: expect.any(String),
      // Note: computed when history has been read, which it was not this time.
      tables: { ...expected.tables, leaderboard: expect.anything() },
    });
    // Once an empty database, such as that of a mistyped URL, deleted what the right one goes on from.
    expect(await readdir(path.join(tapeFolder(), 'snapshots'))).toEqual(expect.arrayContaining(snapshots));
  });

  it('takes other plugins into account by computing the tape again', async () => {
    await stopAfter(await makeApp(), 4_000);
    const changed: ConfigInput = { seed: 1 };
    await expect(finish(await makeApp({ config: changed }))).resolves.toMatchObject({
      tables: { fills: expected.tables.fills },
    });
  });

  it('has the latest rows of plugins that are new or configured otherwise be theirs, and takes back what is no more', async () => {
    const notes = (from: number) => {
      const ref = feature({
        id: 'wallet.notes',
        version: 1,
        entity: 'trader',
        doc: 'How often a wallet bought.',
        fields: { bought: integer({ unit: 'count', doc: 'Trades.' }) },
      });
      return defineFeature({
        id: 'notes',
        version: `1.0.${from}`,
        api: '^1.0.0',
        doc: 'Counts what wallets buy.',
        on: [trade],
        output: ref,
        key: event => event.payload.buyer ?? undefined,
        initial: () => ({ bought: 0 }),
        update(state) {
          state.bought++;
        },
        value: ({ bought }) => (bought < from ? undefined : { bought }),
      });
    };
    const withNotes = async (plugins: readonly Plugin[], database?: string): Promise<App> =>
      createApp({
        config: source,
        database: database ?? `pglite://${path.join(folder, 'database')}`,
        tape: database === undefined ? tapeFolder() : null,
        plugins: [generatedMarket, ...plugins],
        log: silentLog,
      });
    const noted = async (app: App) => {
      await app.start();
      try {
        await app.done;
        return await app.store.query<{ key: string; row: object; stale: boolean }>(
          `select key, row, stale from rows where ref = 'wallet.notes' order by key`,
        );
      } finally {
        await app.stop();
      }
    };
    const all = await noted(await withNotes([notes(1)], 'pglite-memory://'));
    const some = await noted(await withNotes([notes(120)], 'pglite-memory://'));
    expect(some.length).toBeGreaterThan(3);
    expect(some.length).toBeLessThan(all.length);

    expect(await noted(await withNotes([]))).toEqual([]);
    expect(await noted(await withNotes([notes(1)]))).toEqual(all);
    expect(await noted(await withNotes([notes(120)]))).toEqual(some);
    expect(await finish(await withNotes([]))).toMatchObject({
      tables: { positions: expected.tables.positions },
    });
  });

  it('refuses a tape that ends before the database', async () => {
    await stopAfter(await makeApp(), 2_000);
    await rm(tapeFolder(), { recursive: true });
    const app = await makeApp();
    await expect(app.start()).rejects.toMatchObject({
      code: 'TAPE_BEHIND_STORE',
      message: expect.stringContaining('empty database'),
    });
  });

  it('computed a tape into a database that was made from another one', async () => {
    const config: ConfigInput = generatedSource({ seed: 5, trades: 100 });
    await finish(await makeApp({ config }));
    await rename(tapeFolder(), path.join(folder, 'first-tape'));
    await finish(await makeApp({ config, database: `pglite://${path.join(folder, 'other')}` }));
    const snapshots = await readdir(path.join(tapeFolder(), 'snapshots'));
    await expect((await makeApp({ config })).start()).rejects.toMatchObject({
      code: 'TAPE_OF_ANOTHER_STORE',
      message: expect.stringContaining('Nothing was changed'),
    });
    expect(await readdir(path.join(tapeFolder(), 'snapshots'))).toEqual(snapshots);
  });

  it('computed half a tape into an empty database, and deleted all snapshots for it', async () => {
    const config: ConfigInput = {
      ...generatedSource({ seed: 5, trades: 2_000 }),
      tape: { segmentMegabytes: 0.1, hours: 0.001 },
      snapshots: { everyEvents: 1_000 },
    };
    const whole = await finish(await makeApp({ config }));
    const snapshots = await readdir(path.join(tapeFolder(), 'snapshots'));
    const other = `pglite://${path.join(folder, 'other')}`;
    await expect((await makeApp({ config, database: other })).start()).rejects.toMatchObject({
      code: 'TAPE_INCOMPLETE',
      message: expect.stringContaining('DATABASE_URL'),
    });
    expect(await readdir(path.join(tapeFolder(), 'snapshots'))).toEqual(snapshots);
    expect(await finish(await makeApp({ config }))).toEqual(whole);
    const accepting = { ...config, tape: { ...config.tape, skipCorrupt: true } };
    const rest = await finish(await makeApp({ config: accepting, database: other }));
    expect(rest.tables.trades!.rows).toBeLessThan(whole.tables.trades!.rows);
  });

  it('took a whole snapshot at each start, at its first batch', async () => {
    const first = await stopAfter(await makeApp(), 4_000);
    const before = await readdir(path.join(tapeFolder(), 'snapshots'));
    const app = await makeApp({ config: { ingest: { batchEvents: 100, queueEvents: 100 } } });
    await app.start();
    while (app.committedSeq < first + 1_000) await new Promise(resolve => setTimeout(resolve, 2));
    expect(await readdir(path.join(tapeFolder(), 'snapshots'))).toEqual(before);
    await app.stop();
  });

  it('cuts a torn line and asks the source for it again', async () => {
    await stopAfter(await makeApp(), 3_000);
    const open = (await readdir(tapeFolder())).filter(name => name.endsWith('.jsonl')).at(-1)!;
    await appendFile(path.join(tapeFolder(), open), '{"ts":1748700000000,"stream":"trade","data":{"coin":"B');
    expect(await finish(await makeApp())).toEqual(expected);
  });

  it('is refused while another application writes to the same tape', async () => {
    const first = await makeApp({ config: { plugins: {} } });
    await first.start();
    const second = await makeApp({ database: 'pglite-memory://' });
    await expect(second.start()).rejects.toMatchObject({ code: 'TAPE_LOCKED' });
    await first.stop();
  });
});
