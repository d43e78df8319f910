import type { Clock } from '../core/clock.ts';

/** A clock that stands until it is told to move. */
export interface ManualClock extends Clock {
  /** Moves on by `ms`, ending the sleeps that are due in the order of their times. */
  advance(ms: number): Promise<void>;
  /** Moves to `time`, which is not in the past. */
  set(time: number): Promise<void>;
  /** How many sleeps wait. */
  readonly sleeping: number;
}

interface Sleep {
  readonly until: number;
  readonly end: () => void;
}

/** Makes a clock that shows `start`, by default 2025-01-01T00:00Z. */
export function manualClock(start = Date.UTC(2025, 0, 1)): ManualClock {
  let now = start;
  const sleeps = new Set<Sleep>();

  async function set(time: number): Promise<void> {
    if (time < now) throw new RangeError(`The clock shows ${now} and cannot go back to ${time}.`);
    for (;;) {
      const next = [...sleeps].filter(sleep => sleep.until <= time).sort((a, b) => a.until - b.until)[0];
      if (!next) break;
      now = Math.max(now, next.until);
      next.end();
      await turn();
    }
    now = time;
    await turn();
  }

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted || ms <= 0) return resolve();
        const sleep: Sleep = {
          until: now + ms,
          end() {
            sleeps.delete(sleep);
            signal?.removeEventListener('abort', sleep.end);
            resolve();
          },
        };
        sleeps.add(sleep);
        signal?.addEventListener('abort', sleep.end, { once: true });
      }),
    set,
    advance: ms => set(now + ms),
    get sleeping() {
      return sleeps.size;
    },
  };
}

// Note: whoever was woken runs before the clock moves on, also after several awaits.
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
