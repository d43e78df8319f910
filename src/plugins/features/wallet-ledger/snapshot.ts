import { type Event, type position, toNumber } from '../../../plugin-api/index.ts';
import { correctTo, isSamePosition, startFrom } from './change.ts';
import { startDeltas, unitsSince } from './deltas.ts';
import { toUnits } from './exact-size.ts';
import * as at from './slots.ts';
import { hasFlag, isKnown, type LedgerState } from './state.ts';

/**
 * Takes in a position as the exchange states it: what it stated, plus the changes that the tape has told of since. A match that
 * happened before it but arrives later is part of it. A statement that is older than the last one, or than the changes that are
 * remembered, says nothing.
 */
export function takeSnapshot(state: LedgerState, event: Event<typeof position>): void {
  const n = state.n;
  const time = event.tsEvent;
  const stated = toUnits(n, toNumber(event.payload.size));
  const entry = event.payload.entryPrice === null ? Number.NaN : toNumber(event.payload.entryPrice);
  if (!hasFlag(n, at.started)) {
    startFrom(n, stated, time);
    startDeltas(state, time);
    n[at.unitsBefore] = 0;
    if (stated !== 0) n[at.action] = at.reconciled;
    n[at.snapshotTime] = time;
    n[at.entry] = stated === 0 ? Number.NaN : entry;
    return;
  }
  if (time < n[at.snapshotTime]!) return;
  if (state.deltas.length === 0) startDeltas(state, n[at.lastTime]!);
  const since = unitsSince(state, time);
  if (!isKnown(since)) return;
  const before = n[at.units]!;
  if (isSamePosition(n, stated + since)) {
    n[at.units] = stated + since;
    n[at.unitsBefore] = stated + since;
  } else {
    const wasKnown = n[at.snapshotTime]! > Number.NEGATIVE_INFINITY || hasFlag(n, at.seenFill);
    correctTo(n, stated + since, { isGap: wasKnown || !hasFlag(n, at.truncated) });
    n[at.unitsBefore] = before;
    n[at.action] = at.reconciled;
  }
  n[at.snapshotTime] = time;
  // Note: what was traded since has moved the mean price of entry by an amount that the statement does not tell.
  if (since === 0 && n[at.units] !== 0 && !isKnown(n[at.entry]!)) n[at.entry] = entry;
}
