import { type Coin, coins } from './coins.ts';

export const candleIntervals = [
  { name: '1m', ms: 60_000 },
  { name: '5m', ms: 300_000 },
  { name: '1h', ms: 3_600_000 },
] as const;

export type CandleInterval = (typeof candleIntervals)[number];

/** A candle in ticks and lots. Its open is the last price before it, so that candles join without holes. */
export interface Candle {
  readonly coin: Coin;
  readonly interval: CandleInterval;
  readonly openTime: number;
  readonly open: number;
  high: number;
  low: number;
  close: number;
  lots: number;
  trades: number;
}

/** Builds the candles of all coins from trades. */
export interface CandleBuilder {
  /** Takes a trade in; `begun` is called for each candle that it is the first trade of. */
  trade(coin: Coin, time: number, tick: number, lots: number, begun: (candle: Candle) => void): void;
  /** Closes and removes a candle. */
  close(candle: Candle): void;
}

export function createCandleBuilder(): CandleBuilder {
  const last: (number | undefined)[] = coins.map(() => undefined);
  const open = new Map<string, Candle>();
  const keyOf = (coin: Coin, interval: CandleInterval) => `${coin.index}/${interval.name}`;
  return {
    trade(coin, time, tick, lots, begun) {
      for (const interval of candleIntervals) {
        const openTime = time - (time % interval.ms);
        let candle = open.get(keyOf(coin, interval));
        if (candle === undefined) {
          const first = last[coin.index] ?? tick;
          candle = {
            coin,
            interval,
            openTime,
            open: first,
            high: first,
            low: first,
            close: first,
            lots: 0,
            trades: 0,
          };
          open.set(keyOf(coin, interval), candle);
          begun(candle);
        }
        candle.high = Math.max(candle.high, tick);
        candle.low = Math.min(candle.low, tick);
        candle.close = tick;
        candle.lots += lots;
        candle.trades++;
      }
      last[coin.index] = tick;
    },
    close: candle => {
      open.delete(keyOf(candle.coin, candle.interval));
    },
  };
}
