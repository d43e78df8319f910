import type { Duration } from '../plugin-api/index.ts';
import { UserError } from './errors.ts';

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/**
 * Milliseconds of a duration such as `500ms`, `30s`, `5m`, `1h` or `7d`.
 *
 * @throws UserError `DURATION_INVALID` for any other text, and for less than a millisecond.
 */
export function durationMs(duration: Duration | string): number {
  const match = pattern.exec(duration);
  const ms = match ? Number(match[1]) * units[match[2] as keyof typeof units] : Number.NaN;
  if (!Number.isSafeInteger(ms) || ms < 1) {
    throw new UserError(
      'DURATION_INVALID',
      `A duration is a positive number and a unit (ms, s, m, h, d), such as \`30s\`; found \`${duration}\`.`,
    );
  }
  return ms;
}

/** A number of milliseconds in the largest unit that divides it, such as `5m`. */
export function durationText(ms: number): Duration {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms >= units[unit] && ms % units[unit] === 0) return `${ms / units[unit]}${unit}`;
  }
  return `${ms}ms`;
}
