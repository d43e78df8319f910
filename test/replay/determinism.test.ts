import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInPlugins, createApp } from '../../src/core/app.ts';
import type { ConfigInput } from '../../src/core/config.ts';
import { eventRefsOf } from '../../src/core/event-refs.ts';
import { configOf } from '../../src/core/load-config.ts';
import { silentLog } from '../../src/core/log.ts';
import { planOf } from '../../src/core/plan-of-config.ts';
import { replayTape } from '../../src/core/replay.ts';
import { type Fingerprint, fingerprint } from '../../src/core/store/fingerprint.ts';
import { openTape } from '../../src/core/tape/open.ts';
import { verifyReplay } from '../../src/core/verify.ts';
import { testDatabases } from '../support/postgres.ts';
import { generatedMarket, generatedSource } from './generated-market.ts';
import { crashSource, crashSourceName, simulatedSource } from './sources.ts';

const sources: { name: string; source: ConfigInput | undefined; batches: number[] }[] = [
  { name: 'a generated market', source: generatedSource({ seed: 11 }), batches: [7, 100_000] },
  { name: 'the simulated market of the demo', source: simulatedSource({ seed: 11 }), batches: [1_000] },
  { name: crashSourceName, source: crashSource, batches: [997] },
];

// Every wallet is followed, so that every table has rows to compare.
const policy = { trackAll: true, tradeMinNotionalUsd: 0 };

describe.each(sources)('results of $name', ({ source, batches }) => {
  describe.skipIf(source === undefined)('depend on the tape alone', () => {
    let folder: string;
    let expected: Fingerprint;
    const config: ConfigInput = {
      ...source,
      storage: policy,
      jobs: { leaderboard: 'off' },
      tape: { hours: 1e6 },
    };

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-replay-'));
      const app = await createApp({
        ...{ plugins: [generatedMarket], config, database: 'pglite-memory://', tape: folder, log: silentLog },
      });
      await app.start();
      await app.done;
      expected = await fingerprint(app.store);
      await app.stop();
    }, 240_000);
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it('has something to compare', () => {
      for (const table of ['fills', 'traders', 'positions', 'position_events', 'rows', 'category_events']) {
        expect(expected.tables[table]?.rows, table).toBeGreaterThan(0);
      }
    });

    async function replayed(database: string, batchEvents: number): Promise<Fingerprint> {
      const plan = planOf([...builtInPlugins].reverse(), [generatedMarket], configOf(config));
      const tape = await openTape({ folder, refs: eventRefsOf(plan), readOnly: true });
      try {
        return await replayTape({ tape, plan, database, seed: 0, batchEvents, log: silentLog, policy });
      } finally {
        await tape.close();
      }
    }

    it.each(batches)(
      'and not on the order of registration or the size of batches (%i)',
      async batchEvents => {
        expect(await replayed('pglite-memory://', batchEvents)).toEqual(expected);
      },
      240_000,
    );

    it.each(testDatabases())(
      'and not on the engine: $name',
      async ({ create }) => {
        const database = await create();
        try {
          expect(await replayed(database.url, 2_000)).toEqual(expected);
        } finally {
          await database.drop();
        }
      },
      240_000,
    );
  });
});

describe('verifying a replay', () => {
  it('reports equal runs, and how far it is', async () => {
    const seen = new Set<number>();
    const result = await verifyReplay({
      config: simulatedSource({ seed: 5, hours: 3 }),
      onProgress: ({ run }) => seen.add(run),
    });
    expect(result).toMatchObject({ equal: true, differences: [] });
    expect(result.events).toBeGreaterThan(1_000);
    expect([...seen]).toEqual([1, 2]);
  });
});
