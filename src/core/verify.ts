import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Plugins } from '../plugin-api/index.ts';
import { type App, builtInPlugins, createApp } from './app.ts';
import type { ConfigInput } from './config.ts';
import { eventRefsOf } from './event-refs.ts';
import { configOf, type LoadedConfig } from './load-config.ts';
import { type AppLogger, silentLog } from './log.ts';
import { planOf } from './plan-of-config.ts';
import { replayTape } from './replay.ts';
import { type Fingerprint, fingerprint } from './store/fingerprint.ts';
import { openTape } from './tape/open.ts';

export interface VerifyOptions {
  /** Names the sources, as for a replay: the configuration of their collectors. */
  readonly config: ConfigInput | LoadedConfig;
  readonly plugins?: Plugins;
  readonly log?: AppLogger;
  readonly signal?: AbortSignal;
  /** URLs of empty databases for the runs. Default: one in memory for each. */
  readonly databases?: readonly string[];
  readonly onProgress?: (progress: VerifyProgress) => void;
}

export interface VerifyProgress {
  /** Which run, from 1. */
  readonly run: number;
  readonly runs: number;
  /** What varies in it. */
  readonly variant: string;
  /** Events computed so far, and how many there are, once that is known. */
  readonly done: number;
  readonly total: number | undefined;
}

export interface Verification {
  readonly equal: boolean;
  readonly events: number;
  readonly runs: readonly { readonly variant: string; readonly fingerprint: Fingerprint }[];
  /** Tables that differ between the runs. */
  readonly differences: readonly string[];
}

/**
 * Proves that results depend on the tape alone. Reads the sources once into a tape; then computes that tape again into an empty
 * database with the plugins registered in the opposite order and the events cut into other batches, and compares every table.
 */
export async function verifyReplay(options: VerifyOptions): Promise<Verification> {
  const { onProgress = () => undefined, log = silentLog, signal } = options;
  const loaded = 'entries' in options.config ? options.config : configOf(options.config);
  const folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-verify-'));
  const tapeFolder = path.join(folder, 'tape');
  const databases = options.databases ?? ['pglite-memory://', 'pglite-memory://'];
  const variants = ['registered order', 'opposite order, batches of 997'];
  const prints: Fingerprint[] = [];
  try {
    const app = await createApp({
      config: {
        ...loaded,
        config: {
          ...loaded.config,
          // Note: the whole tape is needed again, and nothing here has to survive a loss of power.
          tape: { ...loaded.config.tape, hours: Number.MAX_SAFE_INTEGER, fsync: 'never' },
          jobs: { leaderboard: 'off', retention: 'off', selection: 'off' },
        },
      },
      plugins: options.plugins ?? [],
      tape: tapeFolder,
      database: databases[0]!,
      log,
      mode: 'replay',
    });
    const report = (run: number, done: number, total?: number): void =>
      onProgress({ run, runs: variants.length, variant: variants[run - 1]!, done, total });
    prints.push(await fingerprintOfRun(app, signal, seq => report(1, seq)));

    const plan = planOf([...builtInPlugins].reverse(), reversed([loaded.use, options.plugins ?? []]), loaded);
    const tape = await openTape({ folder: tapeFolder, refs: eventRefsOf(plan), readOnly: true });
    try {
      prints.push(
        await replayTape({
          tape,
          plan,
          database: databases[1]!,
          seed: loaded.config.seed,
          batchEvents: 997,
          log,
          policy: policyOf(loaded),
          ...(signal && { signal }),
          onProgress: ({ seq, lastSeq }) => report(2, seq, lastSeq),
        }),
      );
      const [first, second] = prints as [Fingerprint, Fingerprint];
      const differences = Object.keys(first.tables).filter(
        table => first.tables[table]?.hash !== second.tables[table]?.hash,
      );
      return {
        equal: first.hash === second.hash,
        events: tape.lastSeq,
        runs: prints.map((print, index) => ({ variant: variants[index]!, fingerprint: print })),
        differences,
      };
    } finally {
      await tape.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fingerprintOfRun(
  app: App,
  signal: AbortSignal | undefined,
  onSeq: (seq: number) => void,
): Promise<Fingerprint> {
  const watching = setInterval(() => onSeq(app.committedSeq), 250);
  const onAbort = (): void => void app.stop().catch(() => undefined);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await app.start();
    await app.done;
    signal?.throwIfAborted();
    onSeq(app.committedSeq);
    return await fingerprint(app.store);
  } finally {
    clearInterval(watching);
    signal?.removeEventListener('abort', onAbort);
    await app.stop();
  }
}

function policyOf({ config }: LoadedConfig) {
  const { keepDays: _, templates: __, ...policy } = config.storage;
  return policy;
}

function reversed(plugins: Plugins): Plugins {
  return Array.isArray(plugins) ? plugins.map(reversed).reverse() : plugins;
}
