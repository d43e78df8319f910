import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type ExchangeProcess, startExchangeProcess } from '../../src/testing/exchange/index.ts';
import { createPlatformProcess, type PlatformProcess } from './platform-process.ts';

interface Gap {
  readonly stream: string;
  readonly scope: string | null;
  readonly from: number;
  readonly to: number;
  readonly healed: boolean;
}

let exchange: ExchangeProcess | undefined;
let platform: PlatformProcess | undefined;
let folder = '';

afterEach(async () => {
  await platform?.kill();
  await exchange?.stop();
  await rm(folder, { recursive: true, force: true });
});

const downMs = 30_000;

test('an exchange that is gone for half a minute leaves a gap of each stream and market, and requests end with it', {
  timeout: 240_000,
}, async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-outage-'));
  exchange = await startExchangeProcess({
    ...{ seed: 4, markets: 'load', wallets: 40, tradesPerSecond: 40 },
    coins: { perps: 5, builder: 3, spot: 2 },
  });
  platform = await createPlatformProcess({
    folder,
    exchange: exchange.url,
    config: {
      storage: { templates: path.join(tmpdir(), 'hypersonar-live-templates') },
      jobs: { leaderboard: 'off', retention: 'off', selection: 'off' },
      plugins: {
        'hyperliquid-market': {
          staleAfterSeconds: 10,
          config: { connections: 2, books: 3, bestPrices: 2, candleIntervals: ['1m'], pollEveryMs: 2_000 },
        },
        'hyperliquid-leaderboard': { enabled: false },
        'hyperliquid-discovery': { enabled: false },
      },
    },
  });
  await platform.start();
  const [, ...users] = await exchange.users();
  for (const user of users.slice(0, 8)) {
    await platform.ask('mutation ($user: String!) { trackTrader(address: $user) { __typename } }', { user });
  }
  const { coins } = await exchange.describe();
  await until('all markets to be followed', async () => (await subscribed()).trades === coins);
  await until('the platform to be ready', async () => (await ready()).status === 200);
  await sleep(5_000);

  const goneAt = Date.now();
  const back = exchange.crash(downMs);
  // While it is gone the platform says so, and goes on serving.
  await until('the platform not to be ready any more', async () => (await ready()).status === 503);
  expect((await ready()).text).toContain('hyperliquid-market is stale');
  await until('gaps that are told before their end', async () => (await gapsOf('trade')).length >= coins);
  expect(Date.now() - goneAt).toBeLessThan(downMs);
  const during = await staleShare();
  await back;
  const backAt = Date.now();

  await until('all markets to be followed again', async () => (await subscribed()).trades === coins);
  await until('the platform to be ready again', async () => (await ready()).status === 200);
  expect(during).toBeGreaterThan(0.9);

  // Each stream that the sockets bring says what became of the outage, for each market or for all of them together.
  const outage = { from: goneAt + 2_000, to: backAt };
  for (const stream of ['trade', 'candle', 'book', 'mark']) {
    await until(`gaps of ${stream}`, async () => {
      const gaps = (await gapsOf(stream)).filter(gap => gap.from <= outage.from && gap.to >= outage.to);
      const scopes = new Set(gaps.map(({ scope }) => scope));
      const expected = stream === 'mark' ? 1 : stream === 'book' ? 3 : coins;
      return scopes.has(null) || scopes.size >= expected;
    });
  }
  // What nobody can fetch any more stays flagged, and what can be fetched is fetched.
  const trades = await gapsOf('trade');
  expect(trades.some(({ healed }) => !healed)).toBe(true);
  await until(
    'candles to be fetched',
    async () => (await gapsOf('candle')).filter(({ healed }) => healed).length >= coins,
    120_000,
  );

  // Once the sockets are back nothing is asked in their place.
  const asked = async () => {
    const { requestsByType } = (await exchange!.describe()).counts;
    return ['l2Book', 'allMids', 'metaAndAssetCtxs'].map(type => requestsByType[type] ?? 0);
  };
  const before = await asked();
  await sleep(8_000);
  expect(await asked()).toEqual(before);
  for (const [name, { refused }] of Object.entries(await exchange.limits())) {
    expect({ name, refused }).toEqual({ name, refused: 0 });
  }
});

const subscribed = async () => (await exchange!.describe().catch(() => undefined))?.subscriptions ?? {};
const ready = () => platform!.get('/ready');

async function gapsOf(stream: string): Promise<readonly Gap[]> {
  const { gaps } = await platform!.ask<{ gaps: { nodes: readonly Gap[] } }>(
    'query ($stream: String!) { gaps(stream: $stream, first: 200) { ... on GapConnection { nodes { stream scope from to healed } } } }',
    { stream },
  );
  return gaps.nodes;
}

/** How many of the positions that are shown say that they may be wrong. */
async function staleShare(): Promise<number> {
  const { positions } = await platform!.ask<{ positions: { nodes: readonly { stale: boolean }[] } }>(
    '{ positions(first: 100) { ... on PositionConnection { nodes { stale } } } }',
  );
  return positions.nodes.filter(({ stale }) => stale).length / positions.nodes.length;
}

async function until(what: string, holds: () => Promise<boolean>, withinMs = 60_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`expected ${what} within ${withinMs / 1_000} s`);
    await sleep(250);
  }
}
