import { setTimeout as wait } from 'node:timers/promises';

/** The wall clock, replaceable in tests. Only ingest, collectors and services read it; handlers see tape time. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number;
  /** Waits for `ms` milliseconds; ends early, without error, when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A longer timer of Node fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The computer's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      for (let rest = ms; !signal?.aborted; rest -= longestTimerMs) {
        await wait(Math.min(rest, longestTimerMs), undefined, signal ? { signal } : {});
        if (rest <= longestTimerMs) return;
      }
    } catch (error) {
      // Note: the only rejection of this timer is its signal's abort.
      if (!signal?.aborted) throw error;
    }
  },
};

/**
 * The system clock's waits by a time that never leaps: milliseconds since the machine was started, the same in all of its
 * processes.
 */
export const steadyClock: Clock = {
  now: () => Number(process.hrtime.bigint() / 1_000n) / 1_000,
  sleep: (ms, signal) => systemClock.sleep(ms, signal),
};
