import { isKnown } from './state.ts';

/** Spot pairs and outcome shares; all other coins are perpetuals. */
export function isSpot(coin: string): boolean {
  const first = coin.charCodeAt(0);
  return first === 0x40 /* @ */ || first === 0x23 /* # */ || coin.includes('/');
}

export interface FeeParts {
  /** NaN when the feed does not tell the fee, or it is in a token whose price is not known. */
  readonly usd: number;
  /** What the fee takes off the bought coins. */
  readonly coins: number;
}

const unknown: FeeParts = { usd: Number.NaN, coins: 0 };

/**
 * Splits a fee into USD and coins. A spot purchase pays in the coin that it receives, at the fill's price; everything else pays
 * in the quote token.
 */
export function feeParts(
  fee: number,
  token: string | null,
  fill: {
    readonly coin: string;
    readonly buys: boolean;
    readonly price: number;
    readonly stable: readonly string[];
  },
): FeeParts {
  if (!isKnown(fee)) return unknown;
  if (token === null || token === 'USDC') return { usd: fee, coins: 0 };
  if (fill.buys && isSpot(fill.coin)) return { usd: fee * fill.price, coins: fee };
  return fill.stable.includes(token) ? { usd: fee, coins: 0 } : unknown;
}
