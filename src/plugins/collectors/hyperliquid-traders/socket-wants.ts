import type { CollectorContext, TimeRange } from '../../../plugin-api/index.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { abstractionOf, spotValueOf } from './account-value.ts';
import type { TradersConfig } from './config.ts';
import { mainDex } from './markets.ts';
import type { OrderKeeper } from './orders.ts';
import type { PlaceSubscription } from './places.ts';
import { dexStatesIn, listIn, spotStateIn, userStateIn } from './socket-messages.ts';
import type { StateReader } from './state-reader.ts';
import type { SteadyClock } from './steady-clock.ts';
import type { TraderState } from './trader-state.ts';
import { takeFills } from './user-fills.ts';
import type { Visited } from './visits.ts';

export interface SocketWantsOptions {
  readonly ctx: Pick<CollectorContext<unknown>, 'reject'>;
  readonly clock: SteadyClock;
  /** Asks for fills of a time that the socket's first message does not reach back to. */
  readonly missed: (user: string, range: TimeRange) => void;
  readonly config: TradersConfig;
  readonly reader: StateReader;
  readonly orders: OrderKeeper;
  /** The perpetual exchanges that are read. */
  readonly dexes: () => readonly string[];
  readonly prices: { priceOf(token: string): number | undefined };
  readonly tell: (drafts: readonly Collected[]) => void;
  /** Told when a part of a trader's equity has come. */
  readonly valued: (trader: TraderState) => void;
}

/** What is subscribed to of a trader, and what becomes of the messages. */
export interface SocketWants {
  /** For a short visit: everything absolute. */
  visit(visited: Visited): readonly PlaceSubscription[];
  /** For a place of its own: the state, and orders and fills as they happen, from a time on. */
  pin(trader: TraderState, from: number): readonly PlaceSubscription[];
}

/** A message may have been made so long before it came. */
const messageAgeMs = 1_000;
/** The fills in the first message at most. */
const snapshotRows = 2_000;

export function createSocketWants(options: SocketWantsOptions): SocketWants {
  const { ctx, clock, config, reader, orders } = options;

  const states = (trader: TraderState, came: () => void = () => {}): PlaceSubscription => [
    { type: 'allDexsClearinghouseState', user: trader.address },
    {
      data(data, receivedAt) {
        const pairs = dexStatesIn(data, trader.address);
        if (pairs === undefined || !trader.isReady) return;
        const at = { askedAt: clock.now - messageAgeMs, receivedAt };
        const wanted = options.dexes();
        for (const [dex, raw] of pairs) if (wanted.includes(dex)) reader.receive(trader, dex, raw, at);
        came();
      },
    },
  ];
  const spot = (trader: TraderState, came: () => void = () => {}): PlaceSubscription => [
    { type: 'spotState', user: trader.address },
    {
      data(data) {
        const value = spotValueOf(spotStateIn(data, trader.address), options.prices);
        if (value === undefined) return;
        trader.spotValue = value;
        trader.spotReadAt = clock.now;
        options.valued(trader);
        came();
      },
    },
  ];
  const account = (trader: TraderState, came: () => void): PlaceSubscription => [
    { type: 'webData3', user: trader.address },
    {
      data(data) {
        const told = userStateIn(data);
        if (told === undefined) return;
        trader.isVault = told.isVault ?? trader.isVault;
        const abstraction = abstractionOf(told.abstraction);
        if (abstraction !== undefined) {
          trader.abstraction = abstraction;
          trader.abstractionReadAt = clock.now;
          options.valued(trader);
        }
        came();
      },
    },
  ];
  const openOrders = (trader: TraderState, dex: string, came: () => void = () => {}): PlaceSubscription => [
    { type: 'openOrders', user: trader.address, dex },
    {
      data(data, receivedAt) {
        const list = listIn(data, trader.address, 'orders');
        if (list === undefined) return;
        orders.takeOpen(trader.address, dex, list.items, receivedAt);
        if (dex === mainDex) trader.ordersReadAt = clock.now;
        came();
      },
    },
  ];
  const orderChanges = (trader: TraderState, from: number): PlaceSubscription => [
    { type: 'userHistoricalOrders', user: trader.address },
    {
      data(data, receivedAt) {
        const list = listIn(data, trader.address, 'orderHistory');
        if (list !== undefined) orders.takeChanges(trader.address, list.items, { from, receivedAt });
      },
    },
  ];
  const fills = (trader: TraderState, from: number, isTwap: boolean): PlaceSubscription => [
    { type: isTwap ? 'userTwapSliceFills' : 'userFills', user: trader.address },
    {
      data(data) {
        const list = listIn(data, trader.address, isTwap ? 'twapSliceFills' : 'fills');
        if (list === undefined) return;
        const { drafts, rejected } = takeFills(trader.address, list.items, from);
        const oldest = drafts[0];
        // Note: a first message is cut off at the newest ones; when none of it is too old, older ones may be missing.
        if (list.isSnapshot && !isTwap && drafts.length >= snapshotRows && oldest !== undefined) {
          options.missed(trader.address, { from, to: oldest.tsEvent + 1 });
        }
        for (const { tsEvent } of drafts) trader.fillsUntil = Math.max(trader.fillsUntil ?? from, tsEvent);
        for (const reason of rejected) ctx.reject({ source: `fills of ${trader.address}`, reason });
        options.tell(drafts);
      },
    },
  ];

  return {
    visit({ trader, missing }) {
      const wanted: PlaceSubscription[] = [];
      const expect = (part: string): (() => void) => {
        missing.add(part);
        return () => void missing.delete(part);
      };
      if (config.positions) {
        wanted.push(states(trader, expect('states')), spot(trader, expect('spot')));
      }
      // Note: each subscription costs two messages of those allowed, so what changes rarely is not read at each visit.
      const isPlaced =
        trader.abstraction !== undefined && clock.now - trader.abstractionReadAt < config.relationsEveryMs;
      if (config.positions && !isPlaced) {
        wanted.push(account(trader, expect('account')));
      } else if (config.orders && clock.now - trader.ordersReadAt >= config.ordersEveryMs / 2) {
        for (const { dex, isUsed } of trader.dexes.values()) {
          if (isUsed) wanted.push(openOrders(trader, dex, expect(`orders ${dex}`)));
        }
      }
      return wanted;
    },
    pin(trader, from) {
      const wanted: PlaceSubscription[] = [];
      if (config.positions)
        wanted.push(
          states(trader),
          spot(trader),
          account(trader, () => {}),
        );
      if (config.orders) {
        for (const { dex, isUsed } of trader.dexes.values()) if (isUsed) wanted.push(openOrders(trader, dex));
        wanted.push(orderChanges(trader, from));
      }
      if (config.fills) {
        // Note: who comes back to a place has traded meanwhile.
        const since = trader.fillsUntil ?? from;
        trader.fillsUntil = since;
        wanted.push(fills(trader, since, false), fills(trader, since, true));
      }
      return wanted;
    },
  };
}
