import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/core/app.ts';
import type { ConfigInput } from '../../src/core/config.ts';
import { silentLog } from '../../src/core/log.ts';
import { type Fingerprint, fingerprint } from '../../src/core/store/fingerprint.ts';
import { openStore } from '../../src/core/store/store.ts';
import { generatedMarket, generatedSource } from '../replay/generated-market.ts';
import { seededRandom } from '../replay/seeded-random.ts';
import { testDatabases } from '../support/postgres.ts';
import { startReplayChild } from './child.ts';

const slow = process.env.HYPERSONAR_TEST_SLOW === '1';
const firstSeed = Number(process.env.HYPERSONAR_TEST_SEED ?? 1);
const killsPerRound = 5;
/** 50 kills in the slow suite: 8 rounds on Postgres, 2 on PGlite. Each seed that ever failed is kept here. */
const rounds = { postgres: slow ? 8 : 1, pglite: slow ? 2 : 0 };

const config: ConfigInput = {
  ...generatedSource({ seed: 42, trades: 5_000 }),
  storage: {
    trackAll: true,
    tradeMinNotionalUsd: 0,
    templates: path.join(tmpdir(), 'hypersonar-fault-templates'),
  },
  ingest: { batchEvents: 200, queueEvents: 1_000 },
  snapshots: { everyEvents: 2_500 },
};

describe.each(testDatabases().filter(({ name }) => rounds[name] > 0))(
  'a replay that is killed, on $name',
  ({ name, create }) => {
    let expected: Fingerprint;
    let total: number;

    beforeAll(async () => {
      const app = await createApp({
        ...{ plugins: [generatedMarket], config, database: 'pglite-memory://', tape: null, log: silentLog },
      });
      await app.start();
      await app.done;
      expected = await fingerprint(app.store);
      total = app.committedSeq;
      await app.stop();
    });

    it.each(Array.from({ length: rounds[name] }, (_, round) => firstSeed + round))(
      'ends as if it had not been, seed %i',
      async seed => {
        const random = seededRandom(seed);
        const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-kill-'));
        const database = await create();
        const setup = { config, database: database.url, tape: path.join(folder, 'tape') };
        const points = Array.from({ length: killsPerRound }, () => random() * total * 0.95).sort(
          (a, b) => a - b,
        );
        const killedAt: string[] = [];
        try {
          for (const point of points) {
            const child = startReplayChild(setup);
            await child.started();
            // One in five is killed while it starts, the others while they write.
            if (random() >= 0.2) await child.committed(point);
            await new Promise(resolve => setTimeout(resolve, random() * 40));
            const at = await child.committed(0);
            await child.kill();
            killedAt.push(`${at}`);
          }
          const last = startReplayChild(setup);
          expect(await last.ended()).toBe('done');
          console.info(`seed ${seed} on ${name}: killed after event ${killedAt.join(', ')} of ${total}`);
          const store = await openStore({ url: database.url });
          const found = await fingerprint(store);
          await store.close();
          expect(found).toEqual(expected);
        } finally {
          await database.drop();
          await rm(folder, { recursive: true, force: true });
        }
      },
      300_000,
    );
  },
);
