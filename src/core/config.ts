import { z } from 'zod';
import type { Plugins } from '../plugin-api/index.ts';
import { logLevels } from './log.ts';
import { selectionSchema } from './selection/config.ts';
import { retentionSchema, storagePolicySchema } from './store/policy.ts';

/*
 * Every option, its default and its meaning. The type of the configuration file, the check of it, the environment variables,
 * `--help`, the README's table and the GraphQL query `config` are all made from this one description.
 */

interface OptionMeta {
  readonly doc: string;
  /** An environment variable besides `HYPERSONAR_` and the path in capitals. */
  readonly environment?: string;
  /** Shown as `(hidden)`. */
  readonly secret?: boolean;
}

const option = <S extends z.ZodType>(schema: S, meta: OptionMeta): S => schema.meta({ ...meta }) as S;
const group = <S extends z.ZodRawShape>(shape: S) => z.strictObject(shape).prefault({} as never);

const positive = z.number().positive();
const count = z.int().positive();

/** What an operator says about one plugin. */
export const pluginOptions = z.strictObject({
  enabled: z.boolean().optional(),
  required: z.boolean().default(false),
  config: z.unknown().optional(),
  apiRange: z.string().optional(),
  isolate: z.boolean().default(false),
  requestsPerMinute: count.default(600),
  timeoutMs: count.default(10_000),
  staleAfterSeconds: positive.optional(),
});
export type PluginOptions = z.output<typeof pluginOptions>;

export const configSchema = z.strictObject({
  database: group({
    url: option(z.string().default('pglite://.hypersonar/database'), {
      doc: 'Where results are kept: `pglite://<folder>`, `pglite-memory://` or `postgres://…`.',
      environment: 'DATABASE_URL',
    }),
  }),
  tape: group({
    folder: option(z.string().nullable().default('.hypersonar/tape'), {
      doc: 'Where events and snapshots are kept; null keeps them in memory.',
    }),
    hours: option(positive.default(48), { doc: 'How long events are held, in hours of tape time.' }),
    segmentMegabytes: option(positive.default(64), {
      doc: 'A segment is closed and compressed at this size.',
    }),
    fsync: option(z.enum(['batch', 'never']).default('batch'), {
      doc: '`batch`: an event is on disk before its results are shown. `never`: the system decides.',
    }),
    skipCorrupt: option(z.boolean().default(false), {
      doc: 'Go on without the events of a damaged segment; the hole is marked by a gap event.',
    }),
  }),
  ingest: group({
    batchEvents: option(count.default(5_000), { doc: 'Most events in a batch. It never changes a result.' }),
    lingerMs: option(z.int().nonnegative().default(20), {
      doc: 'How long a live batch waits for more events.',
    }),
    queueEvents: option(count.default(20_000), { doc: 'Drafts that may wait; sources pause beyond that.' }),
    dedupeKeys: option(count.default(200_000), {
      doc: 'A repeated event is recognised among at least so many of its kind.',
    }),
    dedupeMinutes: option(positive.default(10), {
      doc: '…and within at least so many minutes of event time.',
    }),
    speed: option(positive.nullable().default(null), {
      doc: 'How many times faster than it happened history passes; null for as fast as possible.',
    }),
  }),
  gaps: group({
    staleHours: option(positive.default(24), {
      doc: 'For how many hours of tape time after its end a gap that is not healed makes stale what is computed from its stream.',
    }),
  }),
  requests: group({
    file: option(z.string().nullable().default(null), {
      doc: 'File through which processes of this machine share request budgets; null: `requests.sqlite` beside the tape, or none for a tape in memory. A Postgres database is shared through itself.',
    }),
  }),
  snapshots: group({
    everyEvents: option(count.default(250_000), { doc: 'Events between snapshots of the state.' }),
    everySeconds: option(positive.default(60), { doc: 'Seconds between snapshots of the state.' }),
    keep: option(count.default(2), { doc: 'How many snapshots are kept.' }),
  }),
  server: group({
    host: option(z.string().default('127.0.0.1'), { doc: 'Address to listen on.', environment: 'HOST' }),
    port: option(z.int().min(0).max(65_535).default(4_400), {
      doc: 'Port to listen on; 0 takes a free one.',
      environment: 'PORT',
    }),
    token: option(z.string().min(16).nullable().default(null), {
      doc: 'Bearer token that mutations ask for. Without one they are allowed only on a loopback address.',
      secret: true,
    }),
    origins: option(z.array(z.url()).default([]), {
      doc: 'Origins of browser pages, besides the server’s own, that may ask, such as `https://example.org`.',
    }),
  }),
  log: group({
    level: option(z.enum(logLevels).default('info'), {
      doc: 'Lowest level that is written.',
      environment: 'LOG_LEVEL',
    }),
  }),
  jobs: group({
    leaderboard: option(z.string().default('1h'), {
      doc: 'When the leaderboard is computed: a duration, or a cron expression in UTC; `off` for never.',
    }),
    retention: option(z.string().default('1d'), { doc: 'When expired rows are removed.' }),
    selection: option(z.string().default('1d'), {
      doc: 'When traders are selected for tracking; while nobody is, also once the leaderboard is in.',
    }),
  }),
  selection: option(selectionSchema.prefault({}), {
    doc: 'Which traders are selected for tracking: sizes and thresholds of the tiers, and when a trader is taken to be active.',
  }),
  storage: group({
    tradeMinNotionalUsd: option(storagePolicySchema.shape.tradeMinNotionalUsd, {
      doc: 'Smaller trades feed features but are stored only when a tracked trader took part.',
    }),
    trackAll: option(storagePolicySchema.shape.trackAll, {
      doc: 'Treat every wallet as tracked, but for those that were untracked by hand.',
    }),
    bookMinMove: option(storagePolicySchema.shape.bookMinMove, {
      doc: 'A book is stored when its mid has moved by this share,',
    }),
    bookMaxAgeMs: option(storagePolicySchema.shape.bookMaxAgeMs, {
      doc: '…or when this much time has passed, in ms.',
    }),
    snapshotMinChange: option(storagePolicySchema.shape.snapshotMinChange, {
      doc: 'A stated position is stored when its size has changed by this share,',
    }),
    snapshotMaxAgeMs: option(storagePolicySchema.shape.snapshotMaxAgeMs, {
      doc: '…or when this much time has passed, in ms.',
    }),
    ordersPerMinute: option(storagePolicySchema.shape.ordersPerMinute, {
      doc: 'Of a trader’s orders that do not stand for a minute, so many are stored that are placed in a minute.',
    }),
    keepDays: option(retentionSchema.prefault({}), {
      doc: 'For how many days of tape time rows are kept, by kind; null is for ever.',
    }),
    templates: option(z.string().nullable().default(null), {
      doc: 'Folder in which an empty PGlite database is kept, from which new ones are copied.',
      environment: 'HYPERSONAR_PGLITE_TEMPLATES',
    }),
  }),
  seed: option(z.int().nonnegative().max(0xffffffff).default(0), {
    doc: 'Seed of everything random; part of the run.',
  }),
  plugins: option(z.record(z.string(), pluginOptions).default({}), {
    doc: 'By plugin id: `enabled`, `required`, `config`, `apiRange`, `requestsPerMinute`, `timeoutMs`, `staleAfterSeconds`.',
  }),
});

/** The effective configuration. */
export type Config = z.output<typeof configSchema>;
/** What a configuration file may say: every option may be left out. */
export type ConfigInput = z.input<typeof configSchema> & {
  /** Plugins besides those that are built in. */
  readonly use?: Plugins;
};

/** Types a configuration file: `export default defineConfig({ ... })`. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/** One option, for `--help`, the README and the `config` query. */
export interface ConfigOption {
  /** Dotted, such as `server.port`. */
  readonly path: string;
  readonly doc: string;
  readonly default: unknown;
  /** Environment variables that set it, the first of which wins. */
  readonly environment: readonly string[];
  readonly secret: boolean;
}

/** Every option, in the order of the documentation. */
export const configOptions: readonly ConfigOption[] = listOptions(configSchema, '', configSchema.parse({}));

function listOptions(schema: z.ZodObject, prefix: string, defaults: Record<string, unknown>): ConfigOption[] {
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const meta = (field as z.ZodType).meta() as OptionMeta | undefined;
    if (meta?.doc === undefined) {
      const inner = (field as z.ZodPrefault<z.ZodObject>).unwrap();
      return listOptions(inner, `${path}.`, defaults[name] as Record<string, unknown>);
    }
    const own = `HYPERSONAR_${path
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .replaceAll('.', '_')
      .toUpperCase()}`;
    // Note: the folder is what people set, so it has the short name as well.
    const short = path === 'tape.folder' ? ['HYPERSONAR_TAPE'] : [];
    const environment = [own, ...short, ...(meta.environment === undefined ? [] : [meta.environment])];
    return [{ path, doc: meta.doc, default: defaults[name], environment, secret: meta.secret ?? false }];
  });
}
