import { isObject, type JsonObject } from '../hyperliquid-messages/values.ts';
import type { Entry } from './entry.ts';
import { channelName, confirms, messageKey, subscriptionRoute } from './routes.ts';

/** One subscription on one connection. */
export interface Held {
  readonly entry: Entry;
  state: 'queued' | 'sent' | 'confirmed' | 'resting';
  /** When it was sent, or until when it rests, in ms of the clock that never leaps. */
  at: number;
  /** How often it was sent without being confirmed. */
  attempts: number;
  /** Whether no message has come for it yet. */
  isFresh: boolean;
}

/** The subscriptions of one connection, by what their messages say. */
export interface Holdings {
  readonly size: number;
  readonly confirmed: number;
  /** Those that the exchange counts, or may count: sent or confirmed. */
  readonly placed: number;
  all(): Iterable<Held>;
  /** Those that were sent and not answered, the oldest first. */
  sent(): Iterable<Held>;
  add(entry: Entry): void;
  remove(entry: Entry): Held | undefined;
  of(entry: Entry): Held | undefined;
  hasRoute(channel: string, key: string): boolean;
  /** Which subscription a message is for. */
  find(channel: string, data: unknown): Held | undefined;
  /** Which subscription an echo of the exchange means. */
  findEcho(echo: unknown): Held | undefined;
  /** The next one to send, if there is one. */
  nextQueued(): Held | undefined;
  /** How many wait to be sent. */
  readonly queued: number;
  markSent(held: Held, at: number): void;
  markConfirmed(held: Held): void;
  queueAgain(held: Held): void;
  rest(held: Held, until: number): void;
  /** Those whose rest is over. */
  rested(at: number): Held[];
}

export function createHoldings(): Holdings {
  const channels = new Map<string, Map<string, Held>>();
  const byId = new Map<string, Held>();
  const queue = new Set<Held>();
  const sent = new Set<Held>();
  const resting = new Set<Held>();
  let confirmed = 0;

  const leave = (held: Held): void => {
    queue.delete(held);
    sent.delete(held);
    resting.delete(held);
    if (held.state === 'confirmed') confirmed -= 1;
  };
  const byRoute = (channel: string, key: string): Held | undefined => channels.get(channel)?.get(key);

  return {
    get size() {
      return byId.size;
    },
    get confirmed() {
      return confirmed;
    },
    get placed() {
      return confirmed + sent.size;
    },
    get queued() {
      return queue.size;
    },
    all: () => byId.values(),
    sent: () => sent,
    add(entry) {
      const held: Held = { entry, state: 'queued', at: 0, attempts: 0, isFresh: true };
      byId.set(entry.id, held);
      queue.add(held);
      const { channel, key } = entry.route;
      const keys = channels.get(channel) ?? new Map<string, Held>();
      channels.set(channel, keys.set(key, held));
    },
    remove(entry) {
      const held = byId.get(entry.id);
      if (held === undefined) return undefined;
      leave(held);
      byId.delete(entry.id);
      channels.get(entry.route.channel)?.delete(entry.route.key);
      return held;
    },
    of: entry => byId.get(entry.id),
    hasRoute: (channel, key) => byRoute(channel, key) !== undefined,
    find(channel, data) {
      const name = channelName(channel);
      const keys = channels.get(name);
      if (keys === undefined) return undefined;
      const key = messageKey(name, data);
      return key === undefined ? undefined : keys.get(key);
    },
    findEcho(echo) {
      if (!isObject(echo)) return undefined;
      const { channel, key } = subscriptionRoute(echo);
      const held = byRoute(channel, key);
      return held !== undefined && confirms(echo as JsonObject, held.entry.subscription) ? held : undefined;
    },
    nextQueued() {
      for (const held of queue) return held;
      return undefined;
    },
    markSent(held, at) {
      leave(held);
      held.state = 'sent';
      held.at = at;
      held.attempts += 1;
      sent.add(held);
    },
    markConfirmed(held) {
      leave(held);
      held.state = 'confirmed';
      held.attempts = 0;
      confirmed += 1;
    },
    queueAgain(held) {
      leave(held);
      held.state = 'queued';
      queue.add(held);
    },
    rest(held, until) {
      leave(held);
      held.state = 'resting';
      held.at = until;
      resting.add(held);
    },
    rested: at => [...resting].filter(held => held.at <= at),
  };
}
