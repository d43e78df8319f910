import type { Ref } from '../../plugin-api/index.ts';

/**
 * What the GraphQL layer needs from the application. `core/app.ts` supplies it; nothing here knows how it is done, so that
 * the schema can be built and tested without the core.
 */
export interface Services {
  readonly about: About;
  readonly database: Database;
  readonly feed: FeedSource;
  readonly leaderboard: LeaderboardCache;
  readonly commands: Commands;
  readonly clock: { now(): number };
  /** Every planned plugin with its present state. */
  plugins(): readonly PluginView[];
  /** Every job with its last and next run. */
  jobs(): readonly JobView[] | Promise<readonly JobView[]>;
  /** The effective configuration; the values of secrets are already replaced. */
  configuration(): readonly ConfigurationEntry[];
  statistics(): Promise<StorageStatistics>;
  /** Whether a row may be wrong because events are missing that it is computed from. */
  isBehindGap(row: {
    readonly ref: string;
    readonly key: string;
    readonly confirmedAt?: number | null;
  }): boolean;
  /** The request budgets that collectors have used, by name. */
  requestBudgets(): Promise<readonly RequestBudgetView[]>;
}

/** What one request brings besides. */
export interface Permissions {
  /** Why mutations are refused for this request, or `undefined` when they are allowed. */
  readonly mutationsRefused: string | undefined;
}

/** The context value of every resolver. */
export interface GraphqlContext extends Services {
  readonly permissions: Permissions;
}

/** What runs, and on what kind of tape. */
export interface About {
  readonly name: string;
  readonly version: string;
  /** `simulated` wherever the market is made up; `replay` when the tape is history. */
  readonly mode: 'live' | 'replay' | 'simulated';
  /** When this process started, in ms since 1970. */
  readonly startedAt: number;
  /** The present run's id in the table of runs. */
  readonly run: string;
  /** What the planned plugins provide: GraphQL types are derived from these. */
  readonly refs: readonly Ref[];
}

/** Reads committed rows. One call is one SQL statement. */
export interface Database {
  query<T>(sql: string, params?: readonly unknown[]): Promise<T[]>;
}

/** The streams that can be followed. `leaderboard` has one state, the newest; all others are append-only. */
export type FeedStream = 'positionEvents' | 'signals' | 'alerts' | 'categories' | 'faults' | 'leaderboard';

/** Rows whose property has one of the values pass; all conditions must hold. */
export interface FeedCondition {
  /** A property of the stream's rows. */
  readonly property: string;
  readonly anyOf?: readonly (string | number)[];
  /** Smallest value, inclusive. */
  readonly atLeast?: number;
}

export type FeedRow = Readonly<Record<string, unknown>>;

/** Which rows of a stream pass. */
export interface FeedFilter {
  /** What the database can check, too. */
  readonly conditions?: readonly FeedCondition[];
  /** What only the row itself can tell. */
  readonly matches?: ((row: FeedRow) => boolean) | undefined;
}

/** Where a row stands in its stream. */
export type FeedPlace = readonly [seq: number, index: number];

/** A committed row, or the statement that rows between two places are no longer kept. */
export type FeedItem =
  | { readonly cursor: string; readonly place: FeedPlace; readonly row: FeedRow; readonly gap?: undefined }
  | { readonly cursor: string; readonly place: FeedPlace; readonly row?: undefined; readonly gap: FeedGap };

export interface FeedGap {
  /** The cursor that was asked for. */
  readonly from: string;
  /** The first row that is still kept; undefined when none is. */
  readonly to: string | undefined;
  readonly reason: string;
}

/** Items as they are committed, until `return` is called. It may be left waiting for ever without holding memory. */
export interface FeedSubscription extends AsyncIterableIterator<FeedItem, undefined> {
  /** What came up to here was left out or will not come again. */
  readonly place: FeedPlace;
  return(): Promise<IteratorResult<FeedItem, undefined>>;
}

export interface FeedPage {
  readonly items: readonly FeedItem[];
  /** True when more may follow within the limit that was asked for. */
  readonly more: boolean;
}

export interface FeedSource {
  /**
   * Follows a stream: behind `after`, or, without it, what is committed from now on.
   *
   * @throws InputError when the cursor cannot be read or does not belong to the stream.
   */
  subscribe(
    stream: FeedStream,
    options: FeedFilter & { readonly after?: string | undefined; readonly signal?: AbortSignal },
  ): Promise<FeedSubscription>;
  /** Reads committed rows behind a place and up to another one, inclusive, in order. */
  read(
    stream: FeedStream,
    options: FeedFilter & { readonly after: FeedPlace; readonly upTo: FeedPlace },
  ): Promise<FeedPage>;
  /**
   * Where a cursor stands, with a gap item when rows behind it are no longer kept.
   *
   * @throws InputError as `subscribe`.
   */
  locate(stream: FeedStream, cursor: string): Promise<{ readonly place: FeedPlace; readonly gap?: FeedItem }>;
}

export interface LeaderboardCache {
  /** Resolves when the leaderboard's rows are at most five minutes old; `undefined` when they already are. */
  fresh(): Promise<void> | undefined;
}

/** What mutations do. A rejected promise with a coded error becomes a typed result. */
export interface Commands {
  /** Follows a trader until it is removed by hand. */
  trackTrader(address: string): Promise<void>;
  untrackTrader(address: string): Promise<void>;
  /** Runs a job now; resolves when it has ended. Unknown ids are checked against `jobs()` before. */
  runJob(id: string): Promise<void>;
  pausePlugin(id: string): Promise<void>;
  resumePlugin(id: string): Promise<void>;
  /** The next leaderboard query computes it anew. */
  clearLeaderboardCache(): Promise<void>;
}

export interface PluginView {
  readonly id: string;
  readonly kind: 'collector' | 'feature' | 'model' | 'classifier' | 'signal';
  readonly version: string;
  readonly doc: string;
  readonly state: 'planned' | 'starting' | 'running' | 'degraded' | 'paused' | 'stopped' | 'failed';
  /** The effective configuration, secrets replaced. */
  readonly configuration: unknown;
  /** Ref ids that it reads and that it provides. */
  readonly reads: readonly string[];
  readonly provides: readonly string[];
  /** How many faults since the start. */
  readonly faults: number;
  /** Why it is degraded or failed. */
  readonly reason?: string | undefined;
  /** Handler calls and the time spent in them since the start. */
  readonly calls: number;
  readonly totalMs: number;
  /** Of a collector: how far it has read, and what it skipped. */
  readonly progress?:
    | { readonly done: number; readonly total: number | undefined; readonly unit: string }
    | undefined;
  readonly rejected?: number | undefined;
}

export interface JobView {
  readonly id: string;
  readonly doc: string;
  readonly schedule: string;
  readonly running: boolean;
  readonly lastRun?: number | undefined;
  readonly nextRun?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly outcome?: string | undefined;
  readonly error?: string | undefined;
}

export interface ConfigurationEntry {
  /** Dotted, such as `server.port`. */
  readonly path: string;
  /** JSON; `"(hidden)"` for a secret that is set. */
  readonly value: unknown;
  readonly source: 'default' | 'file' | 'environment' | 'option';
  readonly doc: string;
  readonly environment?: string | undefined;
}

/** How a request budget stands, over all processes but for what waits. */
export interface RequestBudgetView {
  readonly name: string;
  readonly perMinute: number;
  readonly used: number;
  readonly left: number;
  readonly refusals: number;
  readonly blockedMs: number;
  readonly waiting: readonly { readonly priority: string; readonly count: number }[];
}

export interface StorageStatistics {
  readonly engine: 'pglite' | 'postgres';
  readonly bytes: number;
  /** The last event whose outputs are committed. */
  readonly checkpoint: number;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[];
  /** What the storage policy did with what was told, by table. */
  readonly filters: readonly StorageFilterView[];
  /** Bytes that were stored of those of storing everything; null when nothing was told. */
  readonly storedShare: number | null;
}

export interface StorageFilterView {
  readonly filter: string;
  readonly kept: number;
  readonly dropped: number;
  readonly share: number | null;
  readonly keptBytes: number;
  readonly droppedBytes: number;
}
