import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startExchangeProcess } from '../../src/testing/exchange/index.ts';
import { runCommand } from '../cli/run-command.ts';
import { createPlatformProcess, databaseOf, type PlatformProcess } from './platform-process.ts';

/** Ages of what a client was told, from the exchange's time until it had it, in ms. */
export interface Delivered {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface DeliveryLatency {
  /** Changes of positions of tracked traders, by the tape. */
  readonly positions: Delivered;
  /** Alerts by severity. */
  readonly alerts: Readonly<Record<string, Delivered>>;
  /** What the platform says of itself, once it has ended. */
  readonly published: readonly {
    readonly stage: string;
    readonly stream: string;
    readonly count: number;
    readonly p50: number;
    readonly p99: number;
  }[];
  /** Changes of positions that the client was told, all in all. */
  readonly told: Delivered;
  /** Requests that waited for weight, at the beginning and at the end of the measurement. */
  readonly waiting: readonly [number, number];
  /** Sums of the histogram in the metrics, of changes delivered. */
  readonly inMetrics: number;
  /** Mean time in ms of a batch in each stage. */
  readonly stages: Readonly<Record<string, number>>;
}

export interface LatencySetting {
  readonly tracked: number;
  readonly tradesPerSecond: number;
  readonly measureMs: number;
}

interface Told {
  readonly at: number;
  readonly eventTime: number;
  readonly address: string;
  readonly source: string;
  readonly severity: string;
}

const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;

function summary(told: readonly Told[]): Delivered {
  const ages = told.map(({ at, eventTime }) => at - eventTime).sort((a, b) => a - b);
  return {
    count: ages.length,
    p50: percentile(ages, 0.5),
    p99: percentile(ages, 0.99),
    max: ages.at(-1) ?? Number.NaN,
  };
}

/** A platform on a busy local exchange, each in a process of its own, and a client that notes when it is told what. */
export async function measureDelivery(setting: LatencySetting): Promise<DeliveryLatency> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-latency-'));
  const exchange = await startExchangeProcess({
    ...{ seed: 3, markets: 'load', wallets: setting.tracked, tradesPerSecond: setting.tradesPerSecond },
    coins: { perps: 60, builder: 20, spot: 10 },
  });
  const platform = await createPlatformProcess({
    folder,
    exchange: exchange.url,
    config: {
      storage: { templates: path.join(tmpdir(), 'hypersonar-live-templates') },
      jobs: { leaderboard: 'off', retention: 'off', selection: 'off' },
      plugins: {
        'hyperliquid-leaderboard': { enabled: false },
        'hyperliquid-discovery': { enabled: false },
      },
    },
  });
  try {
    await platform.start();
    const client = createClient({
      url: `${platform.url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    const changes: Told[] = [];
    const alerts: Told[] = [];
    const follow = (query: string, told: Told[]) =>
      client.subscribe<Record<string, { readonly item: Omit<Told, 'at'> | null }>>(
        { query },
        {
          next({ data }) {
            const at = Date.now();
            for (const { item } of Object.values(data ?? {})) if (item !== null) told.push({ ...item, at });
          },
          error: error => console.error('a subscription ended', error),
          complete: () => undefined,
        },
      );
    follow('subscription { positionChanged { item { address source eventTime } } }', changes);
    follow('subscription { alertRaised { item { severity eventTime } } }', alerts);
    const tracked = (await exchange.users()).slice(1, setting.tracked + 1);
    await trackAll(platform, tracked);
    // Note: past its first minute everything is compiled, and the queue of snapshots stands as it does for hours.
    await sleep(20_000);
    const waitingBefore = await waitingOf(platform);
    const from = Date.now();
    await sleep(setting.measureMs);
    const until = Date.now();
    const waiting: readonly [number, number] = [waitingBefore, await waitingOf(platform)];
    await sleep(2_000);
    const metrics = (await platform.get('/metrics')).text;
    await client.dispose();
    await sleep(200);
    await platform.stop();
    const among = new Set(tracked);
    const within = ({ eventTime }: Told) => eventTime >= from && eventTime < until;
    const bySeverity = Object.groupBy(alerts.filter(within), ({ severity }) => severity);
    return {
      positions: summary(
        changes.filter(one => within(one) && one.source === 'trade' && among.has(one.address)),
      ),
      alerts: Object.fromEntries(
        Object.entries(bySeverity).map(([severity, told]) => [severity, summary(told ?? [])]),
      ),
      told: summary(changes),
      published: await publishedOf(folder),
      waiting,
      inMetrics: Number(
        /^hypersonar_latency_seconds_count\{stage="delivered",stream="positionChanged"\} (\d+)/m.exec(
          metrics,
        )?.[1],
      ),
      stages: stagesOf(metrics),
    };
  } finally {
    await platform.kill();
    await exchange.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function trackAll(platform: PlatformProcess, addresses: readonly string[]): Promise<void> {
  const atOnce = 25;
  for (let first = 0; first < addresses.length; first += atOnce) {
    await Promise.all(
      addresses.slice(first, first + atOnce).map(address =>
        platform.ask('mutation ($address: String!) { trackTrader(address: $address) { __typename } }', {
          address,
        }),
      ),
    );
  }
}

async function waitingOf(platform: PlatformProcess): Promise<number> {
  const { requestBudgets } = await platform.ask<{
    requestBudgets: readonly { name: string; waiting: readonly { count: number }[] }[];
  }>('{ requestBudgets { name waiting { count } } }');
  const info = requestBudgets.find(({ name }) => name === 'hyperliquid-info');
  return info?.waiting.reduce((sum, { count }) => sum + count, 0) ?? 0;
}

/** What `hypersonar stats` says of the last run. */
async function publishedOf(folder: string): Promise<DeliveryLatency['published']> {
  const { out } = await runCommand(['stats', '--json', '--database', databaseOf(folder)], { cwd: folder });
  return (JSON.parse(out) as { live?: { entries: DeliveryLatency['published'] } }).live?.entries ?? [];
}

function stagesOf(metrics: string): Record<string, number> {
  const stages: Record<string, number> = {};
  for (const [, stage, sum] of metrics.matchAll(/^hypersonar_stage_seconds_sum\{stage="(\w+)"\} (\S+)/gm)) {
    const count = new RegExp(`^hypersonar_stage_seconds_count\\{stage="${stage}"\\} (\\d+)`, 'm').exec(
      metrics,
    )?.[1];
    stages[stage as string] = Math.round((Number(sum) / Number(count)) * 10_000) / 10;
  }
  return stages;
}
