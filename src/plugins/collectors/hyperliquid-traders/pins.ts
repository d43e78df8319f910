import type { CollectorContext } from '../../../plugin-api/index.ts';
import type { SocketPool } from '../hyperliquid-connection/socket-types.ts';
import { openPlace, type Place, type PlaceSubscription } from './places.ts';
import type { TraderState } from './trader-state.ts';

export interface PinsOptions {
  readonly ctx: Pick<CollectorContext<unknown>, 'now' | 'log' | 'sleep' | 'signal'>;
  readonly pool: Pick<SocketPool, 'subscribe'>;
  readonly places: number;
  readonly traders: () => Iterable<TraderState>;
  /** How much a trader deserves a place. */
  readonly worth: (trader: TraderState) => number;
  readonly wanted: (trader: TraderState, pinnedAt: number) => readonly PlaceSubscription[];
}

export interface Pins {
  has(trader: TraderState): boolean;
  run(): Promise<void>;
  readonly size: number;
}

const lookEveryMs = 5_000;
/** A newcomer must be worth so much more than who has the place. */
const margin = 1.2;

/** Gives the traders that are worth most a place on the socket of their own, for as long as they are. */
export function createPins(options: PinsOptions): Pins {
  const { ctx } = options;
  const pinned = new Map<TraderState, Place>();

  function choose(): Set<TraderState> {
    const rated = [...options.traders()]
      .filter(trader => trader.isReady)
      .map(trader => ({ trader, worth: options.worth(trader) * (pinned.has(trader) ? margin : 1) }))
      .filter(({ worth }) => worth > 0);
    rated.sort((a, b) => b.worth - a.worth || (a.trader.address < b.trader.address ? -1 : 1));
    return new Set(rated.slice(0, options.places).map(({ trader }) => trader));
  }

  return {
    has: trader => pinned.has(trader),
    get size() {
      return pinned.size;
    },
    async run() {
      while (!ctx.signal.aborted) {
        const chosen = choose();
        for (const [trader, place] of pinned) {
          if (chosen.has(trader)) continue;
          place.close();
          pinned.delete(trader);
        }
        for (const trader of chosen) {
          if (pinned.has(trader)) continue;
          const place = openPlace(options.pool, trader.address, options.wanted(trader, ctx.now), ctx.log);
          if (place !== undefined) pinned.set(trader, place);
        }
        await ctx.sleep(lookEveryMs);
      }
    },
  };
}
