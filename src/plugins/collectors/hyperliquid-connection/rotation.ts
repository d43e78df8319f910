import type { Carrier } from './carrier.ts';
import type { Slot } from './slot.ts';

/*
 * Exchanging a connection for a new one before the server ends it: the new one is opened, subscribed to everything and confirmed
 * while the old one goes on; then the old one is closed.
 */

export interface RotationOptions {
  readonly elapsed: () => number;
  readonly random: () => number;
  readonly rotateAfterMs: number;
  /** Opens a connection if the limits allow one now. */
  readonly open: () => Carrier | undefined;
  /** How many more subscriptions may be held now. */
  readonly room: () => number;
  /** Takes over a connection that has been replaced. */
  readonly retire: (carrier: Carrier) => void;
  readonly log: (message: string, values: Readonly<Record<string, unknown>>) => void;
}

/** A rotation that takes longer is given up; the old connection goes on. */
const longestRotationMs = 60_000;
/** The wait before a rotation that failed is tried again. */
const retryRotationMs = 120_000;

/** The age at which a connection is next replaced; spread, so that connections opened together are not replaced together. */
export function nextRotationAge(rotateAfterMs: number, random: () => number): number {
  return rotateAfterMs * (1 - random() / 20);
}

/** Begins to replace a slot's connection if it is time to. */
export function beginRotation(slot: Slot, options: RotationOptions): void {
  const { carrier, successor } = slot;
  if (carrier === undefined || successor !== undefined || !carrier.link.isOpen) return;
  const { isMute } = carrier.link;
  if (!isMute && carrier.link.age() < slot.rotateAtAge) return;
  slot.successor = options.open();
  if (slot.successor === undefined) return;
  slot.rotationBegan = options.elapsed();
  if (isMute) carrier.doubt(carrier.link.lastDataAt ?? 0, 'the connection answered, but brought no messages');
  options.log('a connection is being replaced', {
    connection: slot.index,
    isMute,
    ageMs: carrier.link.age(),
  });
}

/** Moves subscriptions to the new connection, and ends the old one when all are confirmed there. */
export function continueRotation(slot: Slot, options: RotationOptions): void {
  const { carrier, successor } = slot;
  if (carrier === undefined || successor === undefined) return;
  if (options.elapsed() - slot.rotationBegan > longestRotationMs) {
    successor.link.end('the exchange of connections took too long');
    return;
  }
  if (!successor.link.isOpen || !isSettled(carrier, successor)) return;
  const left = [...slot.entries].filter(entry => successor.holdings.of(entry) === undefined);
  if (left.length === 0) {
    slot.carrier = successor;
    slot.successor = undefined;
    slot.rotateAtAge = nextRotationAge(options.rotateAfterMs, options.random);
    options.retire(carrier);
    return;
  }
  if (left.length > options.room()) {
    // Note: where the limit does not allow to hold all of them twice, those that have moved leave the old connection.
    for (const held of [...successor.holdings.all()]) carrier.handOver(held.entry);
  }
  for (const entry of left.slice(0, Math.max(1, options.room()))) successor.add(entry);
}

/** Whether all that was moved is confirmed on the new connection, or was not confirmed on the old one either. */
function isSettled(carrier: Carrier, successor: Carrier): boolean {
  for (const held of successor.holdings.all()) {
    if (held.state !== 'confirmed' && carrier.holdings.of(held.entry)?.state === 'confirmed') return false;
  }
  return true;
}

/** The new connection has ended before its time: the old one goes on with everything. */
export function abandonRotation(slot: Slot): void {
  const { carrier } = slot;
  slot.successor = undefined;
  if (carrier === undefined) return;
  slot.rotateAtAge = carrier.link.age() + retryRotationMs;
  for (const entry of slot.entries) if (carrier.holdings.of(entry) === undefined) carrier.add(entry);
}

/** The old connection has ended before the new one was ready, which takes its place at once. */
export function promoteSuccessor(
  slot: Slot,
  options: Pick<RotationOptions, 'rotateAfterMs' | 'random'>,
): void {
  const { successor } = slot;
  slot.carrier = successor;
  slot.successor = undefined;
  if (successor === undefined) return;
  slot.rotateAtAge = nextRotationAge(options.rotateAfterMs, options.random);
  for (const entry of slot.entries) if (successor.holdings.of(entry) === undefined) successor.add(entry);
}
