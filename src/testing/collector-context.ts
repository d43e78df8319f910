import { setTimeout as sleep } from 'node:timers/promises';
import type { CollectorContext, Event, EventRef, RepeatedWork, TrackedTrader } from '../plugin-api/index.ts';

/** A collector's context for tests, with what a test drives it by. */
export interface TestCollectorContext<Config> extends CollectorContext<Config> {
  /** Tells those that follow an event's ref of it. */
  emit(event: Event): void;
  /** Replaces the tracked traders and tells those that listen. */
  track(traders: readonly TrackedTrader[]): void;
}

/**
 * Makes a context with nothing behind it: real time, real `fetch`, no cursor, a budget that grants everything. What `given` names
 * replaces it, getters included.
 */
export function testCollectorContext<Config>(
  config: Config,
  given: Partial<CollectorContext<Config>> = {},
): TestCollectorContext<Config> {
  const silent = () => {};
  const signal = given.signal ?? new AbortController().signal;
  const followers: { readonly ref: EventRef; readonly listener: (event: Event) => void }[] = [];
  const listeners: ((added: readonly TrackedTrader[], removed: readonly string[]) => void)[] = [];
  let tracked: readonly TrackedTrader[] = [];
  /** As the platform does it, by the sleeps that a test gives. */
  async function repeat({ everyMs, retryMs = everyMs, next }: RepeatedWork, run: () => Promise<void>) {
    let dueAt = next === undefined ? context.now : next(context.now);
    while (!signal.aborted) {
      if (dueAt > context.now) await context.sleep(dueAt - context.now);
      if (signal.aborted) return;
      const begun = context.now;
      const failed = await run().then(
        () => false,
        () => true,
      );
      dueAt = next === undefined ? begun + everyMs : next(begun);
      if (failed) dueAt = Math.min(dueAt, context.now + retryMs);
    }
  }
  const bare: TestCollectorContext<Config> = {
    get now() {
      return Date.now();
    },
    config,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    random: () => 0.5,
    signal,
    cursor: undefined,
    http: fetch,
    secret: () => undefined,
    sleep: ms => sleep(ms, undefined, { signal }).catch(() => undefined),
    every: (work, run) => void repeat(work, run),
    progress: silent,
    reject: silent,
    gap: silent,
    budget: () => ({ take: async () => {}, charge: silent, refused: silent, accepted: silent }),
    tracked: {
      list: () => tracked,
      has: address => tracked.some(trader => trader.address === address),
      onChange: listener => {
        listeners.push(listener);
      },
    },
    follow(ref, listener) {
      followers.push({ ref, listener: listener as (event: Event) => void });
    },
    positionsOf: async () => [],
    emit(event) {
      for (const { ref, listener } of followers) if (ref.id === event.type) listener(event);
    },
    track(traders) {
      const before = new Map(tracked.map(trader => [trader.address, trader]));
      tracked = traders.toSorted((a, b) => (a.address < b.address ? -1 : 1));
      const added = tracked.filter(trader => !before.delete(trader.address));
      for (const listener of listeners) listener(added, [...before.keys()]);
    },
  };
  const context: TestCollectorContext<Config> = Object.defineProperties(
    bare,
    Object.getOwnPropertyDescriptors(given),
  );
  return context;
}
