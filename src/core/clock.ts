import { setTimeout as wait } from 'node:timers/promises';

/** The wall clock, replaceable in tests. Only ingest, collectors and services read it; handlers see tape time. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number;
  /** Waits for `ms` milliseconds; ends early, without error, when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The computer's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    if (signal?.aborted) return;
    try {
      await wait(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      // Note: the only rejection of this timer is its signal's abort.
      if (!signal?.aborted) throw error;
    }
  },
};
