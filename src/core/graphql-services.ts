import type { Ref } from '../plugin-api/index.ts';
import type { About, Services as GraphqlServices } from '../schema/graphql/index.ts';
import type { AppCommands } from './app.ts';
import type { Clock } from './clock.ts';
import type { RequestBudgets } from './collectors/request-budget.ts';
import type { Feed } from './feed.ts';
import type { OpenGaps } from './gaps/open-gaps.ts';
import type { JobStatus } from './jobs.ts';
import type { Leaderboard } from './leaderboard.ts';
import type { LoadedConfig } from './load-config.ts';
import type { Plan } from './plan.ts';
import type { PluginStatus } from './plugin-status.ts';
import { packageVersion } from './run-manifest.ts';
import type { Store } from './store/store.ts';

export interface GraphqlServiceOptions {
  readonly store: Store;
  readonly feed: Feed;
  readonly leaderboard: Leaderboard;
  readonly commands: AppCommands;
  readonly clock: Clock;
  readonly config: LoadedConfig;
  readonly plan: Plan;
  readonly run: string;
  readonly mode: About['mode'];
  readonly startedAt: number;
  readonly plugins: () => readonly PluginStatus[];
  readonly jobs: () => readonly JobStatus[];
  readonly budgets: Pick<RequestBudgets, 'statuses'>;
  readonly gaps: Pick<OpenGaps, 'behind'>;
}

/** The refs that GraphQL types are derived from: those that a planned plugin provides. */
export function providedRefs(plan: Plan): Ref[] {
  return [...plan.refs.values()].filter(
    ref => ref.kind !== 'event' && (plan.providers.get(ref.id)?.length ?? 0) > 0,
  );
}

/** What GraphQL resolvers need, from the services of a running application. */
export function graphqlServices(options: GraphqlServiceOptions): GraphqlServices {
  const { store, feed, leaderboard, clock, config, plan } = options;
  return {
    about: {
      name: 'hypersonar',
      version: packageVersion,
      mode: options.mode,
      startedAt: options.startedAt,
      run: options.run,
      refs: providedRefs(plan),
    },
    database: { query: (sql, parameters) => store.query(sql, parameters) },
    feed,
    leaderboard,
    clock,
    commands: {
      ...options.commands,
      clearLeaderboardCache: () => leaderboard.clear(),
    },
    plugins: options.plugins,
    jobs: options.jobs,
    isBehindGap: row => options.gaps.behind(row) !== undefined,
    requestBudgets: () => options.budgets.statuses(),
    configuration: () => config.entries,
    async statistics() {
      const [{ engine, databaseBytes, tables, filters, storedShare }, checkpoint] = await Promise.all([
        store.statistics(),
        store.checkpoint(),
      ]);
      return {
        engine,
        bytes: databaseBytes,
        checkpoint,
        tables: tables.map(({ table, rows, bytes }) => ({ name: table, rows, bytes })),
        filters,
        storedShare,
      };
    },
  };
}
