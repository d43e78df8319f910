import { performance } from 'node:perf_hooks';

/** The exchange's time: it runs with the wall clock from a given moment, at a given speed, and can leap. */
export interface ExchangeClock {
  /** Milliseconds since the epoch, whole. */
  now(): number;
  /** Leaps ahead by so many milliseconds; with a negative number time stands still from the latest moment until it is caught up. */
  leap(milliseconds: number): void;
  /** Whether time passes by itself. */
  readonly runs: boolean;
}

/** @param speed - Milliseconds of exchange time per millisecond; 0 where time passes only by {@link ExchangeClock.leap}. */
export function createExchangeClock(start: number, speed: number): ExchangeClock {
  const began = performance.now();
  let offset = 0;
  return {
    now: () => Math.floor(start + (performance.now() - began) * speed + offset),
    leap(milliseconds) {
      offset += milliseconds;
    },
    runs: speed > 0,
  };
}
