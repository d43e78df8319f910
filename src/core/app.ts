import type { Server } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { CollectorPlugin, Plugin } from '../plugin-api/index.ts';
import { traderTierClassifier } from '../plugins/classifiers/trader-tier-and-tags/index.ts';
import { walletCategoriesClassifier } from '../plugins/classifiers/wallet-categories/index.ts';
import { accountsCsv } from '../plugins/collectors/accounts-csv/index.ts';
import { candlesCsv } from '../plugins/collectors/candles-csv/index.ts';
import { fillsCsv } from '../plugins/collectors/fills-csv/index.ts';
import { fundingCsv } from '../plugins/collectors/funding-csv/index.ts';
import { hyperEvm } from '../plugins/collectors/hyper-evm/index.ts';
import { hyperliquidDiscovery } from '../plugins/collectors/hyperliquid-discovery/index.ts';
import { hyperliquidLeaderboard } from '../plugins/collectors/hyperliquid-leaderboard/index.ts';
import { hyperliquidMarket } from '../plugins/collectors/hyperliquid-market/index.ts';
import { hyperliquidTraders } from '../plugins/collectors/hyperliquid-traders/index.ts';
import { nodeFills } from '../plugins/collectors/node-fills/index.ts';
import { recording } from '../plugins/collectors/recording/index.ts';
import { simulatedHistory } from '../plugins/collectors/simulated-history/index.ts';
import { userFills } from '../plugins/collectors/user-fills/index.ts';
import { leaderboardView } from '../plugins/features/leaderboard-view/index.ts';
import { marketRegimeFeature } from '../plugins/features/market-regime/index.ts';
import { marketStateFeature } from '../plugins/features/market-state/index.ts';
import { regimePerformanceFeature } from '../plugins/features/regime-performance/index.ts';
import { walletBehaviourFeature } from '../plugins/features/wallet-behaviour/index.ts';
import { walletLedgerFeature } from '../plugins/features/wallet-ledger/index.ts';
import { walletOwnersFeature } from '../plugins/features/wallet-owners/index.ts';
import { walletPerformanceFeature } from '../plugins/features/wallet-performance/index.ts';
import { traderScoreModel } from '../plugins/models/trader-score/index.ts';
import { traderWeightModel } from '../plugins/models/trader-weight/index.ts';
import { smartMoneyBiasSignal } from '../plugins/signals/smart-money-bias/index.ts';
import { whaleAlertSignal } from '../plugins/signals/whale-alert/index.ts';
import { buildSchema, type Services as GraphqlServices } from '../schema/graphql/index.ts';
import { durationMs } from './duration.ts';
import { UserError } from './errors.ts';
import type { Feed } from './feed.ts';
import { readGaps } from './gaps/read-gaps.ts';
import { graphqlServices, providedRefs } from './graphql-services.ts';
import type { Health, Readiness } from './health.ts';
import { healthOf, readinessOf } from './health.ts';
import type { Command } from './ingest/source-item.ts';
import { normaliseAddress } from './ingest.ts';
import type { JobStatus } from './jobs.ts';
import { storeLatency } from './latency.ts';
import type { LoadedConfig } from './load-config.ts';
import type { AppLogger } from './log.ts';
import type { Plan } from './plan.ts';
import { type PluginStatus, pluginStatuses, storePlugins } from './plugin-status.ts';
import { endRun, type Run, storeRun } from './run-manifest.ts';
import type { RuntimePhase } from './runtime.ts';
import type { Handler } from './server/handler.ts';
import { createServer, type GraphqlServer } from './server/server.ts';
import { notStartedHandler } from './server-before-start.ts';
import { type AppOptions, appServices, ids } from './services.ts';
import type { Store } from './store/store.ts';
import type { Tape } from './tape/tape.ts';

export { type ConfigInput, configOptions, defineConfig } from './config.ts';
export { configOf, type LoadedConfig, loadConfig } from './load-config.ts';
export type { AppOptions } from './services.ts';

/** Everything that is built in: the only list of what exists. Collectors run when they are configured. */
export const builtInPlugins: readonly Plugin[] = [
  recording,
  nodeFills,
  userFills,
  fillsCsv,
  candlesCsv,
  fundingCsv,
  accountsCsv,
  hyperliquidMarket,
  hyperliquidTraders,
  hyperliquidLeaderboard,
  hyperliquidDiscovery,
  hyperEvm,
  simulatedHistory,
  walletLedgerFeature,
  walletBehaviourFeature,
  walletPerformanceFeature,
  marketRegimeFeature,
  regimePerformanceFeature,
  marketStateFeature,
  leaderboardView,
  walletOwnersFeature,
  traderScoreModel,
  traderWeightModel,
  traderTierClassifier,
  walletCategoriesClassifier,
  smartMoneyBiasSignal,
  whaleAlertSignal,
];

/** One application. Several can live in one process. */
export interface App {
  readonly config: LoadedConfig;
  readonly plan: Plan;
  /** What results point at. */
  readonly run: Run;
  readonly log: AppLogger;
  readonly schema: GraphQLSchema;
  /** Committed rows by cursor; after `start`. */
  readonly feed: Feed;
  /** What resolvers need besides a request's permissions; after `start`. */
  readonly graphql: GraphqlServices;
  /**
   * Everything over HTTP, to be mounted in any Node, Fetch, Express, Fastify or Next server. Answers 503 before `start`.
   */
  readonly handler: Handler;
  /** Serves graphql-ws on the HTTP server that the handler is mounted in; after `start`. */
  attachWebsocket(server: Server): void;
  /** Listens on the configured host and port, until `stop`; after `start`. */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /**
   * Recovers, then lets sources run in the background.
   *
   * Throws what makes a start impossible, such as a damaged tape, and closes what was opened.
   */
  start(): Promise<void>;
  /**
   * Resolves when all history has been read and its results are committed, jobs included; at once where there is none. Rejects
   * when the writer has to halt. Live sources go on.
   */
  readonly done: Promise<void>;
  /** Stops sources, commits what they brought, and closes everything, newest first, each with a deadline. */
  stop(): Promise<void>;
  readonly phase: RuntimePhase;
  /** `tsIngest` of the newest event in ms. */
  readonly tapeTime: number | undefined;
  /** Seq of the newest event whose results are committed. */
  readonly committedSeq: number;
  /** After `start`. */
  readonly store: Store;
  /** After `start`. */
  readonly tape: Tape;
  plugins(): readonly PluginStatus[];
  jobs(): readonly JobStatus[];
  health(): Health;
  readiness(): Readiness;
  /** Measurements in the text format of Prometheus. */
  metrics(): Promise<string>;
  /** What operators do. Each resolves when its results are committed. */
  readonly commands: AppCommands;
}

export interface AppCommands {
  trackTrader(address: string): Promise<void>;
  untrackTrader(address: string): Promise<void>;
  pausePlugin(id: string): Promise<void>;
  resumePlugin(id: string): Promise<void>;
  runJob(id: string): Promise<void>;
  /** Several acts at once, in their order, such as those of a selection; addresses in lower case. */
  act(commands: readonly Command[]): Promise<void>;
}

/**
 * Makes an application of the built-in plugins and the caller's own. Nothing is opened before `start`.
 *
 * Throws `PLAN_INVALID` or `CONFIG_INVALID` with everything that is wrong.
 *
 * @example
 * const app = await createApp({ database: 'pglite-memory://', tape: null });
 * await app.start();
 */
export async function createApp(options: AppOptions = {}): Promise<App> {
  const services = appServices(builtInPlugins, options);
  const config = await services.get(ids.config);
  const log = await services.get(ids.log);
  const clock = await services.get(ids.clock);
  const metrics = await services.get(ids.metrics);
  const plan = await services.get(ids.plan);
  const run = await services.get(ids.run);
  const done = Promise.withResolvers<void>();
  done.promise.catch(() => undefined);
  const schema = buildSchema({ refs: providedRefs(plan) });
  const mode = options.mode ?? modeOf(plan);
  let graphql: GraphqlServices | undefined;
  let server: GraphqlServer | undefined;
  let opened: Awaited<ReturnType<typeof open>> | undefined;
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;

  const open = async () => ({
    store: await services.get(ids.store),
    tape: await services.get(ids.tape),
    pipeline: await services.get(ids.pipeline),
    feed: await services.get(ids.feed),
    leaderboard: await services.get(ids.leaderboard),
    jobs: await services.get(ids.jobs),
    runtime: await services.get(ids.runtime),
    budgets: await services.get(ids.budgets),
    works: await services.get(ids.works),
    latency: await services.get(ids.latency),
    gaps: await services.get(ids.gaps),
  });
  const running = () => {
    if (opened === undefined) throw notStarted();
    return opened;
  };
  const jobList = (): readonly JobStatus[] =>
    opened === undefined ? [] : [...opened.jobs.list(), ...opened.works.list()];
  const plugins = (): readonly PluginStatus[] =>
    opened === undefined ? [] : pluginStatuses({ plan, ...opened });

  const staleAfterMs = ({ id, staleAfter }: CollectorPlugin): number => {
    const said = config.config.plugins[id]?.staleAfterSeconds;
    return said === undefined ? durationMs(staleAfter ?? '2m') : said * 1_000;
  };
  const readiness = (): Readiness =>
    readinessOf(running().runtime, {
      clock,
      staleAfterMs,
    });

  let stored = '';
  const storeStates = async (): Promise<void> => {
    const statuses = plugins();
    const text = JSON.stringify(statuses.map(({ id, state, faults, reason }) => [id, state, faults, reason]));
    if (text === stored) return;
    stored = text;
    await storePlugins(running().store, statuses, { plan, at: clock.now() });
  };

  let measured = 0;
  const storeMeasures = async (): Promise<void> => {
    const { store, latency } = running();
    const entries = latency.summaries();
    const count = entries.reduce((sum, entry) => sum + entry.count, 0);
    if (count === measured) return;
    measured = count;
    await storeLatency(store, { run: run.id, at: clock.now(), entries });
  };

  async function start(): Promise<void> {
    try {
      opened = await open();
      const { store, jobs, runtime, tape, feed, leaderboard, budgets, latency, gaps } = opened;
      metrics.observe({
        sources: () => runtime.sources,
        queueDepth: () => runtime.queueDepth,
        rememberedEvents: () => runtime.rememberedEvents,
        subscribers: () => Object.values(feed.subscribers()).reduce((sum, count) => sum + count, 0),
        tapeBytes: () => tape.bytes,
        tapeSeq: () => tape.lastSeq,
        committedSeq: () => runtime.committedSeq,
        lagMs: () => (runtime.phase === 'live' ? clock.now() - (runtime.tapeTime ?? clock.now()) : undefined),
        plugins,
        budgets: () => budgets.statuses(),
        storage: () => store.query('select filter as "table", outcome, count from filter_counts'),
        openGaps: () => gaps.list().length,
      });
      graphql = graphqlServices({
        ...{ store, feed, leaderboard, clock, config, plan, plugins, commands, budgets, gaps },
        run: run.id,
        mode,
        startedAt: clock.now(),
        jobs: () => jobList(),
      });
      server = createServer({
        schema,
        services: graphql,
        log,
        host: config.config.server.host,
        port: config.config.server.port,
        token: config.config.server.token ?? undefined,
        origins: config.config.server.origins,
        metrics: () => metrics.text(),
        onDelivered: (stream, row) => latency.delivered(stream, row),
        health: () => healthOf(runtime, plugins()),
        readiness: () => {
          const { ready, reasons, sources } = readiness();
          const data = sources.map(({ id, lastAt, ageMs, stale }) => ({
            name: id,
            lastEvent: lastAt,
            ageMs,
            stale,
          }));
          const missing = gaps.list().map(({ stream, scope, from, to, reason }) => ({
            name: `${stream}${scope === null ? '' : ` of ${scope}`}: events from ${iso(from)} to ${iso(to)} are missing (${reason})`,
            lastEvent: undefined,
            ageMs: Math.max(0, clock.now() - to),
            stale: true,
          }));
          return { ready, reasons, data: [...data, ...missing.slice(0, mostGaps)] };
        },
      });
      await storeRun(store, run, { mode, startedAt: clock.now() });
      const staleForMs = config.config.gaps.staleHours * 3_600_000;
      const known = (tape.lastTsIngest ?? clock.now()) - staleForMs;
      for (const gap of await readGaps(store, known)) gaps.note(gap);
      await runtime.recover();
      await jobs.open();
      await storeStates();
    } catch (error) {
      opened = undefined;
      await services.close();
      throw error;
    }
    runSources().then(done.resolve, done.reject);
  }

  async function runSources(): Promise<void> {
    const { jobs, runtime } = running();
    const states = setInterval(() => {
      storeStates()
        .then(storeMeasures)
        .catch(error => log.warn('plugin states were not stored', { error }));
    }, 5_000);
    states.unref();
    try {
      await runtime.run();
      if (runtime.phase === 'idle' && runtime.tapeTime !== undefined)
        await jobs.runAfterHistory(runtime.tapeTime);
      await storeStates();
    } finally {
      clearInterval(states);
    }
  }

  async function stop(): Promise<void> {
    if (starting === undefined) return;
    // Note: a recovery that is under way ends at its next batch.
    opened?.runtime.interrupt();
    await starting.catch(() => undefined);
    if (opened === undefined) return;
    const { store, runtime } = opened;
    const problems: unknown[] = [];
    await server?.stop().catch(error => problems.push(error));
    await runtime.stop().catch(error => problems.push(error));
    if (runtime.failure === undefined && runtime.storeHealth.available && problems.length === 0) {
      await storeStates();
      await storeMeasures();
      await endRun(store, run.id, clock.now());
    }
    for (const { error } of await services.close()) problems.push(error);
    done.resolve();
    if (problems.length > 0) throw problems[0];
  }

  const act = async (command: Command): Promise<void> => running().runtime.act([command]);
  const knownPlugin = (id: string): string => {
    if (plan.plugins.some(({ plugin }) => plugin.id === id)) return id;
    throw new UserError(
      'PLUGIN_UNKNOWN',
      `Expected the id of a plugin, found ${JSON.stringify(id)}. Known are ${plan.plugins.map(({ plugin }) => plugin.id).join(', ')}.`,
    );
  };

  const commands: AppCommands = {
    trackTrader: async address => act({ name: 'track-trader', target: normaliseAddress(address) }),
    untrackTrader: async address => act({ name: 'untrack-trader', target: normaliseAddress(address) }),
    pausePlugin: async id => act({ name: 'pause-plugin', target: knownPlugin(id) }),
    resumePlugin: async id => act({ name: 'resume-plugin', target: knownPlugin(id) }),
    act: async commands => running().runtime.act(commands),
    async runJob(id) {
      const { jobs, works, runtime } = running();
      if (works.has(id)) await works.run(id);
      else await jobs.run(id, runtime.tapeTime ?? clock.now());
    },
  };

  return {
    config,
    plan,
    run,
    log,
    schema,
    get feed() {
      return running().feed;
    },
    get graphql() {
      if (graphql === undefined) throw notStarted();
      return graphql;
    },
    handler: notStartedHandler(() => server?.handler),
    attachWebsocket(other) {
      if (server === undefined) throw notStarted();
      server.attachWebsocket(other);
    },
    async listen() {
      if (server === undefined) throw notStarted();
      const { url, port } = await server.start();
      log.info('listening', { url });
      return { url, port };
    },
    done: done.promise,
    start() {
      starting ??= start();
      return starting;
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
    get phase() {
      return opened?.runtime.phase ?? 'planned';
    },
    get tapeTime() {
      return opened?.runtime.tapeTime;
    },
    get committedSeq() {
      return opened?.runtime.committedSeq ?? 0;
    },
    get store() {
      return running().store;
    },
    get tape() {
      return running().tape;
    },
    plugins,
    jobs: jobList,
    health: () => healthOf(running().runtime, plugins()),
    readiness,
    metrics: () => metrics.text(),
    commands,
  };
}

/** Gaps that readiness lists; the query `gaps` has all. */
const mostGaps = 100;
const iso = (time: number): string => new Date(time).toISOString();

/** What kind of tape the collectors of a plan make. */
function modeOf(plan: Plan): 'live' | 'replay' | 'simulated' {
  const collectors = plan.collectors.map(({ plugin }) => plugin);
  if (collectors.some(({ id }) => id.startsWith('simulated-'))) return 'simulated';
  const history =
    collectors.length > 0 && collectors.every(({ availability }) => availability === 'declared');
  return history ? 'replay' : 'live';
}

function notStarted(): UserError {
  return new UserError(
    'APP_NOT_RUNNING',
    'Expected a started application, found one that is not. Call start() first.',
  );
}
