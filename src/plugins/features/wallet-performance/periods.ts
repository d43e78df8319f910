import * as record from './record.ts';
import * as at from './slots.ts';
import type { PerformanceState } from './state.ts';

/*
 * The records of hours and days. While a wallet has been seen in one hour only, that hour's record is the one of the whole
 * life and needs no room of its own; the same holds for its first day.
 */

export const hourMs = 3_600_000;
export const dayMs = 86_400_000;
/** Lengths of the windows, today included. */
export const weekDays = 7;
export const monthDays = 30;
/** After how long without a trade or a fill a wallet is idle. */
export const idleAfterMs = monthDays * dayMs;
const hoursKept = 25;
const daysKept = 33;

/** The equity that is known now. */
export const equityNow = (n: readonly number[]): number => n[at.accountValue]! + n[at.realisedSince]!;

/** The last trade or fill; before the first, the last event. */
export const lastSeenOf = (n: readonly number[]): number =>
  Number.isNaN(n[at.lastTraded]) ? n[at.lastSeen]! : n[at.lastTraded]!;

/** Makes the records of the hour and day of a time exist. */
export function openPeriods(state: PerformanceState, time: number): void {
  const n = state.n;
  const hour = Math.floor(time / hourMs);
  const day = Math.floor(time / dayMs);
  if (Number.isNaN(n[at.firstHour])) {
    n[at.firstHour] = hour;
    n[at.firstDay] = day;
    record.beginRecord(n, 0, { index: 0, equity: equityNow(n), curve: n[at.curve]! });
    return;
  }
  state.hours = opened(state.hours, n, { first: n[at.firstHour]!, index: hour, kept: hoursKept });
  state.days = opened(state.days, n, { first: n[at.firstDay]!, index: day, kept: daysKept });
}

function opened(
  records: number[],
  n: readonly number[],
  period: { readonly first: number; readonly index: number; readonly kept: number },
): number[] {
  let held = records;
  if (held.length === 0) {
    if (period.index <= period.first) return held;
    held = n.slice(0, record.fields);
    held[record.index] = period.first;
  }
  if (period.index <= held[held.length - record.fields + record.index]!) return held;
  let drop = 0;
  while (drop < held.length && held[drop + record.index]! <= period.index - period.kept)
    drop += record.fields;
  const next = record.blankRecord();
  record.beginRecord(next, 0, { index: period.index, equity: equityNow(n), curve: n[at.curve]! });
  return drop === held.length ? next : (drop === 0 ? held : held.slice(drop)).concat(next);
}

/** Where the record of an hour or day stands; of the last one where it is gone or never was; -1 while there are none. */
export function placeOf(records: readonly number[], index: number): number {
  const last = records.length - record.fields;
  for (let base = last; base >= 0; base -= record.fields) if (records[base] === index) return base;
  return last >= 0 ? last : -1;
}

/**
 * Sums the records later than `after`; while there are none, the whole life if it began later. A period without any begins with
 * the equity that was known before it.
 */
export function sumSince(
  records: readonly number[],
  n: readonly number[],
  { after, first }: { readonly after: number; readonly first: number },
): number[] {
  const sum = record.blankRecord();
  if (records.length === 0) {
    if (first > after) record.addRecord(sum, n, 0);
    else beginIdle(sum, n);
    return sum;
  }
  let seen = false;
  for (let base = 0; base < records.length; base += record.fields) {
    if (records[base + record.index]! <= after) continue;
    record.addRecord(sum, records, base);
    seen = true;
  }
  if (!seen) beginIdle(sum, n);
  return sum;
}

function beginIdle(sum: number[], n: readonly number[]): void {
  record.beginRecord(sum, 0, { index: 0, equity: equityNow(n), curve: n[at.curve]! });
}
