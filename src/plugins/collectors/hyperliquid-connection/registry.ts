import { PluginError } from '../../../plugin-api/index.ts';
import type { Entry, Subscriber } from './entry.ts';
import { normalised, subscriptionId, subscriptionRoute } from './routes.ts';
import { hasRoute, type Slot } from './slot.ts';
import type { SocketLimits, Subscription, SubscriptionHandlers } from './socket-types.ts';

/** All subscriptions of a pool, each in one slot, within the limits. */
export interface Registry {
  readonly size: number;
  /** How many are confirmed at present. */
  live(): number;
  all(): Iterable<Entry>;
  find(subscription: Subscription): Entry | undefined;
  add(subscription: Subscription, handlers: SubscriptionHandlers): { entry: Entry; isNew: boolean };
  /** Ends one subscriber's hold; answers whether it was the last. */
  remove(entry: Entry, subscriber: Subscriber): boolean;
}

export interface RegistryOptions {
  readonly slots: readonly Slot[];
  readonly limits: SocketLimits;
  readonly now: () => number;
}

/** The part of the subscriptions that is kept free, so that those of one connection can move to another: one in 20. */
const keptFree = 0.05;

export function createRegistry({ slots, limits, now }: RegistryOptions): Registry {
  const entries = new Map<string, Entry>();
  const users = new Map<string, number>();
  const mostSubscriptions = Math.max(1, Math.floor(limits.subscriptions * (1 - keptFree)));

  function refuse(subscription: Subscription, limit: string): never {
    throw new PluginError(
      'SUBSCRIPTION_LIMIT',
      `${JSON.stringify(subscription)} cannot be subscribed to as well.`,
      {
        expected: limit,
        found: `${entries.size} subscriptions to ${users.size} wallets on ${slots.length} connections`,
        hint: 'Subscribe to less, or give this collector a larger share of the limits of the exchange.',
      },
    );
  }
  function place(subscription: Subscription, route: Entry['route']): Slot {
    const free = slots.filter(slot => !hasRoute(slot, { route }));
    if (free.length === 0) {
      refuse(
        subscription,
        'at most one subscription of a kind whose messages look the same on each connection',
      );
    }
    return free.reduce((least, slot) => (slot.entries.size < least.entries.size ? slot : least));
  }

  return {
    get size() {
      return entries.size;
    },
    live: () => [...entries.values()].reduce((count, { live }) => (live > 0 ? count + 1 : count), 0),
    all: () => entries.values(),
    find: subscription => entries.get(subscriptionId(normalised(subscription))),
    add(given, handlers) {
      const subscription = normalised(given);
      const id = subscriptionId(subscription);
      const subscriber: Subscriber = { handlers, since: now() };
      const present = entries.get(id);
      if (present !== undefined) {
        present.subscribers = [...present.subscribers, subscriber];
        return { entry: present, isNew: false };
      }
      if (entries.size >= mostSubscriptions)
        refuse(subscription, `at most ${mostSubscriptions} subscriptions`);
      const user = typeof subscription.user === 'string' ? subscription.user : undefined;
      if (user !== undefined && !users.has(user) && users.size >= limits.users) {
        refuse(subscription, `subscriptions to at most ${limits.users} wallets`);
      }
      const route = subscriptionRoute(subscription);
      const slot = place(subscription, route);
      const entry: Entry = {
        id,
        subscription,
        route,
        user,
        slot: slot.index,
        subscribers: [subscriber],
        live: 0,
        wasLive: false,
        confirmedAt: 0,
        hole: undefined,
        lastMessageAt: undefined,
        refusals: 0,
      };
      entries.set(id, entry);
      if (user !== undefined) users.set(user, (users.get(user) ?? 0) + 1);
      return { entry, isNew: true };
    },
    remove(entry, subscriber) {
      entry.subscribers = entry.subscribers.filter(other => other !== subscriber);
      if (entry.subscribers.length > 0) return false;
      entries.delete(entry.id);
      if (entry.user !== undefined) {
        const others = (users.get(entry.user) ?? 1) - 1;
        if (others === 0) users.delete(entry.user);
        else users.set(entry.user, others);
      }
      return true;
    },
  };
}
