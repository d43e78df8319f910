import { readFile } from 'node:fs/promises';
import type { Logger } from '../plugin-api/index.ts';
import { type App, createApp } from './app.ts';
import { systemClock } from './clock.ts';
import { type ConfigInput, pluginOptions } from './config.ts';
import { configOf, type LoadedConfig } from './load-config.ts';
import { createPipeline } from './pipeline.ts';
import type { Plan } from './plan.ts';
import { recover } from './recovery.ts';
import { describeRun } from './run-manifest.ts';
import type { AppOptions } from './services.ts';
import { type Fingerprint, fingerprint } from './store/fingerprint.ts';
import type { StoragePolicyInput } from './store/policy.ts';
import { openStore } from './store/store.ts';
import type { Tape } from './tape/tape.ts';
import { createWriter } from './writer.ts';

export interface ReplayTapeOptions {
  readonly tape: Tape;
  readonly plan: Plan;
  /** URL of an empty database. */
  readonly database: string;
  readonly seed: number;
  readonly batchEvents: number;
  readonly log: Logger;
  readonly policy?: StoragePolicyInput;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly seq: number; readonly lastSeq: number }) => void;
}

/** Computes a whole tape into an empty database and returns the fingerprint of what came out. Nothing is added to the tape. */
export async function replayTape(options: ReplayTapeOptions): Promise<Fingerprint> {
  const { tape, plan, log, seed } = options;
  const store = await openStore({ url: options.database, log, policy: options.policy ?? {} });
  try {
    const run = await describeRun(plan, seed);
    const pipeline = createPipeline({ plan, seed, log, readArtifact: url => readFile(url) });
    await pipeline.start();
    const signal = options.signal ?? new AbortController().signal;
    const writer = createWriter({
      tape,
      pipeline,
      store,
      publish: () => undefined,
      run: run.id,
      clock: systemClock,
      log,
      signal,
    });
    await recover({
      tape,
      checkpoint: await store.checkpoint(),
      writer,
      snapshots: undefined,
      configHash: run.manifest.analysisHash,
      batchEvents: options.batchEvents,
      restore: () => undefined,
      recall: () => undefined,
      log,
      signal,
      ...(options.onProgress && { onProgress: options.onProgress }),
    });
    signal.throwIfAborted();
    return await fingerprint(store);
  } finally {
    await store.close();
  }
}

export interface RunReplayOptions extends Omit<AppOptions, 'config'> {
  /** Collectors with their configurations: what is to be replayed. */
  readonly sources: readonly { readonly collector: string; readonly config: unknown }[];
  readonly config?: ConfigInput | LoadedConfig;
  /** How many times faster than it happened history passes; default as fast as possible. */
  readonly speed?: number;
  readonly signal?: AbortSignal;
}

export interface ReplaySummary {
  readonly events: number;
  /** Seq of the last event. */
  readonly lastSeq: number;
  readonly seconds: number;
  /** Input that was skipped, by source. */
  readonly skipped: Readonly<Record<string, number>>;
}

/**
 * Replays histories through a whole application and resolves when everything is committed. The application is left running, so that
 * what came out can be served; stop it when it is not needed any more.
 */
export async function runReplay(
  options: RunReplayOptions,
): Promise<{ readonly app: App; readonly summary: ReplaySummary }> {
  const { sources, speed, signal, config = {}, ...rest } = options;
  const app = await createApp({ mode: 'replay', ...rest, config: withSources(config, sources, speed) });
  const onAbort = (): void => void app.stop().catch(() => undefined);
  signal?.addEventListener('abort', onAbort, { once: true });
  const start = performance.now();
  try {
    await app.start();
    const before = app.tape.lastSeq;
    await app.done;
    signal?.throwIfAborted();
    const skipped = app
      .plugins()
      .flatMap(({ id, rejected = 0 }): [string, number][] => (rejected > 0 ? [[id, rejected]] : []));
    return {
      app,
      summary: {
        events: app.tape.lastSeq - before,
        lastSeq: app.tape.lastSeq,
        seconds: (performance.now() - start) / 1_000,
        skipped: Object.fromEntries(skipped),
      },
    };
  } catch (error) {
    await app.stop().catch(() => undefined);
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Adds sources to a configuration. */
export function withSources(
  config: ConfigInput | LoadedConfig,
  sources: RunReplayOptions['sources'],
  speed?: number,
): LoadedConfig {
  const loaded = 'entries' in config ? config : configOf(config);
  const plugins = { ...loaded.config.plugins };
  for (const { collector, config: own } of sources) {
    plugins[collector] = { ...(plugins[collector] ?? pluginOptions.parse({})), enabled: true, config: own };
  }
  const ingest = { ...loaded.config.ingest, ...(speed !== undefined && { speed }) };
  return { ...loaded, config: { ...loaded.config, plugins, ingest } };
}
