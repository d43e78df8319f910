/** Buy is 1, sell is -1. */
export type Side = 1 | -1;

/** An order, resting or on its way to match. */
export interface Order {
  readonly id: number;
  /** Index of the account that placed it. */
  readonly account: number;
  readonly side: Side;
  readonly tick: number;
  /** Lots that it began with. */
  readonly first: number;
  /** Lots still open; 0 once it is filled or cancelled. */
  lots: number;
}

/** What one resting order gave to an incoming one. */
export interface Match {
  readonly maker: Order;
  readonly tick: number;
  readonly lots: number;
}

export interface Level {
  readonly tick: number;
  readonly lots: number;
  readonly orders: number;
}

/** A limit order book of integer prices and sizes with price-time priority. */
export interface OrderBook {
  readonly bestBid: number | undefined;
  readonly bestAsk: number | undefined;
  /** Rests an order behind all others at its price. The caller makes sure that it does not cross. */
  add(order: Order): void;
  cancel(order: Order): void;
  /**
   * Takes up to `order.lots` from the other side, best price first and oldest first, no worse than `order.tick`; lowers
   * `order.lots` by what was matched. Orders of the same account in the way are cancelled, as on the real exchange.
   */
  match(order: Order): Match[];
  /** Best levels first. */
  levels(side: Side, count: number): Level[];
  /** Best resting order of a side. */
  top(side: Side): Order | undefined;
}

interface PriceLevel {
  readonly tick: number;
  readonly orders: Order[];
}

export function createOrderBook(): OrderBook {
  // Note: the best level is the last of each array, so that the busy end is cheap to change.
  const bids: PriceLevel[] = [];
  const asks: PriceLevel[] = [];
  const levelsOf = (side: Side): PriceLevel[] => (side === 1 ? bids : asks);

  /** Where `tick` is or would be inserted; the best is last, so bids rise and asks fall. */
  function place(levels: readonly PriceLevel[], side: Side, tick: number): number {
    let low = 0;
    let high = levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((levels[middle]!.tick - tick) * side < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function cancel(order: Order): void {
    const levels = levelsOf(order.side);
    const index = place(levels, order.side, order.tick);
    const level = levels[index];
    const position = level?.tick === order.tick ? level.orders.indexOf(order) : -1;
    order.lots = 0;
    if (level === undefined || position === -1) return;
    level.orders.splice(position, 1);
    if (level.orders.length === 0) levels.splice(index, 1);
  }

  return {
    get bestBid() {
      return bids.at(-1)?.tick;
    },
    get bestAsk() {
      return asks.at(-1)?.tick;
    },
    add(order) {
      const levels = levelsOf(order.side);
      const index = place(levels, order.side, order.tick);
      const level = levels[index];
      if (level?.tick === order.tick) level.orders.push(order);
      else levels.splice(index, 0, { tick: order.tick, orders: [order] });
    },
    cancel,
    match(order) {
      const matches: Match[] = [];
      const levels = levelsOf(order.side === 1 ? -1 : 1);
      while (order.lots > 0) {
        const level = levels.at(-1);
        if (level === undefined || (level.tick - order.tick) * order.side > 0) break;
        const maker = level.orders[0]!;
        if (maker.account === order.account) {
          cancel(maker);
          continue;
        }
        const lots = Math.min(order.lots, maker.lots);
        order.lots -= lots;
        maker.lots -= lots;
        matches.push({ maker, tick: level.tick, lots });
        if (maker.lots === 0) {
          level.orders.shift();
          if (level.orders.length === 0) levels.pop();
        }
      }
      return matches;
    },
    levels: (side, count) =>
      levelsOf(side)
        .slice(-count)
        .reverse()
        .map(level => ({
          tick: level.tick,
          lots: level.orders.reduce((sum, order) => sum + order.lots, 0),
          orders: level.orders.length,
        })),
    top: side => levelsOf(side).at(-1)?.orders[0],
  };
}
