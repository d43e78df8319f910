import {
  type Account,
  type AccountDraft,
  backstopAddress,
  equityOf,
  exposureOf,
  holdingOf,
  openAccount,
  settle,
} from './accounts.ts';
import { createCandleBuilder } from './candles.ts';
import { type Coin, coins, lotsOf, notionalOf, toTicks } from './coins.ts';
import { createIdentifiers } from './identifiers.ts';
import type { MarketEvent } from './market-event.ts';
import { createOrderBook, type Order, type OrderBook, type Side } from './order-book.ts';
import { createPrices, type Prices } from './prices.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';

const smallestOrderUsd = 10;
/** Orders are numbered from here. */
const firstOrder = 300_000_000_000;
/** A market order gives up this far from the fair price. */
const protection = 0.02;

/** The exchange as its agents see it. */
export interface Exchange extends Pick<Scheduler, 'now' | 'at' | 'firstAt' | 'runUntil'> {
  readonly prices: Prices;
  readonly accounts: readonly Account[];
  /** Mark prices in ticks, by coin. */
  readonly marks: readonly number[];
  /** The account that takes over what no one else wants of a liquidated position. */
  readonly backstop: Account;
  open(draft: AccountDraft): Account;
  bookOf(coin: Coin): OrderBook;
  equityUsd(account: Account): number;
  /** Signed notional of a position at the mark. */
  positionUsd(account: Account, coin: Coin): number;
  /** Buys (positive) or sells (negative) at once for about this many USD; returns what was bought, in signed lots. */
  take(account: Account, coin: Coin, usd: number, limitTick?: number): number;
  /** Trades the whole position away; returns the signed lots traded. */
  flatten(account: Account, coin: Coin, forced?: boolean): number;
  /** Rests a limit order, unless it would match at once. */
  rest(account: Account, coin: Coin, side: Side, usd: number, tick: number): Order | undefined;
  cancel(coin: Coin, order: Order): void;
  /** Moves the prices to the present and the marks with them. */
  advance(): void;
  /** Has makers look at a coin: called before each order, so that nobody trades against yesterday's quotes. */
  refresh(coin: Coin): void;
  onRefresh(quote: (coin: Coin) => void): void;
  /** Calls back for each market order that is done, with its signed notional. */
  onTaken(listener: (account: Account, coin: Coin, usd: number) => void): void;
  /** Calls back for each order that begins to rest, and for each before it is taken back. */
  onResting(listener: RestingListener): void;
  emit(event: MarketEvent): void;
  /** Lots outstanding on the long side, by coin. */
  readonly openInterest: readonly number[];
  /** Micro-dollars traded since the beginning, by coin. */
  readonly turnover: readonly number[];
  /** Micro-dollars traded in about the last day, by coin; kept by the exchange's upkeep. */
  readonly dayVolume: number[];
  showMark(coin: Coin): void;
}

export type RestingListener = (order: Order, coin: Coin, change: 'open' | 'canceled') => void;

export interface ExchangeOptions {
  readonly seed: number;
  readonly start: number;
  readonly sink: (event: MarketEvent) => void;
  /** Whether a market order is announced with the mid price that it meets. */
  readonly marksBeforeOrders: () => boolean;
}

/** Books, accounts and prices: matches orders, settles both sides and shows what happened. */
export function createExchange({ seed, start, sink, marksBeforeOrders }: ExchangeOptions): Exchange {
  const scheduler = createScheduler(start);
  const prices = createPrices(seed, start);
  const identifiers = createIdentifiers(seed);
  const accounts: Account[] = [];
  const books = coins.map(createOrderBook);
  const marks = coins.map(coin => toTicks(coin, coin.startPrice));
  const openInterest = coins.map(() => 0);
  const turnover = coins.map(() => 0);
  const dayVolume = coins.map(() => 0);
  const lastShown: number[] = coins.map(() => -1);
  const candles = createCandleBuilder();
  const listeners: ((account: Account, coin: Coin, usd: number) => void)[] = [];
  const restingListeners: RestingListener[] = [];
  let quote: (coin: Coin) => void = () => {};
  let priceTime = start;
  let lastOrder = firstOrder;

  const bookOf = (coin: Coin) => books[coin.index]!;
  const markOf = (coin: Coin) => marks[coin.index]!;
  const usdOf = (coin: Coin, lots: number, tick: number) => notionalOf(coin, lots, tick) / 1e6;

  function execute(
    taker: Account,
    coin: Coin,
    side: Side,
    wanted: number,
    tick: number,
    forced: boolean,
  ): number {
    const order: Order = { id: ++lastOrder, account: taker.index, side, tick, first: wanted, lots: wanted };
    if (marksBeforeOrders()) showMark(coin);
    const matches = bookOf(coin).match(order);
    let usd = 0;
    for (const match of matches) {
      book(taker, order.id, match.maker, coin, side, match.lots, match.tick, forced);
      usd += side * usdOf(coin, match.lots, match.tick);
    }
    if (usd !== 0) {
      prices.impact(coin, usd);
      for (const listener of listeners) listener(taker, coin, usd);
    }
    return side * (wanted - order.lots);
  }

  function book(
    taker: Account,
    takerOrder: number,
    { account: makerIndex, id: makerOrder }: Pick<Order, 'account' | 'id'>,
    coin: Coin,
    side: Side,
    lots: number,
    tick: number,
    forced: boolean,
  ): void {
    const time = scheduler.now;
    const maker = accounts[makerIndex]!;
    const longBefore = Math.max(0, holdingOf(taker, coin).lots) + Math.max(0, holdingOf(maker, coin).lots);
    const settled = [
      { account: taker, side, settlement: settle(taker, coin, side * lots, tick, true), taker: true },
      {
        account: maker,
        side: -side as Side,
        settlement: settle(maker, coin, -side * lots, tick, false),
        taker: false,
      },
    ];
    const longAfter = Math.max(0, holdingOf(taker, coin).lots) + Math.max(0, holdingOf(maker, coin).lots);
    openInterest[coin.index]! += longAfter - longBefore;
    turnover[coin.index]! += notionalOf(coin, lots, tick);
    for (const account of [taker, maker]) {
      account.executions++;
      account.firstTrade ??= time;
    }
    candles.trade(coin, time, tick, lots, candle => {
      const closeTime = candle.openTime + candle.interval.ms;
      // Before a trade of that very millisecond, which belongs to the next candle.
      scheduler.firstAt(closeTime, () => {
        candles.close(candle);
        sink({ type: 'candle', time: closeTime, candle });
      });
    });
    const [buyer, seller] = side === 1 ? [taker, maker] : [maker, taker];
    const hash = identifiers.transaction(takerOrder);
    const tradeId =
      side === 1 ? identifiers.trade(takerOrder, makerOrder) : identifiers.trade(makerOrder, takerOrder);
    const liquidated = forced ? taker : undefined;
    // An account's own feed is the faster one.
    for (const half of settled) {
      if (half.account.archetype !== 'whale' && half.account !== liquidated) continue;
      const orderId = half.taker ? takerOrder : makerOrder;
      sink({ type: 'fill', time, coin, tick, lots, ...half, orderId, tradeId, hash, liquidated });
    }
    sink({
      type: 'trade',
      time,
      coin,
      tick,
      lots,
      takerSide: side,
      buyer,
      seller,
      takerOrder,
      makerOrder,
      tradeId,
      hash,
      liquidated,
    });
  }

  function showMark(coin: Coin): void {
    // One mid per coin and millisecond is enough, and names it uniquely.
    if (lastShown[coin.index] === scheduler.now) return;
    lastShown[coin.index] = scheduler.now;
    const { bestBid, bestAsk } = bookOf(coin);
    sink({
      type: 'mark',
      time: scheduler.now,
      coin,
      doubleMid: bestBid === undefined || bestAsk === undefined ? undefined : bestBid + bestAsk,
      mark: markOf(coin),
      oracle: toTicks(coin, prices.oracle(coin)),
      openInterest: openInterest[coin.index]!,
      dayVolume: dayVolume[coin.index]!,
    });
  }

  /** Lots that the account may trade in a direction without exceeding the greatest leverage. */
  function allowed(account: Account, coin: Coin, side: Side, lots: number): number {
    const held = holdingOf(account, coin).lots;
    const closing = Math.sign(held) === -side ? Math.abs(held) : 0;
    const free = equityOf(account, marks) * coin.maxLeverage - exposureOf(account, marks);
    const room = Math.max(0, lotsOf(coin, free / 1e6, markOf(coin)));
    return Math.min(lots, closing * 2 + room);
  }

  function guard(coin: Coin, side: Side): number {
    return toTicks(coin, prices.fair(coin) * (1 + side * protection));
  }

  const backstop = openAccount(0, {
    address: backstopAddress,
    name: 'sim backstop vault',
    archetype: 'backstop',
    fees: { taker: 0, maker: 0 },
    depositUsd: 9_000_000,
  });
  accounts.push(backstop);

  const exchange: Exchange = {
    get now() {
      return scheduler.now;
    },
    at: scheduler.at,
    firstAt: scheduler.firstAt,
    runUntil: scheduler.runUntil,
    prices,
    accounts,
    marks,
    backstop,
    openInterest,
    turnover,
    dayVolume,
    showMark,
    bookOf,
    open(draft) {
      const account = openAccount(accounts.length, draft);
      accounts.push(account);
      return account;
    },
    equityUsd: account => equityOf(account, marks) / 1e6,
    positionUsd: (account, coin) => usdOf(coin, holdingOf(account, coin).lots, markOf(coin)),
    take(account, coin, usd, limitTick) {
      if (Math.abs(usd) < smallestOrderUsd) return 0;
      exchange.refresh(coin);
      const side: Side = usd > 0 ? 1 : -1;
      const lots = allowed(account, coin, side, lotsOf(coin, Math.abs(usd), markOf(coin)));
      if (lots <= 0) return 0;
      return execute(account, coin, side, lots, limitTick ?? guard(coin, side), false);
    },
    flatten(account, coin, forced = false) {
      const held = holdingOf(account, coin).lots;
      if (held === 0) return 0;
      exchange.refresh(coin);
      const side: Side = held > 0 ? -1 : 1;
      const traded = execute(account, coin, side, Math.abs(held), guard(coin, side), forced);
      const left = Math.abs(holdingOf(account, coin).lots);
      if (forced && left > 0 && account !== backstop) {
        const offer = { account: backstop.index, id: ++lastOrder };
        book(account, ++lastOrder, offer, coin, side, left, markOf(coin), true);
      }
      return traded;
    },
    rest(account, coin, side, usd, tick) {
      const { bestBid, bestAsk } = bookOf(coin);
      const crosses =
        side === 1 ? bestAsk !== undefined && tick >= bestAsk : bestBid !== undefined && tick <= bestBid;
      const lots = lotsOf(coin, usd, tick);
      if (crosses || lots <= 0 || tick <= 0 || usd < smallestOrderUsd) return undefined;
      const order: Order = { id: ++lastOrder, account: account.index, side, tick, first: lots, lots };
      bookOf(coin).add(order);
      for (const listener of restingListeners) listener(order, coin, 'open');
      return order;
    },
    cancel(coin, order) {
      for (const listener of restingListeners) listener(order, coin, 'canceled');
      bookOf(coin).cancel(order);
    },
    advance() {
      prices.advance(priceTime, scheduler.now);
      priceTime = scheduler.now;
      for (const coin of coins) marks[coin.index] = toTicks(coin, prices.fair(coin));
    },
    refresh: coin => quote(coin),
    onRefresh(listener) {
      quote = listener;
    },
    onTaken: listener => {
      listeners.push(listener);
    },
    onResting: listener => {
      restingListeners.push(listener);
    },
    emit: sink,
  };
  return exchange;
}
