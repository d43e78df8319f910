import { type Event, type position, toNumber } from '../../../plugin-api/index.ts';
import { startFrom } from './change.ts';
import { toUnits } from './exact-size.ts';
import * as at from './slots.ts';
import { hasFlag, isKnown } from './state.ts';

/**
 * Takes in a position as the exchange states it. A match that happened before it but arrives later is part of it. A snapshot
 * older than the last change says nothing new.
 */
export function takeSnapshot(n: number[], event: Event<typeof position>): void {
  const time = event.tsEvent;
  const units = toUnits(n, toNumber(event.payload.size));
  const entry = event.payload.entryPrice === null ? Number.NaN : toNumber(event.payload.entryPrice);
  if (!hasFlag(n, at.started)) {
    startFrom(n, units, time);
    n[at.unitsBefore] = 0;
    if (units !== 0) n[at.action] = at.reconciled;
  } else if (time < n[at.lastTime]! || time < n[at.snapshotTime]!) {
    return;
  } else if (units !== n[at.units]) {
    n[at.units] = units;
    n[at.action] = at.reconciled;
    n[at.openedAt] = Number.NaN;
    n[at.episodePnl] = Number.NaN;
    n[at.entry] = Number.NaN;
  }
  n[at.snapshotTime] = time;
  if (units !== 0 && !isKnown(n[at.entry]!)) n[at.entry] = entry;
}
