import type { Logger, TrackedTrader, TrackedTraders } from '../../plugin-api/index.ts';

type Listener = Parameters<TrackedTraders['onChange']>[0];

/** The traders that are tracked, as the commits go on. */
export interface TrackedSet {
  list(): readonly TrackedTrader[];
  has(address: string): boolean;
  get(address: string): TrackedTrader | undefined;
  /** Takes changes in and tells those who listen; undefined for one that is not tracked any more. */
  apply(changes: ReadonlyMap<string, TrackedTrader | undefined>): void;
  /** Listens until `signal` aborts. */
  onChange(listener: Listener, options: { readonly signal: AbortSignal; readonly log: Logger }): void;
}

export function createTrackedSet(): TrackedSet {
  const traders = new Map<string, TrackedTrader>();
  const listeners = new Map<Listener, Logger>();
  let listed: readonly TrackedTrader[] | undefined;
  return {
    list() {
      listed ??= Object.freeze([...traders.values()].sort((a, b) => (a.address < b.address ? -1 : 1)));
      return listed;
    },
    has: address => traders.has(address),
    get: address => traders.get(address),
    apply(changes) {
      const added: TrackedTrader[] = [];
      const removed: string[] = [];
      for (const [address, trader] of changes) {
        const before = traders.get(address);
        if (trader === undefined) {
          if (traders.delete(address)) removed.push(address);
        } else if (before?.by !== trader.by || before.tier !== trader.tier) {
          traders.set(address, Object.freeze({ ...trader }));
          added.push(trader);
        }
      }
      if (added.length === 0 && removed.length === 0) return;
      listed = undefined;
      for (const [listener, log] of listeners) {
        try {
          listener(added, removed);
        } catch (error) {
          log.error('a listener to changes of the tracked traders failed', { error });
        }
      }
    },
    onChange(listener, { signal, log }) {
      if (signal.aborted) return;
      // Note: a function of its own, so that one that is given twice is told twice.
      const own: Listener = (added, removed) => listener(added, removed);
      listeners.set(own, log);
      signal.addEventListener('abort', () => listeners.delete(own), { once: true });
    },
  };
}
