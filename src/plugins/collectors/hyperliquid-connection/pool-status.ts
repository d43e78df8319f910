import type { Carrier } from './carrier.ts';
import type { Registry } from './registry.ts';
import type { Slot } from './slot.ts';
import type { SocketPoolStatus } from './socket-types.ts';

/** What a pool counts over all connections, those that have ended included. */
export interface PoolCounts {
  /** Of connections that have ended. */
  messages: number;
  /** Of connections that have ended. */
  bytes: number;
  sent: number;
  malformed: number;
  unrouted: number;
  rotations: number;
  refusals: number;
}

export function createPoolCounts(): PoolCounts {
  return { messages: 0, bytes: 0, sent: 0, malformed: 0, unrouted: 0, rotations: 0, refusals: 0 };
}

/** How a pool stands. */
export function statusOf(pool: {
  readonly slots: readonly Slot[];
  readonly registry: Registry;
  readonly carriers: readonly Carrier[];
  readonly counts: PoolCounts;
  readonly reconnects: number;
}): SocketPoolStatus {
  const { slots, registry, carriers, counts } = pool;
  const sum = (amount: (carrier: Carrier) => number): number =>
    carriers.reduce((total, carrier) => total + amount(carrier), 0);
  return {
    connections: slots.map(({ carrier, successor, entries, lastError }) => ({
      state: carrier === undefined ? 'waiting' : carrier.link.isOpen ? 'open' : 'connecting',
      lastError,
      openedAt: carrier?.link.openedAt,
      lastMessageAt: carrier?.link.lastMessageAt,
      subscriptions: entries.size,
      confirmed: carrier?.holdings.confirmed ?? 0,
      isRotating: successor !== undefined,
    })),
    subscriptions: registry.size,
    confirmed: registry.live(),
    messagesReceived: counts.messages + sum(({ link }) => link.messagesReceived),
    bytesReceived: counts.bytes + sum(({ link }) => link.bytesReceived),
    framesSent: counts.sent,
    malformed: counts.malformed,
    unrouted: counts.unrouted,
    reconnects: pool.reconnects,
    rotations: counts.rotations,
    refusals: counts.refusals,
    waiting:
      sum(({ waiting }) => waiting) +
      slots.reduce((total, { carrier, entries }) => total + (carrier === undefined ? entries.size : 0), 0),
  };
}
