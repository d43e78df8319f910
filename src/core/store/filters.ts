import type { RowOf, trade } from '../../plugin-api/index.ts';
import type { TapeEvent } from '../event.ts';
import { midOf } from './event-tables.ts';
import { createOrderFilter } from './order-filter.ts';
import type { StoragePolicy } from './policy.ts';
import type { Tracking } from './tracking.ts';

/** The tables that are filtered. */
export const filterNames = ['trades', 'books', 'position_snapshots', 'position_events', 'orders'] as const;

/** The last stored book of a coin, or snapshot of a wallet's position in one. */
interface LastStored {
  readonly time: number;
  readonly value: number | null;
}

/** What the filters remember of what is stored. */
export interface FilterMemory {
  /** By coin. */
  readonly books: Map<string, LastStored>;
  /** By address and coin joined by a colon. */
  readonly snapshots: Map<string, LastStored>;
}

/** Decides which events are stored. */
export interface Filters {
  keepsTrade(event: TapeEvent): boolean;
  keepsBook(event: TapeEvent): boolean;
  keepsSnapshot(event: TapeEvent): boolean;
  keepsOrder(event: TapeEvent): boolean;
  keepsPositionEvent(key: string): boolean;
}

export function createFilters(policy: StoragePolicy, tracking: Tracking, memory: FilterMemory): Filters {
  /** Whether a value differs enough from the last stored one, or that one is old; remembers it then. */
  function differs(
    from: Map<string, LastStored>,
    key: string,
    now: LastStored,
    minChange: number,
    maxAgeMs: number,
  ): boolean {
    const last = from.get(key);
    const keeps =
      last === undefined ||
      now.time - last.time >= maxAgeMs ||
      (now.value === null || last.value === null
        ? now.value !== last.value
        : Math.abs(now.value - last.value) > minChange * Math.abs(last.value));
    if (keeps) from.set(key, now);
    return keeps;
  }

  return {
    keepsTrade({ payload }) {
      const { price, size, buyer, seller } = payload as unknown as RowOf<typeof trade>;
      return (
        Number(price) * Number(size) >= policy.tradeMinNotionalUsd ||
        (buyer !== null && tracking.isTracked(buyer)) ||
        (seller !== null && tracking.isTracked(seller))
      );
    },
    keepsBook({ payload, tsEvent }) {
      const now = { time: tsEvent, value: midOf(payload as Parameters<typeof midOf>[0]) };
      const { bookMinMove, bookMaxAgeMs } = policy;
      return differs(memory.books, payload.coin as string, now, bookMinMove, bookMaxAgeMs);
    },
    keepsSnapshot({ payload, tsEvent }) {
      const key = `${payload.user}:${payload.coin}`;
      const now = { time: tsEvent, value: Number(payload.size) };
      const { snapshotMinChange, snapshotMaxAgeMs } = policy;
      return differs(memory.snapshots, key, now, snapshotMinChange, snapshotMaxAgeMs);
    },
    keepsOrder: createOrderFilter(policy.ordersPerMinute),
    keepsPositionEvent: key => tracking.isTracked(key.slice(0, key.indexOf(':'))),
  };
}
