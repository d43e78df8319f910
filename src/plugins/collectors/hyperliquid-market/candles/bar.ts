/** A candle in the making. `first` and `last` say when its first and last price were made, in ms. */
export interface Bar {
  first: number;
  last: number;
  open: string;
  high: string;
  low: string;
  close: string;
  highest: number;
  lowest: number;
  /** In units of the coin. */
  volume: bigint;
  trades: number;
}

/** What a bar, or a minute of it, counted. */
export interface Count {
  readonly trades: number;
  readonly volume: bigint;
}

export const nothing: Count = { trades: 0, volume: 0n };

export function barOfTrade(time: number, price: string, volume: bigint): Bar {
  const value = Number(price);
  return {
    first: time,
    last: time,
    open: price,
    high: price,
    low: price,
    close: price,
    highest: value,
    lowest: value,
    volume,
    trades: 1,
  };
}

/** Takes a trade in. Trades of the same millisecond are in the order of the exchange, others may come in any. */
export function addTrade(bar: Bar, time: number, price: string, volume: bigint): void {
  if (time < bar.first) {
    bar.first = time;
    bar.open = price;
  }
  if (time >= bar.last) {
    bar.last = time;
    bar.close = price;
  }
  extend(bar, price, Number(price), price, Number(price));
  bar.volume += volume;
  bar.trades += 1;
}

/**
 * Takes a minute into a longer bar, in place of what the bar has already counted of that minute. What it has counted are trades of
 * the minute, so that its highest and lowest prices are not beyond the minute's.
 */
export function putMinute(bar: Bar, start: number, minute: Bar, counted: Count = nothing): void {
  if (start <= bar.first) {
    bar.first = start;
    bar.open = minute.open;
  }
  if (start >= bar.last) {
    bar.last = start;
    bar.close = minute.close;
  }
  extend(bar, minute.high, minute.highest, minute.low, minute.lowest);
  bar.volume += minute.volume - counted.volume;
  bar.trades += minute.trades - counted.trades;
}

/** A longer bar that holds a minute. */
export function barOfMinute(start: number, minute: Bar): Bar {
  return { ...minute, first: start, last: start };
}

function extend(bar: Bar, high: string, highest: number, low: string, lowest: number): void {
  if (highest > bar.highest) {
    bar.highest = highest;
    bar.high = high;
  }
  if (lowest < bar.lowest) {
    bar.lowest = lowest;
    bar.low = low;
  }
}
