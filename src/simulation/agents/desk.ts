import type { Account } from '../accounts.ts';
import type { Coin } from '../coins.ts';
import type { Exchange } from '../exchange.ts';
import type { Pace } from '../phase.ts';
import type { Random } from '../random.ts';

/** What one trader has to work with. */
export interface Desk {
  readonly exchange: Exchange;
  readonly account: Account;
  readonly random: Random;
  /** The coins that the trader deals in. */
  readonly coins: readonly Coin[];
  pace(): Pace;
}

/** Makes what a trader does each time it looks at the market. */
export type Behaviour = (desk: Desk) => () => void;

/** The move of a coin over some tempos, in standard deviations of that length. */
export function trendOf(desk: Desk, coin: Coin, tempos: number): number {
  const lookbackMs = desk.pace().tempoMs * tempos;
  const deviation = coin.volatility * Math.sqrt(lookbackMs / (365 * 86_400_000));
  return desk.exchange.prices.change(coin, desk.exchange.now, lookbackMs) / deviation;
}

/** Chooses a coin by popularity. */
export function popularCoin(random: Random, coins: readonly Coin[]): Coin {
  let left = random.next() * coins.reduce((sum, coin) => sum + coin.popularity, 0);
  for (const coin of coins) {
    left -= coin.popularity;
    if (left < 0) return coin;
  }
  return random.pick(coins);
}
