import { readFile } from 'node:fs/promises';
import type { Logger } from '../plugin-api/index.ts';
import { systemClock } from './clock.ts';
import { createPipeline } from './pipeline.ts';
import type { Plan } from './plan.ts';
import { recover } from './recovery.ts';
import { describeRun } from './run-manifest.ts';
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
      acceptIncomplete: true,
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
