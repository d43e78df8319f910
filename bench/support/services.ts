import type { Feed } from '../../src/core/feed.ts';
import type { Store } from '../../src/core/store/store.ts';
import type { Services } from '../../src/schema/graphql/index.ts';
import { standardRefs } from '../../src/schema/graphql/print.ts';

const no = async () => undefined;

/** What resolvers need, over a store and its feed with nothing running behind them. */
export function bareServices(store: Store, feed: Feed): Services {
  return {
    about: {
      name: 'hypersonar',
      version: '0',
      mode: 'simulated',
      startedAt: 0,
      run: 'bench',
      refs: standardRefs,
    },
    database: { query: (sql, parameters) => store.query(sql, parameters) },
    feed,
    leaderboard: { fresh: () => undefined },
    commands: {
      ...{ trackTrader: no, untrackTrader: no, runJob: no, pausePlugin: no, resumePlugin: no },
      clearLeaderboardCache: no,
    },
    clock: { now: () => Date.now() },
    plugins: () => [],
    jobs: () => [],
    isBehindGap: () => false,
    requestBudgets: async () => [],
    configuration: () => [],
    statistics: async () => ({
      engine: 'postgres',
      bytes: 0,
      checkpoint: 0,
      tables: [],
      filters: [],
      storedShare: null,
    }),
  };
}
