import { dayMs, hourMs, idleAfterMs, lastSeenOf, monthDays, weekDays } from './periods.ts';
import * as record from './record.ts';
import * as at from './slots.ts';
import type { PerformanceState } from './state.ts';

const wakesForMs = 31 * dayMs;

/**
 * Wishes to be woken when the row will differ though nothing happens, while the last month holds events: when an hour leaves the
 * last day, when a day leaves the last week or month, when the wallet becomes idle, and at the end of each day. Windows are looked at a millisecond before
 * they move, so that the beat that ends then tells how they stand after it.
 */
export function wishWake(
  { n, hours, days }: PerformanceState,
  ctx: { readonly now: number; readonly config: { readonly dayDelayMs: number }; wakeAt(time: number): void },
): void {
  const now = ctx.now;
  if (n[at.nextWake]! > now) return;
  if (now > n[at.lastSeen]! + wakesForMs) return;
  const delay = ctx.config.dayDelayMs;
  let wake = Math.floor((now - delay) / dayMs + 1) * dayMs + delay;
  const hourLeaves = (firstLeft(hours, n[at.firstHour]!, (now + 1) / hourMs - 24) + 24) * hourMs - 1;
  if (hourLeaves < wake) wake = hourLeaves;
  const dayEnds = Math.floor((now + 1) / dayMs) + 1;
  if (
    dayEnds * dayMs - 1 < wake &&
    (holds(days, n[at.firstDay]!, dayEnds - weekDays) || holds(days, n[at.firstDay]!, dayEnds - monthDays))
  ) {
    wake = dayEnds * dayMs - 1;
  }
  const idles = lastSeenOf(n) + idleAfterMs - 1;
  if (idles > now && idles < wake) wake = idles;
  n[at.nextWake] = wake;
  ctx.wakeAt(wake);
}

/** The first hour with events that is later than `after`; infinite when there is none. */
function firstLeft(records: readonly number[], first: number, after: number): number {
  if (records.length === 0) return first > after ? first : Number.POSITIVE_INFINITY;
  for (let base = 0; base < records.length; base += record.fields)
    if (records[base + record.index]! > after) return records[base + record.index]!;
  return Number.POSITIVE_INFINITY;
}

function holds(records: readonly number[], first: number, index: number): boolean {
  if (records.length === 0) return first === index;
  for (let base = 0; base < records.length; base += record.fields)
    if (records[base + record.index]! === index) return true;
  return false;
}
