import type { Carrier } from './carrier.ts';
import type { Entry } from './entry.ts';

/** One of the pool's places for a connection, with the subscriptions that it shall carry. */
export interface Slot {
  readonly index: number;
  readonly entries: Set<Entry>;
  /** The connection, from the moment that it is being opened. */
  carrier: Carrier | undefined;
  /** The connection that is about to take its place. */
  successor: Carrier | undefined;
  /** When the successor was begun, on the clock that never leaps. */
  rotationBegan: number;
  /** Age at which the connection is replaced, in ms. */
  rotateAtAge: number;
  /** When it may connect again, on the clock that never leaps. */
  connectAt: number;
  /** Since when it has had no connection, on the wall clock. */
  lostAt: number | undefined;
  lastError: string | undefined;
}

export function createSlot(index: number, rotateAtAge: number): Slot {
  return {
    index,
    entries: new Set(),
    carrier: undefined,
    successor: undefined,
    rotationBegan: 0,
    rotateAtAge,
    connectAt: 0,
    lostAt: undefined,
    lastError: undefined,
  };
}

/** Whether a slot already carries another subscription whose messages look the same. */
export function hasRoute(slot: Slot, entry: Pick<Entry, 'route'>): boolean {
  const { channel, key } = entry.route;
  for (const other of slot.entries) {
    if (other.route.channel === channel && other.route.key === key) return true;
  }
  return false;
}
