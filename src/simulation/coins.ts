/** A market: how it is quoted, and how it behaves. */
export interface Coin {
  readonly index: number;
  readonly name: string;
  /** A tick is 10^-priceDecimals USD. */
  readonly priceDecimals: number;
  /** A lot is 10^-sizeDecimals coins. */
  readonly sizeDecimals: number;
  /** Micro-dollars in one tick times one lot; an integer, so that money is exact. */
  readonly unit: number;
  readonly startPrice: number;
  /** Volatility of one year, as a fraction. */
  readonly volatility: number;
  /** How far the coin follows the market as a whole. */
  readonly beta: number;
  /** Notional that a maker quotes at the first level, in USD. */
  readonly depthUsd: number;
  readonly maxLeverage: number;
  /** How often traders choose it, relative to the others. */
  readonly popularity: number;
}

type Listing = readonly [
  name: string,
  startPrice: number,
  priceDecimals: number,
  sizeDecimals: number,
  volatility: number,
  beta: number,
  depthUsd: number,
  maxLeverage: number,
  popularity: number,
];

// Note: as on the real exchange, price and size decimals of a perpetual sum to at most six.
const listings: readonly Listing[] = [
  ['BTC', 104_000, 0, 5, 0.45, 1, 60_000, 40, 10],
  ['ETH', 3_400, 1, 4, 0.65, 1.2, 45_000, 25, 8],
  ['SOL', 168, 2, 2, 0.85, 1.4, 30_000, 20, 6],
  ['HYPE', 39, 3, 2, 1.05, 1.2, 20_000, 10, 5],
  ['AVAX', 21, 3, 2, 0.9, 1.4, 9_000, 10, 2],
  ['ARB', 0.31, 5, 1, 1, 1.4, 6_000, 10, 1.5],
  ['OP', 0.42, 5, 1, 1, 1.4, 6_000, 10, 1.5],
  ['POL', 0.187, 5, 0, 0.95, 1.3, 5_000, 10, 1],
];

/** The markets of the simulation. Names are those of real coins; prices are made up. */
export const coins: readonly Coin[] = listings.map(
  (
    [name, startPrice, priceDecimals, sizeDecimals, volatility, beta, depthUsd, maxLeverage, popularity],
    index,
  ) => ({
    index,
    name,
    priceDecimals,
    sizeDecimals,
    unit: 10 ** (6 - priceDecimals - sizeDecimals),
    startPrice,
    volatility,
    beta,
    depthUsd,
    maxLeverage,
    popularity,
  }),
);

export const coinNames = coins.map(coin => coin.name);

export function coinAt(index: number): Coin {
  const coin = coins[index];
  if (coin === undefined)
    throw new RangeError(`expected a coin from 0 to ${coins.length - 1}, found ${index}`);
  return coin;
}

/** Ticks nearest to a price in USD. */
export function toTicks(coin: Coin, price: number): number {
  return Math.max(1, Math.round(price * 10 ** coin.priceDecimals));
}

/** Whole lots in an amount of USD at a price in ticks, rounded down. */
export function lotsOf(coin: Coin, usd: number, tick: number): number {
  return Math.floor((usd * 1e6) / (tick * coin.unit));
}

/** Notional in micro-dollars; exact. */
export function notionalOf(coin: Coin, lots: number, tick: number): number {
  return lots * tick * coin.unit;
}

/** An integer count of 10^-decimals as decimal text with no superfluous zeros, such as `-0.25`. */
export function decimalText(count: number, decimals: number): string {
  if (count === 0) return '0';
  const sign = count < 0 ? '-' : '';
  const digits = String(Math.abs(count));
  if (decimals === 0) return sign + digits;
  const padded = digits.padStart(decimals + 1, '0');
  const whole = padded.slice(0, -decimals);
  const fraction = padded.slice(-decimals).replace(/0+$/, '');
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}
