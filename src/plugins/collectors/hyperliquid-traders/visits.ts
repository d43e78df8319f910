import type { CollectorContext } from '../../../plugin-api/index.ts';
import type { SocketPool } from '../hyperliquid-connection/socket-types.ts';
import { openPlace, type PlaceSubscription } from './places.ts';
import type { SteadyClock } from './steady-clock.ts';
import type { TraderState } from './trader-state.ts';

/** The parts of a trader's state that a visit reads. */
export interface Visited {
  readonly trader: TraderState;
  /** Parts that have not come yet, by the type of their subscription. */
  readonly missing: Set<string>;
}

export interface VisitsOptions {
  readonly ctx: Pick<CollectorContext<unknown>, 'log' | 'sleep' | 'signal'>;
  readonly clock: SteadyClock;
  readonly pool: Pick<SocketPool, 'subscribe'>;
  /** How many traders may be visited at the same time. */
  readonly places: number;
  /** How long a visit takes at least. */
  readonly visitMs: number;
  readonly traders: () => Iterable<TraderState>;
  /** Whether a trader has a place of its own already. */
  readonly isPinned: (trader: TraderState) => boolean;
  /** What to subscribe to; its handlers take what comes out of `missing`. */
  readonly wanted: (visit: Visited) => readonly PlaceSubscription[];
}

export interface Visits {
  run(): Promise<void>;
  status(): { readonly completed: number; readonly cutShort: number };
}

/** A visit that has not brought everything by then is over all the same. */
const longestVisitMs = 8_000;
/** A trader is not visited again before this. */
const revisitAfterMs = 30_000;
const lookEveryMs = 50;
const nothingToDoMs = 500;

/**
 * Passes all traders through a few places on the socket: who was visited longest ago comes next. A visit brings a trader's whole
 * state, of all exchanges, and costs no weight.
 */
export function createVisits(options: VisitsOptions): Visits {
  const { ctx, clock, pool } = options;
  const present = new Set<TraderState>();
  let completed = 0;
  let cutShort = 0;

  function next(): TraderState | undefined {
    let longest: TraderState | undefined;
    for (const trader of options.traders()) {
      if (!trader.isReady || present.has(trader) || options.isPinned(trader)) continue;
      if (longest === undefined || trader.visitedAt < longest.visitedAt) longest = trader;
    }
    return longest !== undefined && clock.now - longest.visitedAt >= revisitAfterMs ? longest : undefined;
  }

  async function visit(trader: TraderState): Promise<void> {
    const startedAt = clock.now;
    // Note: also a visit in vain counts, so that one trader that cannot be read does not keep the others from their turn.
    trader.visitedAt = startedAt;
    const visited: Visited = { trader, missing: new Set() };
    const place = openPlace(pool, trader.address, options.wanted(visited), ctx.log);
    if (place === undefined) return ctx.sleep(nothingToDoMs);
    try {
      while (!ctx.signal.aborted) {
        const tookMs = clock.now - startedAt;
        if (visited.missing.size === 0 && tookMs >= options.visitMs) break;
        if (tookMs >= longestVisitMs) break;
        await ctx.sleep(lookEveryMs);
      }
    } finally {
      place.close();
    }
    if (visited.missing.size === 0) completed += 1;
    else cutShort += 1;
  }

  async function runPlace(): Promise<void> {
    while (!ctx.signal.aborted) {
      const trader = next();
      if (trader === undefined) {
        await ctx.sleep(nothingToDoMs);
        continue;
      }
      present.add(trader);
      try {
        await visit(trader);
      } finally {
        present.delete(trader);
      }
    }
  }

  return {
    async run() {
      await Promise.all(Array.from({ length: options.places }, runPlace));
    },
    status: () => ({ completed, cutShort }),
  };
}
