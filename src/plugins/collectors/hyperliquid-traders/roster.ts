import type { Address, Event, TrackedTrader, trade } from '../../../plugin-api/index.ts';
import { exactOf } from './exact-decimal.ts';
import { applyTrade, presentSize } from './holding.ts';
import type { Surrender } from './liquidation-checks.ts';
import { dexOf } from './markets.ts';
import { type DexState, dexStateOf, holdingOf, newTrader, type TraderState } from './trader-state.ts';

/** The traders that are followed, and what the tape tells of them. */
export interface Roster {
  get(address: Address): TraderState | undefined;
  all(): Iterable<TraderState>;
  readonly size: number;
  add(trader: Pick<TrackedTrader, 'address' | 'tier'> & { readonly by: TraderState['by'] }): TraderState;
  remove(address: Address): void;
  /** Takes in a trade of the tape; costs two look-ups for trades of others. */
  takeTrade(event: Event<typeof trade>): void;
  /** Marks all as having traded, possibly, what the tape did not tell; answers who held the coin. `undefined` for all coins. */
  suspect(coin: string | undefined): readonly TraderState[];
}

export interface RosterOptions {
  readonly now: () => number;
  /** The perpetual exchanges that are read. */
  readonly dexes: () => readonly string[];
  /** Told of each trade by which a trader took liquidity to give up half of a known position or more. */
  readonly surrendered?: (trader: TraderState, surrender: Surrender) => void;
  /** Removed traders whose state is kept for the case that they come back. */
  readonly mostRemembered?: number;
}

export function createRoster({ now, dexes, surrendered, mostRemembered = 200 }: RosterOptions): Roster {
  const traders = new Map<Address, TraderState>();
  const former = new Map<Address, TraderState>();

  function takeHalf(address: Address, event: Event<typeof trade>, sign: 1n | -1n): void {
    const trader = traders.get(address) ?? former.get(address);
    if (trader === undefined) return;
    const { coin, size } = event.payload;
    const dex = dexOf(coin);
    if (dex === undefined) return;
    const state = dexStateOf(trader, dex);
    const holding = holdingOf(state, coin);
    const delta = sign * exactOf(size);
    if (surrendered !== undefined && (event.payload.takerSide === 'buy') === sign > 0n) {
      const held = presentSize(holding);
      const givenUp = held > 0n ? -delta : delta;
      if (held !== 0n && givenUp > 0n && givenUp * 2n >= (held > 0n ? held : -held)) {
        const notionalUsd = Number(size) * Number(event.payload.price);
        surrendered(trader, { time: event.tsEvent, notionalUsd });
      }
    }
    applyTrade(holding, event.tsEvent, delta);
    state.isUsed = true;
    state.tradeSeenAt = now();
    state.changedSince ??= state.tradeSeenAt;
  }

  return {
    get: address => traders.get(address),
    all: () => traders.values(),
    get size() {
      return traders.size;
    },
    add({ address, by, tier }) {
      const known = traders.get(address);
      if (known !== undefined) {
        if (by !== 'relation') Object.assign(known, { by, tier });
        return known;
      }
      const trader = former.get(address) ?? newTrader(address, { by, tier, since: now() });
      former.delete(address);
      Object.assign(trader, { by, tier });
      traders.set(address, trader);
      return trader;
    },
    remove(address) {
      const trader = traders.get(address);
      if (trader === undefined) return;
      traders.delete(address);
      former.set(address, trader);
      if (former.size > mostRemembered) former.delete(former.keys().next().value!);
    },
    takeTrade(event) {
      const { buyer, seller } = event.payload;
      if (buyer === seller) return;
      if (buyer !== null) takeHalf(buyer, event, 1n);
      if (seller !== null) takeHalf(seller, event, -1n);
    },
    suspect(coin) {
      const dex = coin === undefined ? undefined : dexOf(coin);
      if (coin !== undefined && dex === undefined) return [];
      const concerned: TraderState[] = [];
      for (const trader of [...traders.values(), ...former.values()]) {
        let holds = false;
        for (const name of dex === undefined ? dexes() : [dex]) {
          const state = dexStateOf(trader, name);
          state.suspectSince = now();
          if (!isHolder(state, coin)) continue;
          state.isSuspectHolder = true;
          holds = true;
        }
        if (holds) concerned.push(trader);
      }
      return concerned;
    },
  };
}

function isHolder(state: DexState, coin: string | undefined): boolean {
  if (coin !== undefined) {
    const holding = state.holdings.get(coin);
    return holding !== undefined && presentSize(holding) !== 0n;
  }
  for (const holding of state.holdings.values()) if (presentSize(holding) !== 0n) return true;
  return false;
}
