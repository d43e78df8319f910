import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { graphql } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { type App, createApp } from '../../src/core/app.ts';
import { silentLog } from '../../src/core/log.ts';
import { defineCollector, metric, type TrackedTrader } from '../../src/plugin-api/index.ts';
import { type Exchange, startExchange } from '../../src/testing/exchange/index.ts';

/*
 * From the exchange's leaderboard and tape to who is tracked, over real HTTP and sockets.
 */

/** A collector that keeps what it is told of the tracked traders. */
function watcher() {
  let list: () => readonly TrackedTrader[] = () => [];
  const plugin = defineCollector({
    id: 'watcher',
    version: '1.0.0',
    api: '^1.0.0',
    doc: 'Watches who is tracked.',
    emits: [metric],
    async *collect(ctx) {
      list = () => ctx.tracked.list();
      await new Promise(resolve => ctx.signal.addEventListener('abort', resolve, { once: true }));
    },
  });
  return { plugin, list: () => list() };
}

describe('traders of the local exchange', () => {
  let exchange: Exchange | undefined;
  const apps: App[] = [];
  let folder: string | undefined;
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
    await exchange?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  async function start({ infoUrl, wsUrl, statsUrl }: Exchange, dataFolder: string) {
    const watch = watcher();
    const endpoints = { infoUrl, wsUrl, statsUrl };
    const app = await createApp({
      database: `pglite://${path.join(dataFolder, 'database')}`,
      tape: path.join(dataFolder, 'tape'),
      log: silentLog,
      environment: {},
      plugins: [watch.plugin],
      config: {
        jobs: { leaderboard: 'off', retention: 'off' },
        tape: { fsync: 'never' },
        plugins: {
          'hyperliquid-leaderboard': { config: endpoints },
          'hyperliquid-discovery': { config: endpoints },
          'hyperliquid-market': {
            config: {
              ...endpoints,
              candles: false,
              books: 0,
              bestPrices: 0,
              universe: { dexes: [], spot: 0 },
            },
          },
        },
      },
    });
    apps.push(app);
    await app.start();
    const ask = async (document: string) => {
      const { data, errors } = await graphql({
        schema: app.schema,
        source: document,
        contextValue: { ...app.graphql, permissions: { mutationsRefused: undefined } },
      });
      expect(errors).toBeUndefined();
      return JSON.parse(JSON.stringify(data));
    };
    return { app, watch, ask };
  }

  it('are discovered, selected from the leaderboard, tracked by hand at once, and stay tracked through a restart', async () => {
    exchange = await startExchange({ seed: 5, wallets: 120, tradesPerSecond: 60, leaderboardRows: 3_000 });
    folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-tracking-'));
    const first = await start(exchange, folder);
    await until(async () => {
      const { selection } = await first.ask('{ selection { selected } }');
      return (selection?.selected ?? 0) > 0;
    });

    // Who is tracked follows from the scores that the leaderboard gives: all that reach 50, as there is room for so few.
    const scored = await first.app.store.query<{ key: string; score: number }>(
      `select key, ("row"->>'score')::float8 as score from rows where ref = 'trader.score'`,
    );
    const onBoard = new Set(
      (await first.app.store.query<{ wallet: string }>('select wallet from exchange_leaderboard')).map(
        ({ wallet }) => wallet,
      ),
    );
    expect(onBoard.size).toBe(3_000);
    const best = scored.filter(({ score }) => score >= 50).map(({ key }) => key);
    const { trackedTraders } = await first.ask(
      '{ trackedTraders(first: 100) { ... on TrackedTraderConnection { totalCount nodes { address by tier } } } }',
    );
    expect(trackedTraders.totalCount).toBeGreaterThan(0);
    expect(trackedTraders.nodes.every(({ by }: { by: string }) => by === 'SELECTION')).toBe(true);
    expect(best).toEqual(
      expect.arrayContaining(trackedTraders.nodes.map(({ address }: { address: string }) => address)),
    );
    await until(() => first.watch.list().length === trackedTraders.totalCount);

    // Whoever is added by hand is known to collectors within two seconds.
    const added = [...onBoard].find(address => !first.watch.list().some(one => one.address === address))!;
    const askedAt = performance.now();
    await first.ask(`mutation { trackTrader(address: "${added}") { __typename } }`);
    await until(() => first.watch.list().some(({ address, by }) => address === added && by === 'hand'));
    expect(performance.now() - askedAt).toBeLessThan(2_000);

    // Discovery says where each wallet was seen, and it did trade there.
    const discovered = await until(async () => {
      const found = await first.app.store.query<{ address: string; coin: string; traded: boolean }>(
        `select t.address, t.discovered_in as coin, exists (select 1 from positions p where p.address = t.address
           and p.coin = t.discovered_in) as traded from traders t where t.discovered_in is not null`,
      );
      return found.length >= 10 && found;
    });
    expect(discovered.filter(({ traded }) => !traded)).toEqual([]);
    expect(discovered.map(({ coin }) => coin)).toEqual(expect.arrayContaining(['BTC']));

    const before = first.watch.list();
    const acts = async (app: App) =>
      (await app.store.query<{ acts: number }>('select count(*)::float8 as acts from commands'))[0]!.acts;
    const actsBefore = await acts(first.app);
    await apps.pop()!.stop();

    const second = await start(exchange, folder);
    await until(() => second.watch.list().length === before.length);
    expect(second.watch.list()).toEqual(before);
    expect(await acts(second.app)).toBe(actsBefore);
  }, 90_000);
});

async function until<T>(condition: () => T | Promise<T>): Promise<Exclude<T, false>> {
  const deadline = Date.now() + 45_000;
  for (;;) {
    const value = await condition();
    if (value !== false) return value as Exclude<T, false>;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${condition}`);
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}
