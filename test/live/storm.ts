import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigInput } from '../../src/core/config.ts';
import { type ExchangeProcess, startExchangeProcess } from '../../src/testing/exchange/index.ts';
import type { Provocation } from '../../src/testing/exchange/state/exchange-state.ts';
import { plainDecimal } from './exchange-trades.ts';
import { type Judgement, judge } from './judge.ts';
import { createPlatformProcess, type PlatformProcess } from './platform-process.ts';
import { type ProvocationKind, stormPlan } from './storm-plan.ts';

/** What came of one storm. */
export interface StormResult extends Judgement {
  readonly seed: number;
  readonly kills: number;
  readonly tracked: number;
  /** Positions that the exchange held of the tracked traders in the end. */
  readonly positions: number;
  /** From the end of the storm until the platform said that it was settled. */
  readonly settledAfterMs: number;
  /** What the platform has logged. */
  readonly log: string;
}

const staleAfterMs = 6_000;

/** The shorter times are those of a market that fits a storm of seconds; what depends on them is the same. */
const configOf = (seed: number): ConfigInput => ({
  log: { level: 'info' },
  storage: { tradeMinNotionalUsd: 0, templates: path.join(tmpdir(), 'hypersonar-live-templates') },
  jobs: { leaderboard: 'off', retention: 'off', selection: 'off' },
  snapshots: { everySeconds: 4 },
  plugins: {
    'hyperliquid-market': {
      config: {
        connections: 2,
        books: 2,
        bestPrices: 2,
        candleIntervals: ['1m'],
        repairAfterMs: 1_000,
        auditEveryMs: 3_000,
      },
    },
    'hyperliquid-traders': {
      config: {
        relations: false,
        // Note: fills that were missed weigh as much as all positions of ten traders, and settle a storm no sooner.
        fills: seed % 4 === 0,
        orders: false,
        visitMs: 800,
        staleAfterMs,
        unusedStaleAfterMs: staleAfterMs,
        statementEveryMs: 500,
        accountEveryMs: 5_000,
      },
    },
    'hyperliquid-leaderboard': { enabled: false },
    'hyperliquid-discovery': { enabled: false },
  },
});

/** Candles of the minutes of the storm are settled once exchange time has leapt past the next one. */
const leapMs = 130_000;
const settleWithinMs = 90_000;

/** One storm from its beginning to the comparison; the same seed plans the same storm. */
export async function runStorm(seed: number): Promise<StormResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-storm-'));
  const nodeFolder = path.join(folder, 'node');
  const exchange = await startExchangeProcess({
    seed,
    markets: 'load',
    wallets: 60,
    tradesPerSecond: 60,
    coins: { perps: 6, builder: 4, spot: 2 },
    nodeFiles: nodeFolder,
  });
  const platform = await createPlatformProcess({ folder, exchange: exchange.url, config: configOf(seed) });
  try {
    await platform.start();
    const tracked = await chooseTracked(exchange);
    for (const address of tracked) await track(platform, address);
    await waitFor(
      'the platform to be ready',
      async () => (await platform.get('/ready')).status === 200,
      40_000,
    );
    const { now: since } = await exchange.describe();
    await sleep(2_000);

    await passStorm(seed, { exchange, platform, tracked });

    await exchange.clearFaults();
    const calmAt = Date.now();
    // Note: a leap that comes while nobody listens leaves an outage of that length, which is no storm of seconds any more.
    const problems = await listensAgain(exchange);
    await exchange.inject({ kind: 'clock-leap', leapMs });
    await sleep(3_000);
    await exchange.provoke({ kind: 'halt', isOn: true });
    await sleep(500);
    const { now: haltedAt } = await exchange.describe();
    problems.push(...(await settle(platform, { tracked, haltedAt })));
    const settledAfterMs = Date.now() - calmAt;
    const compared = await comparePositions(exchange, platform, tracked);
    problems.push(...compared.problems, ...(await exceededLimits(exchange)));
    const code = await platform.stop();
    if (code !== 0) problems.push(`the platform ended with ${code}`);
    await fetch(`${exchange.adminUrl}/node-files/stop`, { method: 'POST', body: '{}' });
    const judgement = await judge(folder, { nodeFolder, since: since + 1_000 });
    return {
      ...judgement,
      ...{ seed, settledAfterMs, log: platform.log },
      kills: stormPlan(seed).kills.length,
      tracked: tracked.length,
      positions: compared.positions,
      problems: [...problems, ...judgement.problems],
    };
  } finally {
    await platform.kill();
    await exchange.stop();
    if (process.env.HYPERSONAR_TEST_KEEP === undefined) await rm(folder, { recursive: true, force: true });
    else console.info(`storm ${seed} is kept in ${folder}`);
  }
}

/** Waits until the exchange has a subscription for the trades of each coin. */
async function listensAgain(exchange: ExchangeProcess): Promise<string[]> {
  const end = Date.now() + settleWithinMs;
  let [subscribed, coins, steady] = [0, 0, 0];
  while (Date.now() < end) {
    const { subscriptions, coins: all } = await exchange.describe();
    [subscribed, coins] = [subscriptions.trades ?? 0, all];
    steady = subscribed >= coins ? steady + 1 : 0;
    if (steady >= 10) return [];
    await sleep(200);
  }
  return [`the platform is subscribed to the trades of ${subscribed} of ${coins} coins`];
}

/** Traders large and small, two unified accounts, and all sub-accounts, makers and vaults with their children. */
async function chooseTracked(exchange: ExchangeProcess): Promise<readonly string[]> {
  const [, ...users] = await exchange.users();
  return [...users.slice(0, 20), ...users.slice(60)];
}

async function track(platform: PlatformProcess, address: string): Promise<void> {
  const { trackTrader } = await platform.ask<{ trackTrader: { __typename: string } }>(
    'mutation ($address: String!) { trackTrader(address: $address) { __typename } }',
    { address },
  );
  if (trackTrader.__typename !== 'Tracking') throw new Error(`${address} is not tracked`);
}

interface Stage {
  readonly exchange: ExchangeProcess;
  readonly platform: PlatformProcess;
  readonly tracked: readonly string[];
}

async function passStorm(seed: number, { exchange, platform, tracked }: Stage): Promise<void> {
  const plan = stormPlan(seed);
  const beganAt = performance.now();
  const until = (atMs: number) => sleep(Math.max(0, atMs - (performance.now() - beganAt)));
  await exchange.run(plan.faults);
  const killing = (async () => {
    for (const { atMs, downMs } of plan.kills) {
      await until(atMs);
      await platform.kill();
      await sleep(downMs);
      await platform.start();
    }
  })();
  const provoking = (async () => {
    for (const { atMs, of, who } of plan.provocations) {
      await until(atMs);
      await provoke(exchange, of, { who, tracked });
    }
  })();
  await Promise.all([killing, provoking, until(plan.durationMs)]);
}

/** Has something rare happen to a tracked trader; not where nobody fits. The exchange may be away at that moment. */
async function provoke(
  exchange: ExchangeProcess,
  kind: ProvocationKind,
  { who, tracked }: { readonly who: number; readonly tracked: readonly string[] },
): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    try {
      const held = await Promise.all(
        tracked.map(async user => ({ user, coins: [...(await exchange.positionsOf(user)).keys()] })),
      );
      const holders = held.filter(({ coins }) => coins.length > 0);
      const holder = holders[Math.floor(who * holders.length)];
      if (holder === undefined) return;
      const coin = holder.coins[Math.floor(who * holder.coins.length)] as string;
      const provocation = await provocationOf(exchange, kind, { user: holder.user, coin });
      if (provocation !== undefined) await exchange.provoke(provocation);
      return;
    } catch (error) {
      // Note: it refuses what cannot happen, such as a trade of a coin that has been settled since.
      if (String(error).includes('refused provoke')) return;
      await sleep(200);
    }
  }
}

async function provocationOf(
  exchange: ExchangeProcess,
  kind: ProvocationKind,
  { user, coin }: { readonly user: string; readonly coin: string },
): Promise<Provocation | undefined> {
  switch (kind) {
    case 'trade':
      return { kind, user, coin, size: '3' };
    case 'burst':
      return { kind, user, coin, fills: 120 };
    case 'twap':
      return { kind, user, coin, size: '5', minutes: 1 };
    case 'liquidation':
      return { kind, user };
    case 'adl':
      return { kind, user, coin };
    case 'settlement':
      return { kind, coin };
    case 'vault-transfer': {
      const vaults = (await (await fetch(`${exchange.statsUrl}/vaults`)).json()) as {
        readonly summary: { readonly vaultAddress: string; readonly relationship: { readonly type: string } };
      }[];
      const parent = vaults.find(({ summary }) => summary.relationship.type === 'parent');
      return parent && { kind, vault: parent.summary.vaultAddress };
    }
    case 'deposit':
    case 'withdraw':
      return { kind, user, usd: '1234.5' };
  }
}

interface PositionRow {
  readonly coin: string;
  readonly size: string;
  readonly stale: boolean;
  readonly details: { readonly confirmedAt: number | null };
}

async function positionsOf(platform: PlatformProcess, trader: string): Promise<readonly PositionRow[]> {
  const { positions } = await platform.ask<{
    positions: { nodes: readonly PositionRow[]; pageInfo: { hasNextPage: boolean } };
  }>(
    `query ($trader: String!) { positions(trader: $trader, first: 100) { ... on PositionConnection {
       nodes { coin size stale details { confirmedAt } } pageInfo { hasNextPage } } } }`,
    { trader },
  );
  if (positions.pageInfo.hasNextPage) throw new Error(`${trader} has more positions than fit on a page`);
  return positions.nodes.filter(({ coin }) => isPerpetual(coin));
}

const isPerpetual = (coin: string): boolean => !coin.startsWith('@') && !coin.includes('/');

/**
 * Waits until the platform says that it is settled: ready, nothing left to ask, all positions of tracked traders confirmed by the
 * exchange since trading halted and none stale; for long enough that whatever moved a position in silence was looked at.
 */
async function settle(
  platform: PlatformProcess,
  { tracked, haltedAt }: { readonly tracked: readonly string[]; readonly haltedAt: number },
): Promise<string[]> {
  const end = Date.now() + settleWithinMs;
  let since: number | undefined;
  let unsettled: string[] = [];
  while (Date.now() < end) {
    unsettled = await unsettledOf(platform, { tracked, haltedAt });
    if (unsettled.length > 0) since = undefined;
    else since ??= Date.now();
    if (since !== undefined && Date.now() - since >= staleAfterMs + 2_000) return [];
    await sleep(1_000);
  }
  return [`the platform has not settled: ${unsettled.slice(0, 5).join('; ')}`];
}

async function unsettledOf(
  platform: PlatformProcess,
  { tracked, haltedAt }: { readonly tracked: readonly string[]; readonly haltedAt: number },
): Promise<string[]> {
  const unsettled: string[] = [];
  const ready = await platform.get('/ready');
  if (ready.status !== 200) unsettled.push(`it is not ready: ${ready.text}`);
  for (const trader of tracked) {
    for (const { coin, stale, details } of await positionsOf(platform, trader)) {
      if (stale) unsettled.push(`${trader} ${coin} is stale`);
      else if ((details.confirmedAt ?? 0) < haltedAt) unsettled.push(`${trader} ${coin} is not confirmed`);
    }
  }
  return unsettled;
}

async function comparePositions(
  exchange: ExchangeProcess,
  platform: PlatformProcess,
  tracked: readonly string[],
): Promise<{ readonly problems: readonly string[]; readonly positions: number }> {
  const problems: string[] = [];
  let positions = 0;
  for (const trader of tracked) {
    const truth = await exchange.positionsOf(trader);
    const own = new Map((await positionsOf(platform, trader)).map(({ coin, size }) => [coin, size]));
    positions += truth.size;
    for (const coin of new Set([...truth.keys(), ...own.keys()])) {
      const [expected, found] = [plainDecimal(truth.get(coin) ?? '0'), plainDecimal(own.get(coin) ?? '0')];
      if (expected !== found)
        problems.push(`${trader} ${coin}: the exchange holds ${expected}, the platform ${found}`);
    }
  }
  return { problems, positions };
}

/** What the exchange had to refuse that it was not told to refuse. */
async function exceededLimits(exchange: ExchangeProcess): Promise<readonly string[]> {
  return Object.entries(await exchange.limits()).flatMap(([name, { limit, highWater, refused }]) =>
    refused > 0 || highWater > limit
      ? [`${name}: ${refused} were refused, ${highWater} of ${limit} were in use`]
      : [],
  );
}

async function waitFor(what: string, holds: () => Promise<boolean>, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`expected ${what} within ${withinMs / 1_000} s`);
    await sleep(200);
  }
}
