import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ExchangeProcess, startExchangeProcess } from '../../../src/testing/index.ts';
import { chooseSpread } from './choose-traders.ts';
import { type Slope, slopeOf } from './figures.ts';
import type { SoakOptions } from './options.ts';
import { createPhaseMeter, type Limits, type Phase } from './phases.ts';
import { type SoakedPlatform, startPlatform } from './platform.ts';
import { type Difference, differencesOf } from './positions.ts';
import { subscribe } from './subscriptions.ts';
import { track } from './track.ts';
import { compareTrades, type TradeCounts } from './trade-counts.ts';

/** Memory at a minute, and how many events were remembered then. */
export type MemoryPoint = readonly [minute: number, mb: number, remembered: number];

/** What a soak has found. */
export interface SoakResult {
  readonly options: SoakOptions;
  readonly startedAt: string;
  /** From the start of the process until all trades are subscribed, and until all traders are tracked; seconds. */
  readonly readySeconds: number;
  readonly trackedSeconds: number;
  readonly subscriptions: number;
  readonly phases: readonly Phase[];
  /** From the end of the burst until the queue is empty and nothing is delivered more than a second late; seconds. */
  readonly recoverySeconds: number | undefined;
  readonly lagBeforeBurstMs: number;
  readonly longestLagMs: number;
  /** The heap after major collections, and all memory of the process, beyond what the events take that are remembered; MB per hour. */
  readonly heapSlope: Slope | undefined;
  readonly rssSlope: Slope | undefined;
  readonly heapPoints: readonly MemoryPoint[];
  readonly rssPoints: readonly MemoryPoint[];
  readonly limits: Limits;
  /** Requests that were answered by 429. */
  readonly refusedForWeight: number;
  /** From the first moment at which everything was subscribed until trading ended, and during the burst. */
  readonly trades: { readonly all: TradeCounts; readonly burst: TradeCounts };
  readonly positions: {
    readonly compared: number;
    readonly atFirst: number;
    readonly differences: readonly Difference[];
    readonly seconds: number;
  };
  readonly failures: readonly string[];
  readonly faults: number;
  readonly gaps: readonly unknown[];
  /** How often the platform's process ended by itself. */
  readonly restarts: number;
  readonly exitCode: number | null;
  readonly storage: unknown;
  readonly log: string;
}

const minute = 60_000;
/**
 * Ingest remembers the events of ten minutes, and by default at least 200,000 of each kind. Where fewer than that come in ten
 * minutes, it fills for hours before it is full, which would hide whatever else grows.
 */
const environment = { HYPERSONAR_INGEST_DEDUPE_KEYS: '20000' };
/** The queue is as good as empty below this. */
const fewItems = 1_000;
/** For how long nothing may be late, for it to be normal again. */
const calmMs = 5_000;
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, Math.max(0, ms)));

/** Runs the platform against a local exchange, each in a process of its own, and measures. */
export async function runSoak(options: SoakOptions, say: (text: string) => void): Promise<SoakResult> {
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), 'hypersonar-soak-')));
  await mkdir(folder, { recursive: true });
  const startedAt = new Date().toISOString();
  say('starting the exchange');
  const exchange = await startExchangeProcess({
    ...{ seed: options.seed, markets: 'both', tradesPerSecond: options.rate, wallets: options.wallets },
    ...{ leaderboardRows: options.leaderboardRows, ...(options.coins && { coins: options.coins }) },
  });
  let platform: SoakedPlatform | undefined;
  try {
    say('starting the platform');
    if (options.traders !== undefined) {
      const plugins = { 'hyperliquid-traders': { config: options.traders } };
      await writeFile(path.join(folder, 'hypersonar.config.json'), JSON.stringify({ plugins }));
    }
    const began = performance.now();
    const exchangeUrl = exchange.infoUrl.replace(/\/info$/, '');
    platform = await startPlatform({ folder, exchangeUrl, profile: options.profile, environment });
    return await soak({ options, say, exchange, platform, folder, began, startedAt });
  } finally {
    await platform?.stop();
    await exchange.stop();
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  }
}

interface Soak {
  readonly options: SoakOptions;
  readonly say: (text: string) => void;
  readonly exchange: ExchangeProcess;
  readonly platform: SoakedPlatform;
  readonly folder: string;
  readonly began: number;
  readonly startedAt: string;
}

async function soak({
  options,
  say,
  exchange,
  platform,
  folder,
  began,
  startedAt,
}: Soak): Promise<SoakResult> {
  const since = () => (performance.now() - began) / 1_000;
  const { coins } = await exchange.describe();
  while (((await exchange.describe()).subscriptions.trades ?? 0) < coins) {
    if (platform.ended !== undefined) throw new Error(`The platform ended:\n${platform.log()}`);
    if (since() > 180) throw new Error(`Not all of ${coins} markets were subscribed:\n${platform.log()}`);
    await pause(100);
  }
  const readySeconds = since();
  say(`${coins} markets are subscribed after ${readySeconds.toFixed(1)} s`);
  const traders = await chooseSpread(exchange, options.tracked);
  await track(platform, traders);
  const trackedSeconds = since();
  say(`${traders.length} traders are tracked after ${trackedSeconds.toFixed(1)} s`);

  const subscribers = subscribe(platform.url, traders);
  const meter = await createPhaseMeter(platform, subscribers);
  const phases: Phase[] = [];
  const watch = createWatch(platform, say);
  const start = performance.now();
  const until = async (minutes: number) => {
    while (performance.now() < start + minutes * minute && platform.ended === undefined) await watch.look();
  };
  const endPhase = async (name: string) => {
    phases.push(await meter.end(name));
    say(JSON.stringify(phases.at(-1)));
  };

  // Note: the first moments belong to the start: what is told of a trader for the first time, the leaderboard as a whole.
  await pause(2_000);
  const first = await exchange.trades();
  await until(options.warmUpMinutes / 2);
  await endPhase('start');
  watch.forget();
  await until(options.warmUpMinutes);
  await endPhase('before the burst');
  const lagBeforeBurstMs = watch.longestLagMs();

  const burstFrom = await exchange.trades();
  await exchange.provoke({ kind: 'rate', tradesPerSecond: options.burstRate });
  await until(options.warmUpMinutes + options.burstSeconds / 60);
  await exchange.provoke({ kind: 'rate', tradesPerSecond: options.rate });
  const burstEnd = performance.now();
  let crowdedAt = burstEnd;
  const burstTo = await exchange.trades();
  await endPhase('burst');
  let recoverySeconds: number | undefined;
  while (recoverySeconds === undefined && performance.now() < burstEnd + 5 * minute) {
    const queued = await watch.look(250);
    if (queued >= fewItems) crowdedAt = performance.now();
    const lastAt = Math.max(burstEnd, crowdedAt, subscribers.lastLateAt);
    if (performance.now() - lastAt > calmMs) recoverySeconds = (lastAt - burstEnd) / 1_000;
  }
  const longestLagMs = watch.longestLagMs();
  say(
    `normal again ${recoverySeconds?.toFixed(1)} s after the burst; ${longestLagMs.toFixed(0)} ms late at most`,
  );

  await until(Math.min(options.minutes / 2, options.warmUpMinutes + options.burstSeconds / 60 + 2));
  await endPhase('after the burst');
  const steadyFrom = Date.now();
  watch.forget();
  await until(options.minutes);
  await endPhase('steady');

  await exchange.provoke({ kind: 'halt', isOn: true });
  await pause(1_000);
  const last = await exchange.trades();
  const settling = performance.now();
  let compared = await differencesOf(platform, exchange, traders);
  const atFirst = compared.differences.length;
  while (
    compared.differences.length > 0 &&
    performance.now() < settling + options.settleMinutes * minute &&
    platform.ended === undefined
  ) {
    say(`${compared.differences.length} of ${compared.compared} positions differ`);
    await pause(2_000);
    compared = await differencesOf(platform, exchange, traders);
  }
  await endPhase('trading halted');
  const positionSeconds = (performance.now() - settling) / 1_000;
  const metrics = await platform.metrics();
  const faults = metrics.all('hypersonar_plugin_faults').reduce((sum, { value }) => sum + value, 0);
  const { gaps, storage } = await platform.ask<{ gaps: { nodes: unknown[] }; storage: unknown }>(
    `{ gaps(first: 50) { ... on GapConnection { nodes { stream scope from to reason healed } } }
       storage { storedShare filters { table kept dropped keptBytes droppedBytes } } }`,
  );
  await subscribers.close();
  const { subscriptions, failures } = subscribers;
  const limits = await exchange.limits();
  const { counts } = await exchange.describe();
  const restarts = platform.ended === undefined ? 0 : 1;
  say('stopping the platform');
  const exitCode = await platform.stop();
  say('comparing trades');
  const [all, burst] = await compareTrades(path.join(folder, 'tape'), [
    [first, last],
    [burstFrom, burstTo],
  ]);
  const minutesOf = (at: number) => (at - steadyFrom) / minute;
  const pointOf = (at: number, bytes: number): MemoryPoint => [
    minutesOf(at),
    bytes / 2 ** 20,
    watch.rememberedAt(at),
  ];
  const heapPoints = meter.floors
    .filter(({ at }) => at >= steadyFrom)
    .map(({ at, heap }) => pointOf(at, heap));
  const rssPoints = watch.memory.filter(({ at }) => at >= steadyFrom).map(({ at, rss }) => pointOf(at, rss));
  const perHour = (points: readonly MemoryPoint[]) =>
    slopeOf(points.map(([at, mb, remembered]) => ({ x: at / 60, y: mb, z: remembered })));
  return {
    ...{ options, startedAt, readySeconds, trackedSeconds, subscriptions, phases },
    ...{ recoverySeconds, lagBeforeBurstMs, longestLagMs, heapPoints, rssPoints, limits },
    heapSlope: perHour(heapPoints),
    rssSlope: perHour(rssPoints),
    refusedForWeight: counts.refusedForWeight,
    trades: { all: all!, burst: burst! },
    positions: { ...compared, atFirst, seconds: positionSeconds },
    ...{ failures, faults, gaps: gaps.nodes, restarts, exitCode, storage, log: platform.log() },
  };
}

/** Looks at the platform's metrics every now and then. */
function createWatch(platform: SoakedPlatform, say: (text: string) => void) {
  const memory: { at: number; rss: number; remembered: number }[] = [];
  let longest = 0;
  let saidAt = 0;
  return {
    memory,
    longestLagMs: () => longest,
    /** How many events were remembered at a time. */
    rememberedAt: (at: number) => memory.findLast(each => each.at <= at)?.remembered ?? 0,
    forget() {
      longest = 0;
    },
    /** Answers how many items wait for the writer. */
    async look(everyMs = 1_000): Promise<number> {
      const began = performance.now();
      const metrics = await platform.metrics();
      const lagMs = metrics.value('hypersonar_lag_seconds') * 1_000;
      longest = Math.max(longest, lagMs);
      const rss = metrics.value('hypersonar_process_resident_memory_bytes');
      memory.push({ at: Date.now(), rss, remembered: metrics.value('hypersonar_remembered_events') });
      if (began - saidAt > 10_000) {
        saidAt = began;
        const weight = Math.max(...metrics.all('hypersonar_request_budget_used').map(({ value }) => value));
        say(
          `seq ${metrics.value('hypersonar_committed_seq')}, lag ${lagMs.toFixed(0)} ms, ` +
            `queue ${metrics.value('hypersonar_queue_items')}, rss ${(rss / 2 ** 20).toFixed(0)} MB, ` +
            `heap ${(metrics.value('hypersonar_nodejs_heap_size_used_bytes') / 2 ** 20).toFixed(0)} MB, ` +
            `weight ${weight.toFixed(0)}`,
        );
      }
      await pause(everyMs - (performance.now() - began));
      return metrics.value('hypersonar_queue_items');
    },
  };
}
