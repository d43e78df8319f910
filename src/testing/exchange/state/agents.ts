import type { Account as AgentAccount } from '../../../simulation/accounts.ts';
import { type Coin, coins, toTicks } from '../../../simulation/coins.ts';
import type { MarketEvent } from '../../../simulation/market-event.ts';
import type { Order } from '../../../simulation/order-book.ts';
import type { Phase } from '../../../simulation/phase.ts';
import { createSimulation } from '../../../simulation/simulation.ts';
import type { Account } from './accounts.ts';
import { wireDecimal } from './decimals.ts';
import { directions } from './fill-wire.ts';
import type { ClosedPosition, Force } from './force.ts';
import type { Ledger } from './ledger.ts';
import type { OrderRecord } from './order-log.ts';
import type { Market } from './universe.ts';
import type { Venue } from './venue.ts';
import type { WireLevel } from './wire.ts';
import type { Depth } from './world.ts';

/** The demo's agents, whose trades are booked here. */
export interface Agents {
  /** The markets that they trade in. */
  readonly markets: ReadonlySet<Market>;
  /** Goes on to a time, before it is told in blocks; what happened, in groups of one millisecond each. */
  runUntil(time: number): AgentEvents[];
  /** Books what happened in the present block. */
  book(events: readonly MarketEvent[]): void;
  depthOf(market: Market, levels: number): Depth;
  doubleMidOf(market: Market): number | undefined;
  /** Goes over into a phase that begins later. */
  add(phase: Phase): void;
  /** From now on, resting orders are told too. */
  showOrders(): void;
}

export interface AgentEvents {
  readonly time: number;
  readonly events: MarketEvent[];
}

type Trade = Extract<MarketEvent, { type: 'trade' }>;

export interface AgentsOptions {
  readonly seed: number;
  readonly venue: Venue;
  readonly ledger: Ledger;
  readonly force: () => Force;
  readonly backstop: Account;
  readonly wallets: number;
  readonly tradesPerSecond: number;
  readonly phases: readonly Phase[];
  readonly present: number;
}

export function createAgents(options: AgentsOptions): Agents {
  const { venue, ledger, force, backstop } = options;
  const simulation = createSimulation(options);
  const { exchange } = simulation;
  const marketOf = coins.map(({ name }) => {
    const market = venue.universe.byCoin(name);
    if (market === undefined) throw new RangeError(`expected ${name} among the markets, found it missing`);
    return market;
  });
  const accounts: (Account | undefined)[] = [];
  const resting = new Map<number, { readonly order: Order; readonly record: OrderRecord }>();
  let opened: { readonly order: Order; readonly coin: Coin }[] = [];
  let cancelled: Order[] = [];
  let showsOrders = false;

  exchange.onResting((order, coin, change) => {
    if (!showsOrders) return;
    if (change === 'open') opened.push({ order, coin });
    else cancelled.push(order);
  });

  function accountOf(agent: AgentAccount): Account {
    const known = accounts[agent.index];
    if (known !== undefined) return known;
    if (agent === exchange.backstop) {
      accounts[agent.index] = backstop;
      return backstop;
    }
    const account = venue.book.open({
      address: agent.address,
      name: agent.name,
      kind: agent.archetype === 'market-maker' ? 'maker' : 'user',
      fees: agent.fees,
      namesOrders: agent.index % 3 === 0,
      isNamed: true,
    });
    accounts[agent.index] = account;
    ledger.deposit(account, agent.deposits);
    return account;
  }

  function openAccounts(): void {
    for (let index = accounts.length; index < exchange.accounts.length; index++) {
      accountOf(exchange.accounts[index]!);
    }
  }

  function followMarks(): void {
    for (const coin of coins) {
      const market = marketOf[coin.index]!;
      venue.marks[market.index] = exchange.marks[coin.index]!;
      venue.oracles[market.index] = toTicks(coin, exchange.prices.oracle(coin));
    }
  }

  function placeOrders(): void {
    for (const { order, coin } of opened) {
      const market = marketOf[coin.index]!;
      const record = venue.place({
        oid: order.id,
        account: accountOf(exchange.accounts[order.account]!),
        market,
        isBuy: order.side === 1,
        tick: order.tick,
        lots: order.first,
        time: venue.now,
        tif: 'Alo',
      });
      venue.block.books.add(market.coin);
      resting.set(order.id, { order, record });
    }
    opened = [];
  }

  function cancelOrders(): void {
    for (const { id } of cancelled) {
      const known = resting.get(id);
      if (known?.record.isOpen === true) venue.close(known.record, 'canceled');
      resting.delete(id);
    }
    cancelled = [];
    for (const [id, { order, record }] of resting) {
      if (order.lots > 0) continue;
      // Taken out of the book without a match: it stood in the way of an order of the same account.
      if (record.isOpen) venue.close(record, 'selfTradeCanceled');
      resting.delete(id);
    }
  }

  function match(trade: Trade, victims: Map<Account, ClosedPosition[]>): void {
    const market = marketOf[trade.coin.index]!;
    const takerBuys = trade.takerSide === 1;
    const buyer = accountOf(trade.buyer);
    const seller = accountOf(trade.seller);
    const [taker, maker] = takerBuys ? [buyer, seller] : [seller, buyer];
    const liquidated = trade.liquidated === undefined ? undefined : accountOf(trade.liquidated);
    if (liquidated !== undefined) {
      const closed = victims.get(liquidated) ?? [];
      victims.set(liquidated, closed);
      const { lots } = venue.book.position(liquidated, market);
      if (!closed.some(each => each.market === market)) closed.push({ market, lots });
      if (maker === backstop) {
        force().handOver({
          from: taker,
          to: backstop,
          market,
          lots: takerBuys ? -trade.lots : trade.lots,
          tick: trade.tick,
          fromDirection: takerBuys ? directions.liquidatedShort : directions.liquidatedLong,
          toDirection: directions.derived,
          liquidated,
        });
        return;
      }
    }
    venue.match({
      market,
      tick: trade.tick,
      lots: trade.lots,
      takerBuys,
      taker,
      maker,
      takerOrder: trade.takerOrder,
      makerOrder: trade.makerOrder,
      // Note: number and hash are those that the simulation gives it, which its history is told with.
      transaction: trade.takerOrder,
      liquidated,
    });
    const made = resting.get(trade.makerOrder)?.record;
    if (made?.isOpen === true) {
      made.left -= trade.lots;
      if (made.left <= 0) venue.close(made, 'filled');
      else venue.announce(made);
    }
  }

  function recordTaken(trades: readonly Trade[]): void {
    const [first] = trades;
    if (first === undefined || !showsOrders) return;
    const lots = trades.reduce((sum, trade) => sum + trade.lots, 0);
    const isBuy = first.takerSide === 1;
    venue.record(
      {
        oid: first.takerOrder,
        account: accountOf(isBuy ? first.buyer : first.seller),
        market: marketOf[first.coin.index]!,
        isBuy,
        tick: trades.at(-1)!.tick,
        lots,
        time: venue.now,
        tif: first.liquidated === undefined ? 'FrontendMarket' : 'LiquidationMarket',
      },
      0,
      'filled',
    );
  }

  return {
    markets: new Set(marketOf),
    add: phase => simulation.add(phase),
    showOrders() {
      showsOrders = true;
    },
    runUntil(time) {
      const groups: AgentEvents[] = [];
      for (const event of simulation.runUntil(time)) {
        if (event.type !== 'trade') continue;
        const last = groups.at(-1);
        if (last?.time === event.time) last.events.push(event);
        else groups.push({ time: event.time, events: [event] });
      }
      return groups;
    },
    book(events) {
      openAccounts();
      followMarks();
      placeOrders();
      const victims = new Map<Account, ClosedPosition[]>();
      let taken: Trade[] = [];
      for (const event of events) {
        if (event.type !== 'trade') continue;
        if (taken.length > 0 && taken[0]!.takerOrder !== event.takerOrder) {
          recordTaken(taken);
          taken = [];
        }
        taken.push(event);
        match(event, victims);
      }
      recordTaken(taken);
      cancelOrders();
      for (const [account, closed] of victims) force().conclude(account, closed);
    },
    depthOf(market, levels) {
      const coin = coins[marketOf.indexOf(market)]!;
      const book = exchange.bookOf(coin);
      const side = (which: 1 | -1): WireLevel[] =>
        book.levels(which, levels).map(level => ({
          px: wireDecimal(level.tick, market.priceDecimals),
          sz: wireDecimal(level.lots, market.sizeDecimals),
          n: level.orders,
        }));
      return { bids: side(1), asks: side(-1) };
    },
    doubleMidOf(market) {
      const { bestBid, bestAsk } = exchange.bookOf(coins[marketOf.indexOf(market)]!);
      return bestBid === undefined || bestAsk === undefined ? undefined : bestBid + bestAsk;
    },
  };
}
