import { codeOf, type ErrorCode } from '../errors.ts';
import type { FaultRow } from '../event.ts';
import type { Health, Run } from './state.ts';

/** So many faults within `windowMs` of tape time, and a plugin is not called any more until it is resumed. */
export const faultLimit = 20;
export const faultWindowMs = 600_000;
const longestMessage = 500;

/** Records that a handler threw or answered what it may not. */
export function recordFault(
  run: Run,
  health: Health,
  handler: string,
  code: ErrorCode,
  message: string,
  key: string | undefined,
): void {
  health.faults++;
  health.recent.push(run.now);
  while ((health.recent[0] as number) <= run.now - faultWindowMs) health.recent.shift();
  pushFault(run, health.plugin, handler, code, message, key);
  if (health.recent.length >= faultLimit && !health.degraded) {
    health.degraded = true;
    updateHalted(health);
    pushFault(
      run,
      health.plugin,
      handler,
      'PLUGIN_DEGRADED',
      `${faultLimit} faults within ${faultWindowMs / 60_000} minutes: ${health.plugin} takes nothing in any more, and what it said ` +
        `last stands, stale where it would have changed. Correct it and resume it, or pause it.`,
      undefined,
    );
  }
}

/** Records what a handler threw. */
export function recordThrow(
  run: Run,
  health: Health,
  handler: string,
  error: unknown,
  key: string | undefined,
): void {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  recordFault(run, health, handler, codeOf(error) ?? 'PLUGIN_THREW', message, key);
}

function pushFault(
  run: Run,
  plugin: string,
  handler: string,
  code: ErrorCode,
  message: string,
  key: string | undefined,
): void {
  const fault: FaultRow = {
    seq: run.seq,
    index: run.index++,
    plugin,
    handler,
    code,
    message: message.length > longestMessage ? `${message.slice(0, longestMessage - 3)}...` : message,
    key,
    tsIngest: run.now,
  };
  run.out.faults.push(fault);
  run.log?.warn('A plugin failed.', { plugin, handler, code, message: fault.message, key, seq: run.seq });
}

export function pausePlugin(health: Health): void {
  health.paused = true;
  updateHalted(health);
}

/** Lets a paused or degraded plugin go on. */
export function resumePlugin(health: Health): void {
  health.paused = false;
  health.degraded = false;
  health.recent.length = 0;
  updateHalted(health);
}

export function updateHalted(health: Health): void {
  health.halted = health.paused || health.degraded || health.failed;
}
