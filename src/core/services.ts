import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin, Plugins, Progress } from '../plugin-api/index.ts';
import { type Clock, steadyClock, systemClock } from './clock.ts';
import { createFollowers, type Followers } from './collectors/followers.ts';
import { createRepeatedWorks, type RepeatedWorks } from './collectors/repeated-work.ts';
import type { RequestBudgets } from './collectors/request-budget.ts';
import { createTrackedSet, type TrackedSet } from './collectors/tracked-set.ts';
import { type ConfigInput, pluginOptions } from './config.ts';
import { bind, createServices, type Services, serviceId } from './container.ts';
import { eventRefsOf } from './event-refs.ts';
import { createFeed, type Feed } from './feed.ts';
import { createOpenGaps, type OpenGaps } from './gaps/open-gaps.ts';
import { streamsOfRefs } from './gaps/streams-of-refs.ts';
import { createJobs, type JobDefinition, type Jobs, saveJob } from './jobs.ts';
import { createLatency, type Latency } from './latency.ts';
import { createLeaderboard, type Leaderboard } from './leaderboard.ts';
import { configOf, type LoadedConfig } from './load-config.ts';
import { type AppLogger, createLog, hideCredentials } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';
import type { Plan } from './plan.ts';
import { planOf } from './plan-of-config.ts';
import { openRequestBudgets } from './request-budgets-of-app.ts';
import { describeRun, type Run } from './run-manifest.ts';
import type { PluginScope } from './runtime/collector-runs.ts';
import { createRuntime, type Runtime } from './runtime.ts';
import { openSelection, type Selection } from './selection/selection.ts';
import { openSnapshots, type Snapshots } from './snapshots.ts';
import { openPositions } from './store/open-positions.ts';
import { rowsOfStore } from './store/rows-of-store.ts';
import { openStore, type Store } from './store/store.ts';
import { tapeOfStore } from './store/tape-of-store.ts';
import { readDecided } from './store/tracking.ts';
import { openTape } from './tape/open.ts';
import type { Tape } from './tape/tape.ts';

export interface AppOptions {
  /** Plugins besides those that are built in. */
  readonly plugins?: Plugins;
  /** False leaves out everything that is built in. Default true. */
  readonly builtIn?: boolean;
  /** URL of the database; wins over the configuration. */
  readonly database?: string;
  /** Folder of the tape, or null for one in memory; wins over the configuration. */
  readonly tape?: string | null;
  /**
   * Options, or a configuration that {@link loadConfig} has read. Given options alone, neither files nor the environment are
   * read.
   */
  readonly config?: ConfigInput | LoadedConfig;
  readonly clock?: Clock;
  readonly log?: AppLogger;
  /** What kind of tape this is, for those who look at results. */
  readonly mode?: 'live' | 'replay' | 'simulated';
  /** Where secrets of collectors come from: `HYPERSONAR_SECRET_<NAME>`. Default: the environment of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Told how far bounded sources have been read. */
  readonly onProgress?: (progress: Progress & { readonly plugin: string }) => void;
  /** Replaces services, in tests and where this is embedded. */
  readonly override?: Partial<OverridableServices>;
}

export interface OverridableServices {
  readonly store: Store;
  readonly tape: Tape;
  readonly metrics: Metrics;
  readonly snapshots: Snapshots;
  readonly pipeline: Pipeline;
}

/** The names of an application's services. */
export const ids = {
  config: serviceId<LoadedConfig>('configuration'),
  clock: serviceId<Clock>('clock'),
  log: serviceId<AppLogger>('log'),
  metrics: serviceId<Metrics>('metrics'),
  plan: serviceId<Plan>('plan'),
  run: serviceId<Run>('run'),
  store: serviceId<Store>('store'),
  tape: serviceId<Tape>('tape'),
  snapshots: serviceId<Snapshots | undefined>('snapshots'),
  pipeline: serviceId<Pipeline>('pipeline'),
  feed: serviceId<Feed>('feed'),
  leaderboard: serviceId<Leaderboard>('leaderboard'),
  selection: serviceId<Selection>('selection'),
  jobDefinitions: serviceId<readonly JobDefinition[]>('job definitions'),
  jobs: serviceId<Jobs>('jobs'),
  scopes: serviceId<ReadonlyMap<string, PluginScope>>('plugin scopes'),
  budgets: serviceId<RequestBudgets>('request budgets'),
  works: serviceId<RepeatedWorks>('repeated work of collectors'),
  tracked: serviceId<TrackedSet>('tracked traders'),
  followers: serviceId<Followers>('followers'),
  latency: serviceId<Latency>('latency'),
  gaps: serviceId<OpenGaps>('open gaps'),
  runtime: serviceId<Runtime>('runtime'),
} as const;

const defaults = pluginOptions.parse({});

/** The services of one plugin, in a scope of its own. */
const scopeIds = {
  options: serviceId<PluginScope['options']>('plugin options'),
  log: serviceId<PluginScope['log']>('plugin log'),
  secret: serviceId<PluginScope['secret']>('plugin secrets'),
} as const;

/** Puts an application together; each service is made when it is first asked for, after what it needs. */
export function appServices(builtInPlugins: readonly Plugin[], options: AppOptions): Services {
  const { override = {}, environment = process.env } = options;
  let logs: AppLogger | undefined;
  let runtime: Runtime | undefined;
  const services: Services = createServices(
    [
      bind(ids.config, [], () => effectiveConfig(options)),
      bind(ids.clock, [], () => options.clock ?? systemClock),
      bind(ids.log, [ids.config], ({ config }) => {
        logs = options.log ?? createLog({ level: config.log.level });
        return logs;
      }),
      bind(ids.metrics, [], () => override.metrics ?? createMetrics()),
      bind(ids.plan, [ids.config], config =>
        planOf(
          [...(options.builtIn === false ? [] : builtInPlugins)],
          [config.use, options.plugins ?? []],
          config,
        ),
      ),
      bind(ids.run, [ids.plan, ids.config], (plan, { config }) => describeRun(plan, config.seed)),
      bind(
        ids.store,
        [ids.config, ids.log],
        async ({ config }, log) => {
          if (override.store !== undefined) return override.store;
          const { keepDays, templates, ...policy } = config.storage;
          await makeParentFolder(config.database.url);
          return openStore({
            url: config.database.url,
            log,
            policy,
            retention: keepDays,
            templates: templates ?? undefined,
          });
        },
        { close: store => store.close() },
      ),
      bind(
        ids.tape,
        [ids.config, ids.plan],
        ({ config: { tape } }, plan) =>
          override.tape ??
          openTape({
            folder: tape.folder ?? undefined,
            refs: eventRefsOf(plan),
            segmentBytes: tape.segmentMegabytes * 1024 * 1024,
            retentionMs: tape.hours * 3_600_000,
            fsync: tape.fsync,
            skipCorrupt: tape.skipCorrupt,
          }),
        { close: tape => tape.close() },
      ),
      bind(ids.snapshots, [ids.config, ids.log], ({ config: { tape, snapshots } }, log) => {
        if (override.snapshots !== undefined || tape.folder === null) return override.snapshots;
        return openSnapshots({ folder: path.join(tape.folder, 'snapshots'), keep: snapshots.keep, log });
      }),
      bind(ids.pipeline, [ids.plan, ids.run, ids.config, ids.log], (plan, run, { config }, log) => {
        return (
          override.pipeline ??
          createPipeline({
            // Note: a snapshot fits the plugins that compute, whichever collectors run.
            plan: { ...plan, configHash: run.manifest.analysisHash },
            seed: config.seed,
            log,
            stopwatch: () => performance.now(),
            readArtifact: artifact => readFile(artifact),
          })
        );
      }),
      bind(ids.feed, [ids.store, ids.log], (store, log) => createFeed({ store, log }), {
        close: async feed => feed.close(),
      }),
      bind(
        ids.leaderboard,
        [ids.store, ids.tape, ids.clock, ids.log, ids.feed],
        (store, tape, clock, log, feed) =>
          createLeaderboard({
            store,
            clock,
            log,
            tapeTime: () => runtime?.tapeTime ?? tape.lastTsIngest,
            committedSeq: () => runtime?.committedSeq ?? 0,
            publish: asOf => feed.publishLeaderboard(asOf),
          }),
      ),
      bind(ids.selection, [ids.config, ids.store, ids.log], ({ config }, store, log) =>
        openSelection({
          store,
          config: config.selection,
          apply: async commands => runtime?.act(commands),
          log,
        }),
      ),
      bind(
        ids.jobDefinitions,
        [ids.config, ids.store, ids.leaderboard, ids.selection],
        ({ config }, store, leaderboard, selection) => [
          {
            id: 'leaderboard',
            doc: 'Computes the leaderboard of every window from the committed rows.',
            schedule: config.jobs.leaderboard,
            afterHistory: true,
            run: () => leaderboard.compute(),
          },
          {
            id: 'retention',
            doc: 'Removes rows that have expired.',
            schedule: config.jobs.retention,
            run: ({ now }) => store.retain(now),
          },
          {
            id: 'selection',
            doc: 'Selects the traders to track, by score and tier.',
            schedule: config.jobs.selection,
            isDue: now => selection.isDue(now),
            run: ({ now }) => selection.run(now),
          },
        ],
      ),
      bind(
        ids.jobs,
        [ids.jobDefinitions, ids.store, ids.clock, ids.log, ids.metrics],
        (definitions, store, clock, log, metrics) =>
          createJobs({
            definitions,
            store,
            clock,
            log,
            shared: store.engine !== 'pglite',
            onRun: (id, outcome, ms) => metrics.job(id, outcome, ms),
          }),
        { close: jobs => jobs.close() },
      ),
      bind(ids.scopes, [ids.plan, ids.config, ids.log], async (plan, { config }, log) => {
        const scopes = new Map<string, PluginScope>();
        for (const { plugin } of plan.plugins) {
          const scope = services.child([
            bind(scopeIds.options, [], () => config.plugins[plugin.id] ?? defaults),
            bind(scopeIds.log, [], () => log.child({ plugin: plugin.id })),
            bind(scopeIds.secret, [], () => name => environment[secretVariable(name)]),
          ]);
          scopes.set(plugin.id, {
            options: await scope.get(scopeIds.options),
            log: await scope.get(scopeIds.log),
            secret: await scope.get(scopeIds.secret),
          });
        }
        return scopes;
      }),
      bind(ids.works, [ids.clock, ids.store, ids.metrics, ids.log], (clock, store, metrics, log) =>
        createRepeatedWorks({
          clock,
          onRun(status) {
            metrics.job(status.id, status.outcome ?? 'failed', status.durationMs ?? 0);
            saveJob(store, status).catch(error =>
              log.warn('what a job came to was not stored', { job: status.id, error }),
            );
          },
        }),
      ),
      bind(ids.tracked, [], createTrackedSet),
      bind(ids.followers, [ids.clock], createFollowers),
      bind(ids.gaps, [ids.plan, ids.config], (plan, { config }) =>
        createOpenGaps({
          streamsOf: streamsOfRefs(plan),
          staleForMs: config.gaps.staleHours * 3_600_000,
        }),
      ),
      bind(ids.latency, [ids.clock, ids.metrics], (clock, metrics) =>
        createLatency({
          clock,
          isLive: () => runtime?.phase === 'live',
          observe: (stage, stream, ms) => metrics.latency(stage, stream, ms),
        }),
      ),
      bind(
        ids.budgets,
        [ids.config, ids.store, ids.clock, ids.log],
        ({ config }, store, clock, log) =>
          openRequestBudgets({
            store,
            file: budgetFile(config),
            clock: clock === systemClock ? steadyClock : clock,
            log,
          }),
        { close: budgets => budgets.close() },
      ),
      bind(
        ids.runtime,
        [
          ...[
            ids.plan,
            ids.run,
            ids.config,
            ids.tape,
            ids.store,
            ids.pipeline,
            ids.snapshots,
            ids.clock,
            ids.log,
          ],
          ...[ids.scopes, ids.metrics, ids.feed, ids.jobs],
          ...[ids.budgets, ids.works, ids.tracked, ids.followers, ids.selection, ids.latency, ids.gaps],
        ] as const,
        (
          plan,
          run,
          { config },
          tape,
          store,
          pipeline,
          snapshots,
          clock,
          log,
          scopes,
          metrics,
          feed,
          jobs,
          budgets,
          works,
          tracked,
          followers,
          selection,
          latency,
          gaps,
        ) => {
          const created = createRuntime({
            plan,
            tape,
            store,
            tapeOfStore: tapeOfStore(store),
            rowsOfStore: rowsOfStore(store, {
              plan,
              pipeline,
              run: run.id,
              analysis: run.manifest.analysisHash,
            }),
            pipeline,
            snapshots,
            clock,
            log,
            config,
            analysisHash: run.manifest.analysisHash,
            run: run.id,
            scopes,
            ...{ budgets, works, tracked, followers },
            decidedTraders: () => readDecided(store),
            positionsOf: address => openPositions(store, address),
            publish: batch => feed.publish(batch),
            onStage: (stage, ms) => metrics.stage(stage, ms),
            onBatch(batch) {
              metrics.batch(batch);
              latency.committed(batch);
              gaps.committed(batch);
              selection.see(batch);
              // Note: while history is read its hours pass in seconds; jobs run once, at its end.
              if (created.phase === 'live') jobs.tick(batch.now);
            },
            ...(options.onProgress && { onProgress: options.onProgress }),
          });
          runtime = created;
          return created;
        },
      ),
    ],
    () => logs ?? createLog({ level: 'info' }),
  );
  return services;
}

function effectiveConfig({ config = {}, database, tape }: AppOptions): LoadedConfig {
  const loaded = 'entries' in config ? (config as LoadedConfig) : configOf(config as ConfigInput);
  return {
    ...loaded,
    config: {
      ...loaded.config,
      database: { ...loaded.config.database, ...(database !== undefined && { url: database }) },
      tape: { ...loaded.config.tape, ...(tape !== undefined && { folder: tape }) },
    },
    entries: loaded.entries.map(entry => {
      if (entry.path === 'database.url' && database !== undefined) {
        return { ...entry, value: hideCredentials(database), source: 'option' };
      }
      if (entry.path === 'tape.folder' && tape !== undefined)
        return { ...entry, value: tape, source: 'option' };
      return entry;
    }),
  };
}

/** Where request budgets are shared by the processes of this machine; undefined when they are not. */
function budgetFile({ requests, tape }: LoadedConfig['config']): string | undefined {
  if (requests.file !== null) return path.resolve(requests.file);
  return tape.folder === null ? undefined : path.resolve(path.dirname(tape.folder), 'requests.sqlite');
}

function secretVariable(name: string): string {
  return `HYPERSONAR_SECRET_${name.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
}

async function makeParentFolder(url: string): Promise<void> {
  if (!url.startsWith('pglite://')) return;
  await mkdir(path.dirname(path.resolve(decodeURIComponent(url.slice('pglite://'.length)))), {
    recursive: true,
  });
}
