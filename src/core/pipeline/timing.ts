import type { Health, Run } from './state.ts';

/** One of so many calls is timed: reading the stopwatch costs as much as a small handler. */
const sampleEvery = 64;

/** Counts a call of a plugin; returns the stopwatch's reading when this one is timed, else -1. */
export function startTiming(run: Run, health: Health, calls = 1): number {
  const before = health.calls;
  health.calls += calls;
  if (run.stopwatch === undefined) return -1;
  return calls > 1 || before % sampleEvery === 0 ? run.stopwatch() : -1;
}

export function stopTiming(run: Run, health: Health, started: number, calls = 1): void {
  if (run.stopwatch === undefined) return;
  health.timedCalls += calls;
  health.timedMs += run.stopwatch() - started;
}

export interface Timing {
  readonly plugin: string;
  readonly calls: number;
  /** Extrapolated from the calls that were timed; 0 without a stopwatch. */
  readonly totalMs: number;
}

export function timingOf({ plugin, calls, timedCalls, timedMs }: Health): Timing {
  return { plugin, calls, totalMs: timedCalls === 0 ? 0 : (timedMs / timedCalls) * calls };
}
