import { type Event, type position, toNumber } from '../../../plugin-api/index.ts';
import { correctTo, isSamePosition, startFrom } from './change.ts';
import { hasDeltas, startDeltas, unitsSince } from './deltas.ts';
import { toUnits } from './exact-size.ts';
import * as at from './slots.ts';
import { hasFlag, isKnown, type LedgerState } from './state.ts';

/**
 * Takes in a position as the exchange states it: what it stated, plus the changes that the tape has told of since. A match that
 * happened before it but arrives later is part of it. A statement that is older than the last one, or than the changes that are
 * remembered, says nothing.
 */
export function takeSnapshot(state: LedgerState, event: Event<typeof position>): void {
  const { numbers: n, first: o } = state;
  const time = event.tsEvent;
  const stated = toUnits(n, o, toNumber(event.payload.size));
  const entry = event.payload.entryPrice === null ? Number.NaN : toNumber(event.payload.entryPrice);
  if (!hasFlag(n, o, at.started)) {
    startFrom(n, o, stated, time);
    startDeltas(state, time);
    n[o + at.unitsBefore] = 0;
    if (stated !== 0) n[o + at.action] = at.reconciled;
    n[o + at.snapshotTime] = time;
    n[o + at.entry] = stated === 0 ? Number.NaN : entry;
    return;
  }
  if (time < n[o + at.snapshotTime]!) return;
  if (!hasDeltas(state)) startDeltas(state, n[o + at.lastTime]!);
  const since = unitsSince(state, time);
  if (!isKnown(since)) return;
  const before = n[o + at.units]!;
  if (isSamePosition(n, o, stated + since)) {
    n[o + at.units] = stated + since;
    n[o + at.unitsBefore] = stated + since;
  } else {
    const wasKnown = n[o + at.snapshotTime]! > Number.NEGATIVE_INFINITY || hasFlag(n, o, at.seenFill);
    correctTo(n, o, stated + since, { isGap: wasKnown || !hasFlag(n, o, at.truncated) });
    n[o + at.unitsBefore] = before;
    n[o + at.action] = at.reconciled;
  }
  n[o + at.snapshotTime] = time;
  // Note: what was traded since has moved the mean price of entry by an amount that the statement does not tell.
  if (since === 0 && n[o + at.units] !== 0 && !isKnown(n[o + at.entry]!)) n[o + at.entry] = entry;
}
