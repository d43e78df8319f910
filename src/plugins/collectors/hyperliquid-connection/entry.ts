import type { Route } from './routes.ts';
import type { Outage, Subscription, SubscriptionHandlers } from './socket-types.ts';

export interface Subscriber {
  readonly handlers: SubscriptionHandlers;
  /** When it joined, on the wall clock. */
  readonly since: number;
}

/** One subscription with all that hold it, whichever connection carries it. */
export interface Entry {
  readonly id: string;
  readonly subscription: Subscription;
  readonly route: Route;
  /** The wallet that it counts for in the exchange's limit. */
  readonly user: string | undefined;
  /** Which of the pool's connections carries it. */
  readonly slot: number;
  /** Replaced as a whole when it changes, so that it can be gone through while it does. */
  subscribers: readonly Subscriber[];
  /** How many connections carry it, confirmed: two for moments of a rotation. */
  live: number;
  wasLive: boolean;
  /** When a connection last confirmed it, on the wall clock. */
  confirmedAt: number;
  /** Since when and why messages may be missing. */
  hole: { readonly from: number; readonly reason: string } | undefined;
  lastMessageAt: number | undefined;
  /** Messages of the exchange's refusals in a row. */
  refusals: number;
}

/** Marks that messages may be missing since a time, unless they are already since an earlier one. */
export function openHole(entry: Entry, from: number, reason: string): void {
  if (entry.wasLive) entry.hole ??= { from, reason };
}

/** Tells the subscribers of a hole that has ended. */
export function closeHole(entry: Entry, to: number, failed: (error: unknown) => void): void {
  const { hole } = entry;
  if (hole === undefined) return;
  entry.hole = undefined;
  tellOutage(entry, { ...hole, to }, failed);
}

/** Tells of an interval in which messages may be missing, to those who were there when it began. */
export function tellOutage(entry: Entry, outage: Outage, failed: (error: unknown) => void): void {
  // Note: the wall clock may have been set back meanwhile.
  const told: Outage = { ...outage, to: Math.max(outage.from, outage.to) };
  tell(entry, failed, ({ handlers, since }) => {
    if (since <= told.from) handlers.outage?.(told);
  });
}

/** Calls each subscriber; what one of them throws harms neither the others nor the connection. */
export function tell(
  entry: Entry,
  failed: (error: unknown) => void,
  call: (subscriber: Subscriber) => void,
): void {
  for (const subscriber of entry.subscribers) {
    try {
      call(subscriber);
    } catch (error) {
      failed(error);
    }
  }
}
