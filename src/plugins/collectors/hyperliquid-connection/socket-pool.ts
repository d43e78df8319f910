import { createAllowance } from './allowance.ts';
import { type Carrier, type CarrierEvents, openCarrier } from './carrier.ts';
import type { ConnectionContext } from './connection-context.ts';
import { budgetName } from './endpoints.ts';
import { closeHole } from './entry.ts';
import { createPoolCounts, statusOf } from './pool-status.ts';
import { createReconnection } from './reconnection.ts';
import { createRegistry } from './registry.ts';
import {
  abandonRotation,
  beginRotation,
  continueRotation,
  promoteSuccessor,
  type RotationOptions,
} from './rotation.ts';
import { createSlot, type Slot } from './slot.ts';
import type { SocketPool, SocketPoolOptions } from './socket-types.ts';

/** How long closing may take when the collector stops. */
const closeWithinMs = 500;
/** Messages kept back for pings, for each connection. */
const reservedFrames = 4;
/** What all collectors of one address may open and send in a minute: a little less than the exchange allows. */
const sharedConnectionsPerMinute = 28;
const sharedFramesPerMinute = 1_950;
/** For how long the exchange still counts the subscriptions of a connection that has ended. */
const ghostMs = 2_500;

/**
 * Opens connections to the exchange's socket as subscriptions need them, and keeps them: it subscribes until it is confirmed, connects
 * again for ever, replaces connections before the server ends them, and reports each interval in which messages may have been missed.
 */
export function createSocketPool(ctx: ConnectionContext, options: SocketPoolOptions): SocketPool {
  const { limits } = options;
  const rotateAfterMs = options.rotateAfterMs ?? 9_000_000;
  const pingEveryMs = options.pingEveryMs ?? 25_000;
  const pongWithinMs = options.pongWithinMs ?? 10_000;
  const confirmWithinMs = options.confirmWithinMs ?? 10_000;
  const tickMs = Math.max(
    10,
    Math.min(250, pingEveryMs / 4, pongWithinMs / 4, confirmWithinMs / 4, rotateAfterMs / 8),
  );
  const elapsed = () => performance.now();
  const now = () => ctx.now;
  const random = () => ctx.random();
  const frames = createAllowance({
    perMinute: limits.framesPerMinute,
    reserve: Math.min(limits.framesPerMinute - 1, options.connections * reservedFrames),
    budget: ctx.budget(budgetName('frames', options.wsUrl), { perMinute: sharedFramesPerMinute }),
    signal: ctx.signal,
    elapsed,
    granted: () => pump(),
  });
  const slots = Array.from({ length: options.connections }, (_, index) =>
    createSlot(index, rotateAfterMs * (0.75 + (0.25 * (index + 1)) / options.connections)),
  );
  const registry = createRegistry({ slots, limits, now });
  const retired = new Set<Carrier>();
  const ghosts: { readonly since: number; readonly count: number }[] = [];
  const counts = createPoolCounts();
  let isClosed = false;
  let pausedUntil = 0;
  let pumpIsDue = false;
  let lastTick = elapsed();

  function* carriers(): Generator<Carrier> {
    for (const { carrier, successor } of slots) {
      if (carrier !== undefined) yield carrier;
      if (successor !== undefined) yield successor;
    }
    yield* retired;
  }
  const sum = (amount: (carrier: Carrier) => number): number =>
    [...carriers()].reduce((total, carrier) => total + amount(carrier), 0);
  /** How many more subscriptions the exchange would accept, those that wait to be sent not counted. */
  function room(): number {
    const at = elapsed();
    while (ghosts[0] !== undefined && at - ghosts[0].since > ghostMs) ghosts.shift();
    const gone = ghosts.reduce((total, { count }) => total + count, 0);
    return limits.subscriptions - gone - sum(({ holdings }) => holdings.placed);
  }
  const failed = (error: unknown): void => {
    ctx.log.error('a subscriber failed on a message', { error: String(error) });
  };
  const reconnection = createReconnection({
    log: ctx.log,
    now,
    elapsed,
    random,
    url: options.wsUrl,
    mostConnections: limits.connections,
    allowance: createAllowance({
      perMinute: limits.newConnectionsPerMinute,
      reserve: 0,
      budget: ctx.budget(budgetName('connections', options.wsUrl), { perMinute: sharedConnectionsPerMinute }),
      signal: ctx.signal,
      elapsed,
      granted: () => pumpSoon(),
    }),
    backOff: options.reconnect ?? { firstMs: 250, longestMs: 30_000 },
    openCount: () => sum(() => 1),
    open: () =>
      openCarrier(
        {
          url: options.wsUrl,
          now,
          elapsed,
          random,
          openWithinMs: options.openWithinMs ?? 10_000,
          pingEveryMs,
          pongWithinMs,
          confirmWithinMs,
          rest: options.rest ?? { firstMs: 10_000, longestMs: 600_000 },
          longestMessageBytes: options.longestMessageBytes ?? 16 * 1024 * 1024,
          pinged: () => {
            frames.charge();
            counts.sent += 1;
          },
        },
        events,
      ),
  });
  const rotation: RotationOptions = {
    elapsed,
    random,
    rotateAfterMs,
    open: () => reconnection.tryOpen(),
    room,
    retire(carrier) {
      counts.rotations += 1;
      retired.add(carrier);
      carrier.link.closeOnceAnswered();
    },
    log: (message, values) => ctx.log.info(message, values),
  };
  const slotOf = (carrier: Carrier): Slot | undefined =>
    slots.find(slot => slot.carrier === carrier || slot.successor === carrier);

  const events: CarrierEvents = {
    opened(carrier) {
      const slot = slotOf(carrier);
      if (slot !== undefined) reconnection.opened(slot, carrier);
      pump();
    },
    answered(carrier) {
      const slot = slotOf(carrier);
      if (slot?.successor === carrier) pumpSoon();
    },
    tooManyFrames() {
      counts.refusals += 1;
      pausedUntil = elapsed() + 30_000 * (1 + random());
      ctx.log.warn('the exchange refused messages as too many; sending pauses', { url: options.wsUrl });
    },
    ended(carrier, reason) {
      counts.bytes += carrier.link.bytesReceived;
      counts.messages += carrier.link.messagesReceived;
      ghosts.push({ since: elapsed(), count: carrier.holdings.placed });
      if (retired.delete(carrier) || isClosed) return;
      const slot = slotOf(carrier);
      if (slot === undefined) return;
      if (slot.successor === carrier) abandonRotation(slot);
      else promoteSuccessor(slot, rotation);
      reconnection.ended(slot, carrier, reason);
      pumpSoon();
    },
    malformed(reason) {
      counts.malformed += 1;
      ctx.reject({ source: options.wsUrl, reason });
    },
    unrouted() {
      counts.unrouted += 1;
    },
    refused(entry, reason) {
      counts.refusals += 1;
      const values = { ...entry.subscription, reason: reason.slice(0, 100) };
      // Note: said once; a market that is closed for good would say it for ever.
      if (entry.refusals === 1) ctx.log.warn('the exchange refused a subscription', values);
      else ctx.log.debug('the exchange refused a subscription again', values);
    },
    failed,
  };

  /** Sends what waits, as far as the limit allows. */
  function pump(): void {
    pumpIsDue = false;
    if (isClosed || elapsed() < pausedUntil) return;
    for (const slot of slots) continueRotation(slot, rotation);
    let free = room();
    for (const carrier of carriers()) {
      while (carrier.waiting > 0 && carrier.link.isOpen) {
        if (carrier.isNextSubscription && free <= 0) break;
        if (!frames.take(sum(({ waiting }) => waiting))) return;
        if (carrier.isNextSubscription) free -= 1;
        carrier.sendNext();
        counts.sent += 1;
      }
    }
  }
  function pumpSoon(): void {
    if (pumpIsDue) return;
    pumpIsDue = true;
    setImmediate(() => {
      connect();
      pump();
    });
  }
  function connect(): void {
    if (isClosed) return;
    for (const slot of slots) {
      if (slot.carrier !== undefined || slot.entries.size === 0) continue;
      slot.carrier = reconnection.connect(slot);
      if (slot.carrier !== undefined) for (const entry of slot.entries) slot.carrier.add(entry);
    }
  }
  function tick(): void {
    const at = elapsed();
    const late = at - lastTick - tickMs;
    lastTick = at;
    const stalledMs = late > 250 ? late : 0;
    for (const carrier of [...carriers()]) {
      carrier.link.tick(stalledMs);
      carrier.retry(stalledMs);
    }
    reconnection.tick(slots);
    connect();
    const isRotating = slots.some(({ successor }) => successor !== undefined);
    const due = slots.toSorted((a, b) => rest(a) - rest(b))[0];
    // Note: not while anything else is to be sent, such as after a loss.
    const isCalm = !isRotating && retired.size === 0 && sum(({ waiting }) => waiting) === 0;
    if (isCalm && due !== undefined) beginRotation(due, rotation);
    pump();
  }
  /** How long a connection still has, in ms; the mute ones have none. */
  const rest = ({ carrier, rotateAtAge }: Slot): number =>
    carrier === undefined
      ? Number.POSITIVE_INFINITY
      : carrier.link.isMute
        ? 0
        : rotateAtAge - carrier.link.age();

  const timer = setInterval(tick, tickMs);
  async function close(): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    clearInterval(timer);
    ctx.signal.removeEventListener('abort', close);
    for (const entry of registry.all()) closeHole(entry, now(), failed);
    const open = [...carriers()];
    for (const { link } of open) link.close();
    const deadline = elapsed() + closeWithinMs;
    while (open.some(({ link }) => !link.hasEnded) && elapsed() < deadline) {
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    for (const { link } of open) link.end('closed by us');
  }
  ctx.signal.addEventListener('abort', close, { once: true });
  if (ctx.signal.aborted) void close();

  return {
    subscribe(subscription, handlers) {
      const { entry, isNew } = registry.add(subscription, handlers);
      const slot = slots[entry.slot] as Slot;
      if (isNew) {
        slot.entries.add(entry);
        slot.carrier?.add(entry);
        pumpSoon();
      } else if (entry.live > 0) {
        queueMicrotask(() => handlers.live?.(false));
      }
      const subscriber = entry.subscribers.at(-1)!;
      return {
        subscription: entry.subscription,
        get isLive() {
          return entry.live > 0 && entry.subscribers.includes(subscriber);
        },
        get lastMessageAt() {
          return entry.lastMessageAt;
        },
        close() {
          if (!entry.subscribers.includes(subscriber)) return;
          if (entry.subscribers.length === 1) closeHole(entry, now(), failed);
          if (!registry.remove(entry, subscriber)) return;
          slot.entries.delete(entry);
          slot.carrier?.remove(entry);
          slot.successor?.remove(entry);
          for (const carrier of retired) carrier.holdings.remove(entry);
          pumpSoon();
        },
      };
    },
    isDown: subscription => (registry.find(subscription)?.live ?? 0) === 0,
    status: () =>
      statusOf({ slots, registry, carriers: [...carriers()], counts, reconnects: reconnection.count }),
    close,
  };
}
