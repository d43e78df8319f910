import type { Account } from '../accounts.ts';
import type { Coin } from '../coins.ts';
import { coins, toTicks } from '../coins.ts';
import type { Exchange } from '../exchange.ts';
import type { Order, Side } from '../order-book.ts';
import { createRandom } from '../random.ts';

const levels = 6;
/** Half of the quoted spread at the deepest market, as a fraction of the price. */
const halfSpread = 0.00026;
const deepestUsd = 60_000;
/** Share of equity at which inventory in one coin counts as full. */
const inventoryShare = 0.2;
/** How far a full inventory moves the quotes, as a fraction of the price. */
const skewAtFull = 0.001;
/** Makers leave quotes alone while the fair price has moved less than this. */
const tolerance = 0.00003;
const reactionMs = 25;

interface Quotes {
  tick: number;
  fair: number;
  time: number;
  volume: number;
  orders: { readonly maker: number; readonly order: Order }[];
}

/**
 * Market makers quote both sides around the fair price, wider in wild markets, leaning against their inventory. They earn the
 * spread and rebates, hardly ever take, and end each day near flat.
 */
export function createMarketMakers(
  exchange: Exchange,
  seed: number,
  makers: readonly { readonly account: Account; readonly coins: readonly Coin[] }[],
  pickOff: (coin: Coin, side: Side, tick: number) => void,
): (coin: Coin) => void {
  const random = createRandom(seed, 'market-makers');
  const byCoin = coins.map(coin => makers.filter(maker => maker.coins.includes(coin)));
  const state: Quotes[] = coins.map(() => ({ tick: 0, fair: 0, time: -reactionMs, volume: -1, orders: [] }));

  function widthOf(coin: Coin): number {
    const wild = exchange.prices.regime(coin) === 'turbulent' ? 2 : 1;
    return halfSpread * wild * Math.sqrt(deepestUsd / coin.depthUsd);
  }

  function place(
    coin: Coin,
    account: Account,
    maker: number,
    side: Side,
    fair: number,
    quotes: Quotes,
  ): void {
    const width = widthOf(coin);
    const full = (exchange.equityUsd(account) * inventoryShare) / 4;
    const inventory = Math.max(-1, Math.min(1, exchange.positionUsd(account, coin) / full));
    // A full maker stops quoting the side that would add to its inventory.
    if (inventory * side >= 1) return;
    const book = exchange.bookOf(coin);
    const lean = -inventory * skewAtFull;
    const own = width * random.between(0.8, 1.4);
    let previous = side === 1 ? Number.POSITIVE_INFINITY : 0;
    for (let level = 0; level < levels; level++) {
      const exact = fair * (1 + lean - side * own * (1 + level * 0.9)) * 10 ** coin.priceDecimals;
      let tick = side === 1 ? Math.floor(exact) : Math.ceil(exact);
      const opposite = side === 1 ? book.bestAsk : book.bestBid;
      if (opposite !== undefined)
        tick = side === 1 ? Math.min(tick, opposite - 1) : Math.max(tick, opposite + 1);
      tick = side === 1 ? Math.min(tick, previous - 1) : Math.max(tick, previous + 1);
      previous = tick;
      const usd = (coin.depthUsd / 3) * (1 + level * 0.8) * random.between(0.6, 1.4);
      const order = exchange.rest(account, coin, side, usd, tick);
      if (order !== undefined) quotes.orders.push({ maker, order });
    }
  }

  /** Somebody else's order that is left behind by the fair price is taken by the arbitrageurs. */
  function takeStaleOrders(coin: Coin, fair: number): void {
    const book = exchange.bookOf(coin);
    for (const side of [1, -1] as const) {
      const limit = toTicks(coin, fair * (1 + side * widthOf(coin)));
      const best = side === 1 ? book.bestBid : book.bestAsk;
      if (best !== undefined && (best - limit) * side > 0) pickOff(coin, side === 1 ? -1 : 1, limit);
    }
  }

  return coin => {
    const quotes = state[coin.index]!;
    const fair = exchange.prices.fair(coin);
    const moved = Math.abs(fair / quotes.fair - 1) > tolerance;
    const taken = exchange.turnover[coin.index] !== quotes.volume;
    if (!moved && !taken) return;
    if (exchange.now - quotes.time < reactionMs) return;
    quotes.time = exchange.now;
    quotes.fair = fair;
    for (const { order } of quotes.orders) if (order.lots > 0) exchange.cancel(coin, order);
    quotes.orders = [];
    takeStaleOrders(coin, fair);
    const present = byCoin[coin.index]!;
    const first = random.below(present.length);
    for (let i = 0; i < present.length; i++) {
      const index = (first + i) % present.length;
      const { account } = present[index]!;
      place(coin, account, index, 1, fair, quotes);
      place(coin, account, index, -1, fair, quotes);
    }
    quotes.volume = exchange.turnover[coin.index]!;
  };
}
