import { isObject, shown } from '../hyperliquid-messages/values.ts';
import { closeHole, type Entry, openHole, tell, tellOutage } from './entry.ts';
import { createHoldings, type Held, type Holdings } from './holdings.ts';
import { type Link, type LinkOptions, openLink } from './link.ts';
import { readRefusal } from './refusal-text.ts';

/** What a carrier needs of its pool. */
export interface CarrierEvents {
  opened(carrier: Carrier): void;
  /** A subscription has been confirmed, or refused, so that the next may follow. */
  answered(carrier: Carrier): void;
  /** The exchange wants no more messages for a while. */
  tooManyFrames(): void;
  ended(carrier: Carrier, reason: string): void;
  malformed(reason: string): void;
  unrouted(): void;
  refused(entry: Entry, reason: string): void;
  /** A subscriber threw. */
  failed(error: unknown): void;
}

/** One connection with its subscriptions. */
export interface Carrier {
  readonly link: Link;
  readonly holdings: Holdings;
  /** Why the connection ended, once it has. */
  readonly endReason: string | undefined;
  /** Messages that wait to be sent. */
  readonly waiting: number;
  add(entry: Entry): void;
  /** Ends a subscription on this connection. */
  remove(entry: Entry): void;
  /** Ends a subscription on this connection that another one has taken over. */
  handOver(entry: Entry): void;
  /** Whether the next message that waits begins a subscription; ends of others come first, since they make room. */
  readonly isNextSubscription: boolean;
  /** Sends the next message that waits. */
  sendNext(): void;
  /** Sends again what was not answered in time. */
  retry(stalledMs: number): void;
  /** Says of all subscriptions that messages may be missing since a time. */
  doubt(from: number, reason: string): void;
}

export interface CarrierOptions extends LinkOptions {
  readonly confirmWithinMs: number;
  /** How long a refused subscription rests at first, and at most. */
  readonly rest: { readonly firstMs: number; readonly longestMs: number };
  readonly random: () => number;
}

const greeting = 'Websocket connection established.';

/** Opens a connection that carries subscriptions. */
export function openCarrier(options: CarrierOptions, events: CarrierEvents): Carrier {
  const { elapsed, now } = options;
  const holdings = createHoldings();
  const farewells: Entry[] = [];
  const handedOver = new Set<Entry>();
  let endReason: string | undefined;
  const link = openLink(options, { opened: () => events.opened(carrier), message, malformed, ended });
  const carrier: Carrier = {
    link,
    holdings,
    get endReason() {
      return endReason;
    },
    add: entry => holdings.add(entry),
    get waiting() {
      return farewells.length + holdings.queued;
    },
    handOver(entry) {
      carrier.remove(entry);
      handedOver.add(entry);
    },
    get isNextSubscription() {
      return farewells.length === 0 && holdings.queued > 0;
    },
    remove(entry) {
      const held = holdings.remove(entry);
      if (held?.state === 'confirmed') entry.live -= 1;
      if (held?.state === 'confirmed' || held?.state === 'sent') farewells.push(entry);
    },
    sendNext() {
      const farewell = farewells.shift();
      if (farewell !== undefined) {
        link.send(JSON.stringify({ method: 'unsubscribe', subscription: farewell.subscription }));
        return;
      }
      const held = holdings.nextQueued();
      if (held === undefined) return;
      holdings.markSent(held, elapsed());
      link.send(JSON.stringify({ method: 'subscribe', subscription: held.entry.subscription }));
    },
    retry(stalledMs) {
      const at = elapsed();
      for (const held of holdings.sent()) {
        held.at += stalledMs;
        if (at - held.at > options.confirmWithinMs) holdings.queueAgain(held);
      }
      for (const held of holdings.rested(at)) holdings.queueAgain(held);
    },
    doubt(from, reason) {
      for (const held of holdings.all()) if (held.state === 'confirmed') openHole(held.entry, from, reason);
    },
  };

  function confirm(held: Held): void {
    if (held.state === 'confirmed' || isUnsent(held)) return;
    holdings.markConfirmed(held);
    const { entry } = held;
    const again = entry.wasLive;
    entry.live += 1;
    entry.wasLive = true;
    entry.confirmedAt = now();
    entry.refusals = 0;
    closeHole(entry, now(), events.failed);
    if (entry.live === 1) tell(entry, events.failed, ({ handlers }) => handlers.live?.(again));
    events.answered(carrier);
  }

  function refuse(held: Held, reason: string): void {
    const { entry } = held;
    const restMs = Math.min(options.rest.longestMs, options.rest.firstMs * 2 ** Math.min(entry.refusals, 20));
    entry.refusals += 1;
    holdings.rest(held, elapsed() + restMs * (1 + options.random() / 4));
    events.refused(entry, reason);
    tell(entry, events.failed, ({ handlers }) => handlers.refused?.(reason));
    events.answered(carrier);
  }

  function message(channel: string, data: unknown, receivedAt: number): boolean {
    if (channel === 'subscriptionResponse') response(data);
    else if (channel === 'error') refusal(typeof data === 'string' ? data : shown(data));
    else return deliver(channel, data, receivedAt);
    return false;
  }

  function deliver(channel: string, data: unknown, receivedAt: number): boolean {
    const held = holdings.find(channel, data);
    if (held === undefined || isUnsent(held)) {
      events.unrouted();
      return false;
    }
    const { isFresh } = held;
    // Note: a message may overtake the confirmation of its subscription, and proves it as well.
    if (held.state !== 'confirmed') confirm(held);
    const isReplay = isReplayed(channel, data, isFresh);
    held.isFresh = false;
    const { entry } = held;
    entry.lastMessageAt = receivedAt;
    const { subscribers } = entry;
    for (let place = 0; place < subscribers.length; place++) {
      const { handlers } = subscribers[place]!;
      try {
        if (isReplay && handlers.replayed !== undefined) handlers.replayed(data, receivedAt);
        else handlers.data(data, receivedAt);
      } catch (error) {
        events.failed(error);
      }
    }
    return !isFresh;
  }

  function response(data: unknown): void {
    if (!isObject(data) || data.method !== 'subscribe') return;
    const held = holdings.findEcho(data.subscription);
    if (held !== undefined) confirm(held);
  }

  function refusal(text: string): void {
    const said = readRefusal(text);
    if (said.kind === 'not-subscribed') return;
    if (said.kind === 'already') {
      const held = holdings.findEcho(said.subscription);
      if (held !== undefined) confirm(held);
      return;
    }
    if (said.kind === 'invalid') {
      const held = holdings.findEcho(said.subscription);
      if (held === undefined)
        events.malformed(`an error of the exchange that names no subscription: ${shown(text)}`);
      else refuse(held, text);
      return;
    }
    if (said.kind === 'other') {
      events.malformed(`an error of the exchange that is not known: ${shown(text)}`);
      return;
    }
    if (said.limit === 'frames') {
      for (const held of [...holdings.sent()]) holdings.queueAgain(held);
      events.tooManyFrames();
      return;
    }
    // Note: a refusal for a limit names nobody; messages are answered in order, so that it means the oldest that it can mean.
    for (const held of holdings.sent()) {
      if (said.limit === 'users' && held.entry.user === undefined) continue;
      refuse(held, text);
      return;
    }
  }

  function malformed(text: string, receivedAt: number): void {
    if (text === greeting) return;
    events.malformed(`a message that is not what the exchange sends (${text.length} characters)`);
    // Note: what is no object at all carried no data that could be lost.
    if (!/^\s*[{[]/.test(text)) return;
    const cutOff = heldOfStump(text);
    for (const { entry } of cutOff === undefined ? [...holdings.all()] : [cutOff]) {
      const since = Math.max(entry.lastMessageAt ?? 0, link.openedAt ?? 0);
      openHole(entry, since, 'a message was cut off');
      if (entry.live > 0) closeHole(entry, receivedAt, events.failed);
    }
  }

  /** The subscription that a message was for, where what is left of it says so. */
  function heldOfStump(text: string): Held | undefined {
    const channel = /^\{\s*"channel"\s*:\s*"(\w+)"/.exec(text)?.[1];
    if (channel === undefined) return undefined;
    const named: Record<string, string> = {};
    for (const [, name, value] of text.slice(0, 1_000).matchAll(/"(coin|user|dex|s|i)"\s*:\s*"([^"]*)"/g)) {
      named[name as string] ??= value as string;
    }
    return holdings.find(channel, named);
  }

  function ended(reason: string): void {
    endReason = reason;
    const from = link.lastMessageAt ?? now();
    for (const held of holdings.all()) {
      if (held.state !== 'confirmed') continue;
      held.entry.live -= 1;
      if (held.entry.live === 0) openHole(held.entry, from, reason);
      else handedOver.add(held.entry);
    }
    // Note: the connection may have been dead for a while before another one took over.
    for (const entry of handedOver) {
      if (entry.confirmedAt > from) tellOutage(entry, { from, to: entry.confirmedAt, reason }, events.failed);
    }
    events.ended(carrier, reason);
  }

  return carrier;
}

/** Whether it waits to be sent for the first time: what comes then is the end of a former one to the same, and proves nothing. */
function isUnsent({ state, attempts }: Held): boolean {
  return state === 'queued' && attempts === 0;
}

/** Whether a message repeats what was before. Only recent trades and snapshots do; the first tells nothing else of itself. */
function isReplayed(channel: string, data: unknown, isFirst: boolean): boolean {
  return channel === 'trades' ? isFirst : isObject(data) && data.isSnapshot === true;
}
