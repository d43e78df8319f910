import { createRandom, type Random } from '../../../simulation/random.ts';
import type { Account, FeeRates } from './accounts.ts';
import type { Ledger } from './ledger.ts';
import type { Quotes } from './quotes.ts';
import type { Market } from './universe.ts';
import type { Venue } from './venue.ts';

/** A cheap generator of trades over many coins. */
export interface Load {
  /** Makes the orders of a block that ends `elapsedMs` after the one before it. */
  trade(elapsedMs: number): void;
  /** The accounts that deal in a market. */
  dealersIn(market: Market): readonly Account[];
  /** Changes the mean rate from now on. */
  setRate(tradesPerSecond: number): void;
}

export interface LoadOptions {
  readonly seed: number;
  readonly venue: Venue;
  readonly ledger: Ledger;
  readonly quotes: () => Quotes;
  readonly traders: readonly Account[];
  readonly markets: readonly Market[];
  readonly tradesPerSecond: number;
}

export const traderFees: FeeRates = { taker: 0.00045, maker: 0.00015 };
export const makerFees: FeeRates = { taker: 0.00024, maker: -0.00002 };

/** Who deals in each market, besides those who deal in it because it is popular. */
const dealersAtLeast = 3;
const popularDealers = 12;
/** A block in which nothing can be traded ends all the same. */
const mostVainOrders = 50;
const medianUsd = 900;
/** A position above this share of the account's equity is only reduced. */
const largestShare = 0.6;

export function createLoad(options: LoadOptions): Load {
  const { venue, ledger, quotes, traders, markets } = options;
  const random = createRandom(options.seed, 'load');
  const dealers = deal(random, traders, venue.universe.markets.length, markets);
  const pickMarket = createPicker(random, markets);
  let { tradesPerSecond } = options;
  let owed = 0;

  /** Sees to it that an account has money where it is about to trade. */
  function fund(account: Account, market: Market): void {
    if (account.isUnified) {
      if (account.usdc < 5_000e6) ledger.deposit(account, 20_000e6);
      return;
    }
    if (market.kind === 'spot') {
      if (account.usdc > 20_000e6) return;
      const micro = Math.max(50_000e6, Math.round(account.collateral[0]! * 0.1));
      ledger.deposit(account, micro);
      ledger.classTransfer(account, micro, false);
    } else if (market.dex > 0 && account.collateral[market.dex]! < 1_000e6) {
      const micro = Math.max(20_000e6, Math.round(account.collateral[0]! * 0.05));
      ledger.deposit(account, micro);
      ledger.toDex(account, market.dex, micro);
    }
  }

  function order(): void {
    const market = pickMarket();
    if (market.isDelisted) return;
    const account = random.pick(dealers[market.index]!);
    fund(account, market);
    const tick = venue.marks[market.index]!;
    const usd = random.logNormal(medianUsd, 1.3);
    const lots = Math.max(1, Math.round((usd * 1e6) / (tick * market.unit)));
    if (market.base !== undefined) {
      spotOrder(account, market, market.base.index, lots);
      return;
    }
    const held = account.positions.get(market.index)?.lots ?? 0;
    const collateral = account.isUnified ? account.usdc : account.collateral[market.dex]!;
    const isFull = Math.abs(held * tick * market.unit) > collateral * largestShare;
    let isBuy = random.chance(0.5);
    if (isFull || (held !== 0 && random.chance(0.25))) isBuy = held < 0;
    const isClosing = held !== 0 && isBuy === held < 0;
    // Every fourth order against a position closes it, every tenth turns it.
    const closes = isClosing && random.chance(0.35);
    const turned = closes && random.chance(0.3) ? lots : 0;
    const wanted = closes ? Math.abs(held) + turned : lots;
    quotes().take({ taker: account, market, isBuy, lots: wanted });
  }

  function spotOrder(account: Account, market: Market, token: number, lots: number): void {
    const held = account.tokens.get(token)?.wei ?? 0;
    const weiPerLot = 10 ** (market.base!.weiDecimals - market.sizeDecimals);
    const heldLots = Math.floor(held / weiPerLot);
    if (heldLots > 0 && random.chance(0.5)) {
      quotes().take({ taker: account, market, isBuy: false, lots: Math.min(lots, heldLots) });
      return;
    }
    // With a margin for the price to rise on the way through the book.
    const affordable = Math.floor((account.usdc * 0.5) / (venue.marks[market.index]! * market.unit));
    if (Math.min(lots, affordable) > 0) {
      quotes().take({ taker: account, market, isBuy: true, lots: Math.min(lots, affordable) });
    }
  }

  return {
    trade(elapsedMs) {
      owed += (tradesPerSecond / 1_000) * elapsedMs * random.between(0.7, 1.3);
      for (let vain = 0; owed >= 1 && vain < mostVainOrders; ) {
        const before = venue.matched;
        order();
        owed -= venue.matched - before;
        if (venue.matched === before) vain++;
      }
    },
    dealersIn: market => dealers[market.index]!,
    setRate(rate) {
      tradesPerSecond = rate;
    },
  };
}

/** Gives each market its dealers: some in turn, so that everyone deals in something, and for popular ones many. */
function deal(
  random: Random,
  traders: readonly Account[],
  count: number,
  markets: readonly Market[],
): Account[][] {
  const dealers: Account[][] = Array.from({ length: count }, () => []);
  let turn = 0;
  for (const market of markets) {
    const own = new Set<Account>();
    const wanted = Math.min(traders.length, dealersAtLeast + Math.round(popularDealers * market.weight));
    for (let i = 0; i < dealersAtLeast; i++) own.add(traders[turn++ % traders.length]!);
    while (own.size < wanted) own.add(random.pick(traders));
    dealers[market.index] = [...own];
  }
  return dealers;
}

/** Draws markets by weight in constant time, by Walker's alias method (Vose 1991). */
function createPicker(random: Random, markets: readonly Market[]): () => Market {
  const sum = markets.reduce((total, { weight }) => total + weight, 0);
  const scaled = markets.map(({ weight }) => (weight * markets.length) / sum);
  const alias = markets.map((_, index) => index);
  const small: number[] = [];
  const large: number[] = [];
  for (const [index, share] of scaled.entries()) (share < 1 ? small : large).push(index);
  while (small.length > 0 && large.length > 0) {
    const less = small.pop()!;
    const more = large.pop()!;
    alias[less] = more;
    scaled[more] = scaled[more]! + scaled[less]! - 1;
    (scaled[more]! < 1 ? small : large).push(more);
  }
  for (const index of [...small, ...large]) scaled[index] = 1;
  return () => {
    const index = random.below(markets.length);
    return markets[random.next() < scaled[index]! ? index : alias[index]!]!;
  };
}
