import type { InferInsertModel } from 'drizzle-orm';
import type { GraphQLSchema } from 'graphql';
import { createFeed, type Feed } from '../../src/core/feed.ts';
import { createLeaderboard, type Leaderboard } from '../../src/core/leaderboard.ts';
import type { ServerOptions } from '../../src/core/server/options.ts';
import { createServer, type GraphqlServer } from '../../src/core/server/server.ts';
import { openStore, type Store } from '../../src/core/store/store.ts';
import type { Logger, Ref } from '../../src/plugin-api/index.ts';
import type { Commands, JobView, PluginView, Services } from '../../src/schema/graphql/index.ts';
import { buildSchema } from '../../src/schema/graphql/index.ts';
import { standardRefs } from '../../src/schema/graphql/print.ts';
import * as tables from '../../src/schema/tables/index.ts';

/*
 * GraphQL over a real store and real sockets, with rows put in by hand: what the server does is tested apart from what fills the
 * database.
 */

export interface Platform {
  readonly store: Store;
  readonly feed: Feed;
  readonly leaderboard: Leaderboard;
  readonly server: GraphqlServer;
  readonly services: Services;
  readonly url: string;
  readonly port: number;
  /** What commands were called, in order. */
  readonly done: readonly string[];
  stop(): Promise<void>;
}

export const plugins: readonly PluginView[] = [
  {
    id: 'smart-money-bias',
    kind: 'signal',
    version: '1.0.0',
    doc: 'Says on which side of a coin weighted traders stand.',
    state: 'running',
    configuration: { every: '5m' },
    reads: ['wallet.position'],
    provides: ['smart-money.bias'],
    faults: 0,
    calls: 12,
    totalMs: 3.5,
  },
  {
    id: 'whale-alert',
    kind: 'signal',
    version: '1.0.0',
    doc: 'Says that a whale changed a position.',
    state: 'degraded',
    configuration: {},
    reads: ['wallet.position'],
    provides: ['whale.alert'],
    faults: 3,
    reason: 'three faults within a minute',
    calls: 5,
    totalMs: 1,
  },
];

/** Unexpected failures are told, as they would be in a running instance. */
const log: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, values) => console.warn(message, values),
  error: (message, values) => console.error(message, values),
};

const schemas = new Map<readonly Ref[], GraphQLSchema>();

/** The schema of a list of refs; made once. */
export function schemaOf(refs: readonly Ref[]): GraphQLSchema {
  const schema = schemas.get(refs) ?? buildSchema({ refs });
  schemas.set(refs, schema);
  return schema;
}

export async function startPlatform(
  url: string,
  options: Partial<ServerOptions> & { readonly now?: () => number; readonly refs?: readonly Ref[] } = {},
): Promise<Platform> {
  const store = await openStore({ url });
  const feed = createFeed({ store, pageRows: 20, queueItems: 50 });
  const now = options.now ?? (() => Date.now());
  const leaderboard = createLeaderboard({
    store,
    tapeTime: () => asOf,
    committedSeq: () => 1,
    clock: { now },
    publish: at => feed.publishLeaderboard(at),
  });
  const done: string[] = [];
  const jobs: JobView[] = [
    { id: 'leaderboard', doc: 'Computes the leaderboard.', schedule: '1h', running: false },
  ];
  const does = (name: string) => async (target?: string) => {
    done.push(target === undefined ? name : `${name} ${target}`);
  };
  const commands: Commands = {
    trackTrader: does('track'),
    untrackTrader: does('untrack'),
    runJob: does('run'),
    pausePlugin: does('pause'),
    resumePlugin: does('resume'),
    async clearLeaderboardCache() {
      done.push('clear');
      await leaderboard.clear();
    },
  };
  const refs = options.refs ?? standardRefs;
  const services: Services = {
    about: { name: 'hypersonar', version: '0.0.0', mode: 'simulated', startedAt: now(), run: 'run-1', refs },
    database: { query: (sql, parameters) => store.query(sql, parameters) },
    feed,
    leaderboard,
    commands,
    clock: { now },
    plugins: () => plugins,
    jobs: () => jobs,
    configuration: () => [
      { path: 'server.port', value: 0, source: 'option', doc: 'Port to listen on.', environment: 'PORT' },
      { path: 'server.token', value: '(hidden)', source: 'environment', doc: 'Operator token.' },
    ],
    isBehindGap: () => false,
    requestBudgets: async () => [],
    async statistics() {
      const { engine, databaseBytes, tables: held, filters, storedShare } = await store.statistics();
      return {
        engine,
        bytes: databaseBytes,
        checkpoint: await store.checkpoint(),
        tables: held.map(({ table, rows, bytes }) => ({ name: table, rows, bytes })),
        filters,
        storedShare,
      };
    },
  };
  const server = createServer({ schema: schemaOf(refs), services, port: 0, log, ...options });
  const { url: address, port } = await server.start();
  return {
    store,
    feed,
    leaderboard,
    server,
    services,
    url: address,
    port,
    done,
    async stop() {
      await server.stop();
      feed.close();
      await store.close();
    },
  };
}

/** Tape time of the rows below: 2025-10-10T21:00:00Z. */
export const asOf = Date.UTC(2025, 9, 10, 21);

/** `0x00…01` and so on. */
export const address = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`;

type Insert<Name extends keyof typeof tables> = InferInsertModel<(typeof tables)[Name]>;

export async function insert<Name extends keyof typeof tables>(
  store: Store,
  name: Name,
  rows: readonly Insert<Name>[],
): Promise<void> {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: a table by its name
  if (rows.length > 0) await store.db.insert(tables[name] as never).values(rows as never);
}

const output = (seq: number, index = 0) => ({ seq, index, tsEvent: asOf + seq, tsIngest: asOf + seq + 5 });

export function positionEvent(
  seq: number,
  more: Partial<Insert<'positionEvents'>> = {},
): Insert<'positionEvents'> {
  return {
    ...output(seq),
    address: address(1),
    coin: 'BTC',
    action: 'INCREASE',
    sizeBefore: '1.50',
    sizeAfter: '2.00',
    price: 50_000,
    notionalUsd: 25_000,
    realisedPnl: null,
    source: 'trade',
    latencyMs: 5,
    ...more,
  };
}

export function alertRow(seq: number, more: Partial<Insert<'alerts'>> = {}): Insert<'alerts'> {
  return {
    ...output(seq),
    plugin: 'whale-alert',
    ref: 'whale.alert',
    key: 'BTC',
    severity: 'HIGH',
    title: `alert ${seq}`,
    trader: address(1),
    coin: 'BTC',
    expiresAt: asOf + seq + 60_000,
    row: {},
    signalSeq: seq,
    signalIndex: 0,
    latencyMs: 5,
    run: 'run-1',
    ...more,
  };
}

export function trader(n: number, more: Partial<Insert<'traders'>> = {}): Insert<'traders'> {
  return {
    address: address(n),
    firstSeen: asOf - n * 86_400_000,
    lastSeen: asOf,
    source: 'trade',
    tracked: false,
    accountValue: `${n * 1_000}.50`,
    seq: n,
    ...more,
  } as Insert<'traders'>;
}

export function position(
  n: number,
  coin: string,
  more: Partial<Insert<'positions'>> = {},
): Insert<'positions'> {
  return {
    address: address(n),
    coin,
    ...output(n),
    size: '-2.5',
    entryPrice: 100,
    openedAt: asOf - 1_000,
    cumulativePnl: 12.5,
    cumulativeFees: 1,
    cumulativeFunding: 0,
    episodes: 2,
    wins: 1,
    gaps: 0,
    truncated: false,
    stale: false,
    row: { size: '-2.5', sizeBefore: '0', action: 'OPEN' },
    run: 'run-1',
    ...more,
  };
}

export function storedRow(
  ref: string,
  key: string,
  row: Record<string, unknown>,
  more: Partial<Insert<'rows'>> = {},
): Insert<'rows'> {
  return {
    ref,
    version: 1,
    key,
    ...output(1),
    entity: 'trader',
    plugin: 'test',
    row,
    stale: false,
    run: 'run-1',
    ...more,
  };
}

export function leaderboardRow(n: number, more: Partial<Insert<'leaderboard'>> = {}): Insert<'leaderboard'> {
  return {
    window: 'all',
    address: address(n),
    rank: n,
    ageDays: n,
    accountValue: 1_000 * n,
    pnl: 100 - n,
    roi: n % 3 === 0 ? null : n / 10,
    volume: n * 1_000,
    trades: n,
    tier: n === 1 ? 'alert' : 'none',
    tags: n === 1 ? ['whale', 'consistent'] : [],
    categories: n % 2 === 0 ? ['Bot'] : ['Whale'],
    coins: ['BTC'],
    firstSeen: asOf - n * 86_400_000,
    lastSeen: asOf - n * 1_000,
    truncated: false,
    asOf,
    ...more,
  };
}

export interface Answered {
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of all shapes
  readonly data?: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** Sends a request and reads its JSON. */
export async function ask(
  { url }: Pick<Platform, 'url'>,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answered;
}
