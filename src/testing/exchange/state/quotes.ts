import type { Random } from '../../../simulation/random.ts';
import type { Account } from './accounts.ts';
import type { Ledger } from './ledger.ts';
import type { OrderRecord } from './order-log.ts';
import type { Market } from './universe.ts';
import type { Venue } from './venue.ts';

/** The best orders of markets that no agent trades: one order on each side, followed by the next when it is used up. */
export interface Quotes {
  /** Trades up to so many lots; returns how many were. */
  take(options: TakeOptions): number;
  /** Moves quotes that the fair price has left behind. */
  refresh(market: Market): void;
  /** Best prices in ticks; there always are some. */
  bid(market: Market): number;
  ask(market: Market): number;
  top(market: Market, isBid: boolean): OrderRecord | undefined;
  /** No longer trades against an order that its account or the exchange has taken back. */
  forget(order: OrderRecord): void;
}

export interface TakeOptions {
  readonly taker: Account;
  readonly market: Market;
  readonly isBuy: boolean;
  readonly lots: number;
  readonly twap?: number;
  readonly liquidated?: Account;
  /** Gives each match this many lots, from so many different orders. */
  readonly slice?: number;
}

export interface QuotesOptions {
  readonly venue: Venue;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly makers: readonly Account[];
  /** Who else may have an order resting in a market. */
  readonly others: (market: Market) => readonly Account[];
}

const halfSpread = 0.0002;
/** A quote is moved when the fair price is this far from where it was quoted. */
const tolerance = 0.0008;
/** Size of a resting order in USD. */
const medianUsd = 4_000;

interface Pair {
  bid: OrderRecord | undefined;
  ask: OrderRecord | undefined;
}

export function createQuotes({ venue, ledger, random, makers, others }: QuotesOptions): Quotes {
  const pairs: Pair[] = venue.universe.markets.map(() => ({ bid: undefined, ask: undefined }));

  const fairOf = (market: Market) => venue.marks[market.index]!;
  const widthOf = (market: Market) => Math.max(1, Math.round(fairOf(market) * halfSpread));
  const bestOf = (market: Market, isBid: boolean) =>
    Math.max(1, fairOf(market) + (isBid ? -widthOf(market) : widthOf(market)));

  function makerFor(market: Market, taker: Account): Account {
    const peers = others(market);
    if (market.kind === 'perp' && peers.length > 1 && random.chance(0.25)) {
      const peer = random.pick(peers);
      if (peer !== taker) return peer;
    }
    const maker = random.pick(makers);
    return maker === taker ? makers[(makers.indexOf(maker) + 1) % makers.length]! : maker;
  }

  /** Gives a maker of a spot pair what it is about to sell or to buy with. */
  function supply(maker: Account, market: Market, isBid: boolean, lots: number, tick: number): void {
    const { base } = market;
    if (base === undefined) return;
    const value = lots * tick * market.unit;
    if (isBid) {
      if (maker.usdc >= value) return;
      ledger.deposit(maker, value * 20);
      ledger.classTransfer(maker, value * 20, false);
      return;
    }
    const needed = lots * 10 ** (base.weiDecimals - market.sizeDecimals);
    const { wei } = venue.book.tokens(maker, base.index);
    if (wei < needed) ledger.genesis(maker, base, Math.ceil((lots * 40) / 10 ** market.sizeDecimals));
  }

  function post(market: Market, isBid: boolean, tick: number, taker: Account, atLeast: number): OrderRecord {
    const maker = makerFor(market, taker);
    const usd = random.logNormal(medianUsd, 1);
    const lots = Math.max(atLeast, Math.ceil((usd * 1e6) / (tick * market.unit)));
    supply(maker, market, isBid, lots, tick);
    const order = venue.place({
      oid: venue.nextOrder(),
      account: maker,
      market,
      isBuy: isBid,
      tick,
      lots,
      time: venue.now,
      tif: 'Alo',
    });
    venue.block.books.add(market.coin);
    const pair = pairs[market.index]!;
    if (isBid) pair.bid = order;
    else pair.ask = order;
    return order;
  }

  function drop(market: Market, isBid: boolean, status: string): void {
    const pair = pairs[market.index]!;
    const order = isBid ? pair.bid : pair.ask;
    if (order === undefined) return;
    if (isBid) pair.bid = undefined;
    else pair.ask = undefined;
    venue.close(order, status);
    venue.block.books.add(market.coin);
  }

  function refresh(market: Market): void {
    const pair = pairs[market.index]!;
    const fair = fairOf(market);
    for (const isBid of [true, false]) {
      const order = isBid ? pair.bid : pair.ask;
      if (order === undefined) continue;
      const wanted = bestOf(market, isBid);
      const isCrossed = isBid ? order.tick >= fair : order.tick <= fair;
      if (isCrossed || Math.abs(order.tick - wanted) > Math.max(1, fair * tolerance)) {
        drop(market, isBid, 'canceled');
      }
    }
  }

  return {
    refresh,
    bid: market => pairs[market.index]!.bid?.tick ?? bestOf(market, true),
    ask: market => pairs[market.index]!.ask?.tick ?? bestOf(market, false),
    top: (market, isBid) => (isBid ? pairs[market.index]!.bid : pairs[market.index]!.ask),
    forget(order) {
      const pair = pairs[order.market.index]!;
      if (pair.bid === order) pair.bid = undefined;
      if (pair.ask === order) pair.ask = undefined;
    },
    take({ taker, market, isBuy, lots, twap, liquidated, slice }) {
      refresh(market);
      const pair = pairs[market.index]!;
      const oid = venue.nextOrder();
      const transaction = venue.nextTransaction();
      let left = lots;
      let limit = bestOf(market, !isBuy);
      const step = Math.max(1, Math.round(widthOf(market) / 2));
      while (left > 0) {
        let order = isBuy ? pair.ask : pair.bid;
        if (order?.account === taker) {
          drop(market, !isBuy, 'selfTradeCanceled');
          order = undefined;
        }
        order ??= post(market, !isBuy, limit, taker, slice ?? 1);
        const { tick } = order;
        limit = Math.max(1, tick + (isBuy ? step : -step));
        if (slice !== undefined) limit = tick;
        const matched = Math.min(left, order.left, slice ?? left);
        left -= matched;
        order.left -= matched;
        venue.match({
          market,
          tick,
          lots: matched,
          takerBuys: isBuy,
          taker,
          maker: order.account,
          takerOrder: oid,
          makerOrder: order.oid,
          transaction,
          ...(twap === undefined ? {} : { twap }),
          liquidated,
        });
        if (order.left === 0) drop(market, !isBuy, 'filled');
        else if (slice !== undefined && left > 0) drop(market, !isBuy, 'canceled');
        else venue.announce(order);
      }
      const tif = liquidated === undefined ? 'Ioc' : 'LiquidationMarket';
      venue.record(
        { oid, account: taker, market, isBuy, tick: limit, lots, time: venue.now, tif },
        0,
        'filled',
      );
      return lots;
    },
  };
}
