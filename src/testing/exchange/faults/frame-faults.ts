import type { Connection } from '../sockets/connection.ts';
import { frameOf } from '../sockets/frame.ts';
import type { NormalSubscription } from '../sockets/subscription-types.ts';
import type { Fault, FaultKind } from './fault.ts';
import type { Faults } from './faults.ts';

/** Sends frames the wrong way, as the faults of the moment say. */
export interface FrameFaults {
  /**
   * Sends one frame of a subscription to a connection: not at all, twice, later, or changed. Late frames of one subscription
   * keep their order among themselves, however late they are.
   */
  send(connection: Connection, subscription: NormalSubscription, data: unknown, frame: Buffer): void;
  /** Whether frames wait, so that later ones must not pass them. */
  readonly busy: boolean;
}

/** How long before its end a candle falls silent when candles are partial, in milliseconds of exchange time. */
const partialMs = 2_000;

/** @param now - Exchange time. */
export function createFrameFaults(faults: Faults, now: () => number): FrameFaults {
  // Note: one queue per connection and subscription. A timer sends whatever is first in it, not its own frame.
  const waiting = new Map<Connection, Map<string, Buffer[]>>();
  let count = 0;

  const applies = (kind: FaultKind, { channel, coin }: NormalSubscription) => {
    const fault = faults.of(kind);
    return fault !== undefined && covers(fault, channel, coin) ? fault : undefined;
  };
  const strikes = (kind: FaultKind, subscription: NormalSubscription) => {
    const fault = applies(kind, subscription);
    return fault !== undefined && faults.random.chance(fault.share);
  };

  function sendLater(connection: Connection, key: string, frame: Buffer, delayMs: number): void {
    const queues = waiting.get(connection) ?? new Map<string, Buffer[]>();
    waiting.set(connection, queues);
    const queue = queues.get(key) ?? [];
    queues.set(key, queue);
    queue.push(frame);
    count += 1;
    setTimeout(() => {
      count -= 1;
      const first = queue.shift();
      if (first !== undefined) connection.sendData(first);
      if (queue.length > 0) return;
      queues.delete(key);
      if (queues.size === 0) waiting.delete(connection);
    }, delayMs).unref();
  }

  function delayOf(subscription: NormalSubscription, connection: Connection): number {
    const late = applies('late-frames', subscription);
    const reordered = applies('reorder-frames', subscription);
    const candles = subscription.channel === 'candle' ? applies('late-candles', subscription) : undefined;
    return (
      (late?.delayMs ?? 0) +
      (candles?.delayMs ?? 0) +
      // Note: the same delay for all frames of a subscription, another for each: only what is of different coins is reordered.
      (reordered === undefined
        ? 0
        : (reordered.delayMs ?? 0) * fractionOf(`${connection.id}/${subscription.key}`))
    );
  }

  return {
    get busy() {
      return count > 0;
    },
    send(connection, subscription, data, frame) {
      if (strikes('drop-frames', subscription)) return connection.countFault('drop-frames');
      if (subscription.channel === 'candle' && strikes('partial-candles', subscription)) {
        const { T } = data as { readonly T: number };
        if (T - now() < partialMs) return connection.countFault('partial-candles');
      }
      const sent = strikes('unknown-keys', subscription)
        ? frameOf(subscription.channel, withUnknownKeys(data))
        : frame;
      const delayMs = delayOf(subscription, connection);
      const mustWait = waiting.get(connection)?.has(subscription.key) === true;
      if (delayMs > 0 || mustWait) sendLater(connection, subscription.key, sent, delayMs);
      else connection.sendData(sent);
      if (strikes('duplicate-frames', subscription)) {
        connection.countFault('duplicate-frames');
        sendLater(connection, subscription.key, sent, delayMs + faults.random.between(0, 300));
      }
    },
  };
}

function covers({ channels, coins }: Fault, channel: string, coin: string | undefined): boolean {
  return (
    (channels === undefined || channels.includes(channel)) &&
    (coins === undefined || (coin !== undefined && coins.includes(coin)))
  );
}

/** A number in [0, 1) that belongs to a text (FNV-1a). */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) / 4_294_967_296;
}

/** Adds a key to each object at the top and one level below it, as new releases of the exchange do. */
export function withUnknownKeys(data: unknown, depth = 2): unknown {
  if (typeof data !== 'object' || data === null || depth === 0) return data;
  if (Array.isArray(data)) return data.map(item => withUnknownKeys(item, depth));
  const entries = Object.entries(data).map(([key, value]) => [key, withUnknownKeys(value, depth - 1)]);
  return { ...Object.fromEntries(entries), addedLately: { since: 1, note: 'unknown' } };
}
