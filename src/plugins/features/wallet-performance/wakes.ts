import { dayMs, hourMs } from './periods.ts';
import * as record from './record.ts';
import * as at from './slots.ts';
import type { PerformanceState } from './state.ts';

const monthMs = 31 * dayMs;

/**
 * Wishes to be woken when the row will differ though nothing happens: at the end of each day while the last month holds events,
 * and when the last event leaves the last day.
 */
export function wishWake(
  { n, hours }: PerformanceState,
  ctx: { readonly now: number; readonly config: { readonly dayDelayMs: number }; wakeAt(time: number): void },
): void {
  if (n[at.nextWake]! > ctx.now) return;
  if (ctx.now > n[at.lastSeen]! + monthMs) return;
  const delay = ctx.config.dayDelayMs;
  const midnight = Math.floor((ctx.now - delay) / dayMs + 1) * dayMs + delay;
  const lastHour = hours.length > 0 ? hours[hours.length - record.fields + record.index]! : n[at.firstHour]!;
  const dayOver = (lastHour + 24) * hourMs + delay;
  const wake = dayOver > ctx.now && dayOver < midnight ? dayOver : midnight;
  n[at.nextWake] = wake;
  ctx.wakeAt(wake);
}
