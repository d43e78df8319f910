import * as at from './slots.ts';
import { bestPrice } from './state.ts';

const dayMs = 86_400_000;

/** Begins a UTC day where one has begun: the last price before it is the one at midnight. */
export function turnDay(n: number[], now: number, staleAfterMs: number): void {
  const today = Math.floor(now / dayMs);
  const day = n[at.day]!;
  if (day === today) return;
  const follows = day === today - 1;
  n[at.previousDayOpen] = follows ? n[at.dayOpen]! : Number.NaN;
  n[at.dayOpen] = follows ? bestPrice(n, staleAfterMs) : Number.NaN;
  n[at.day] = today;
}
