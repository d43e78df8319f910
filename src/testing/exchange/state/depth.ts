import { wireDecimal } from './decimals.ts';
import type { Quotes } from './quotes.ts';
import type { Market } from './universe.ts';
import type { WireLevel } from './wire.ts';
import type { Depth } from './world.ts';

const roundingDigits = 5;

/**
 * The book of a market that no agent trades: its best orders, and behind them levels that are computed from the price alone,
 * so that reading a book changes nothing.
 */
export function quotedDepth(quotes: Quotes, market: Market, levels: number): Depth {
  const side = (isBid: boolean): WireLevel[] => {
    const top = quotes.top(market, isBid);
    const best = isBid ? quotes.bid(market) : quotes.ask(market);
    const found: WireLevel[] = [];
    for (let level = 0; level < levels; level++) {
      const tick = isBid ? best - level : best + level;
      if (tick <= 0) break;
      const isTop = level === 0 && top !== undefined;
      const noise = ((tick * 2_654_435_761 + market.index * 40_503) >>> 0) % 1_000;
      const usd = 2_000 + noise * 25 * (1 + level / 4);
      const lots = isTop ? top.left : Math.max(1, Math.round((usd * 1e6) / (tick * market.unit)));
      found.push({
        px: wireDecimal(tick, market.priceDecimals),
        sz: wireDecimal(lots, market.sizeDecimals),
        n: isTop ? 1 : 1 + (noise % 5),
      });
    }
    return found;
  };
  return { bids: side(true), asks: side(false) };
}

/** Merges levels to so many significant figures of their prices; with five, `mantissa` 2 or 5 merges further. */
export function aggregate(depth: Depth, figures: number, mantissa: number): Depth {
  const merge = (levels: readonly WireLevel[], isBid: boolean): WireLevel[] => {
    const merged = new Map<string, { sz: number; n: number; decimals: number }>();
    for (const { px, sz, n } of levels) {
      const price = Number(px);
      const exponent = Math.floor(Math.log10(price)) + 1 - figures;
      const step = 10 ** exponent * (figures === roundingDigits ? mantissa : 1);
      const count = price / step;
      // Note: a price that already is on the grid must stay there although a division is not exact.
      const rounded = isBid ? Math.floor(count + 1e-9) : Math.ceil(count - 1e-9);
      const key = (rounded * step).toFixed(Math.max(1, -exponent)).replace(/(\.\d+?)0+$/, '$1');
      const decimals = sz.length - sz.indexOf('.') - 1;
      const level = merged.get(key) ?? { sz: 0, n: 0, decimals: 0 };
      merged.set(key, {
        sz: level.sz + Number(sz),
        n: level.n + n,
        decimals: Math.max(level.decimals, decimals),
      });
    }
    return [...merged].map(([px, { sz, n, decimals }]) => ({
      px,
      sz: wireDecimal(Math.round(sz * 10 ** decimals), decimals),
      n,
    }));
  };
  return { bids: merge(depth.bids, true), asks: merge(depth.asks, false) };
}
