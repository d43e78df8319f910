import { performance } from 'node:perf_hooks';

/** The exchange's time: it runs with the wall clock from a given moment, at a given speed, and can leap. */
export interface ExchangeClock {
  /** Milliseconds since the epoch, whole. */
  now(): number;
  /** Leaps ahead by so many milliseconds; with a negative number time stands still from the latest moment until it is caught up. */
  leap(milliseconds: number): void;
}

/**
 * @param start - exchange time at the moment `startedAt` of wall time, both ms
 * @param speed - milliseconds of exchange time per millisecond; 0 where time passes only by {@link ExchangeClock.leap}
 */
export function createExchangeClock(start: number, startedAt: number, speed: number): ExchangeClock {
  let offset = 0;
  return {
    now: () => Math.floor(start + (wallTime() - startedAt) * speed + offset),
    leap(milliseconds) {
      offset += milliseconds;
    },
  };
}

/** Wall time in ms that never goes back. */
export function wallTime(): number {
  return performance.timeOrigin + performance.now();
}
