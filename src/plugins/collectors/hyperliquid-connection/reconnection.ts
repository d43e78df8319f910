import type { Logger } from '../../../plugin-api/index.ts';
import type { Allowance } from './allowance.ts';
import type { Carrier } from './carrier.ts';
import type { Slot } from './slot.ts';

/** Opens connections within the limits, ever more slowly while the server refuses them, and never gives up. */
export interface Reconnection {
  /** Connections that were opened after one was lost. */
  readonly count: number;
  /** Opens a slot's connection if it is time to and allowed. */
  connect(slot: Slot): Carrier | undefined;
  /** Opens a connection if the limits allow one now. */
  tryOpen(): Carrier | undefined;
  opened(slot: Slot, carrier: Carrier): void;
  ended(slot: Slot, carrier: Carrier, reason: string): void;
  /** To be called now and then. */
  tick(slots: readonly Slot[]): void;
}

export interface ReconnectionOptions {
  readonly log: Logger;
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly random: () => number;
  readonly url: string;
  readonly mostConnections: number;
  readonly allowance: Allowance;
  readonly backOff: { readonly firstMs: number; readonly longestMs: number };
  /** How many connections there are at present, opening and closing ones included. */
  readonly openCount: () => number;
  readonly open: () => Carrier;
}

/** A connection that ends earlier counts as refused. */
const stableMs = 5_000;
/** One failure of so many is logged after the first. */
const logEvery = 10;

export function createReconnection(options: ReconnectionOptions): Reconnection {
  const { log, elapsed, random, backOff, url } = options;
  const opening = new Set<Carrier>();
  let failures = 0;
  let connectAt = 0;
  let count = 0;

  function tryOpen(): Carrier | undefined {
    if (options.openCount() >= options.mostConnections || !options.allowance.take()) return undefined;
    const carrier = options.open();
    opening.add(carrier);
    return carrier;
  }

  return {
    get count() {
      return count;
    },
    tryOpen,
    connect(slot) {
      const at = elapsed();
      if (at < slot.connectAt || at < connectAt) return undefined;
      // Note: while the server refuses, one connection at a time feels whether it is back.
      if (failures > 0 && opening.size > 0) return undefined;
      return tryOpen();
    },
    opened(slot, carrier) {
      opening.delete(carrier);
      connectAt = 0;
      slot.lastError = undefined;
      if (slot.lostAt === undefined) return;
      count += 1;
      log.info('a connection is back', {
        url,
        connection: slot.index,
        lostForMs: options.now() - slot.lostAt,
      });
      slot.lostAt = undefined;
    },
    ended(slot, carrier, reason) {
      opening.delete(carrier);
      slot.lastError = reason;
      const at = elapsed();
      const wasOpen = carrier.link.openedAt !== undefined;
      if (slot.carrier === undefined) slot.lostAt ??= carrier.link.lastMessageAt ?? options.now();
      if (wasOpen && carrier.link.age() >= stableMs) {
        slot.connectAt = at + random() * backOff.firstMs;
        log.info('a connection was lost', { url, connection: slot.index, reason });
        return;
      }
      failures += 1;
      const full = Math.min(backOff.longestMs, backOff.firstMs * 2 ** Math.min(failures - 1, 20));
      // Note: spread over the upper half, so that the clients of a server that comes back do not all return at once.
      connectAt = at + full * (0.5 + random() / 2);
      if (failures % logEvery === 1) {
        const nextTryInMs = Math.round(connectAt - at);
        log.warn('the exchange cannot be reached', { url, reason, attempts: failures, nextTryInMs });
      }
    },
    tick(slots) {
      if (failures === 0) return;
      if (slots.some(({ carrier }) => carrier?.link.isOpen === true && carrier.link.age() >= stableMs))
        failures = 0;
    },
  };
}
