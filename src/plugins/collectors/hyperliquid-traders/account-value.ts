import { account } from '../../../plugin-api/index.ts';
import { type Collected, collected } from '../hyperliquid-messages/collected.ts';
import { finiteNumber, isObject, shortText } from '../hyperliquid-messages/values.ts';
import type { Abstraction, TraderState } from './trader-state.ts';

/** Prices of tokens in USD, by the name of the token. */
export interface TokenPrices {
  priceOf(token: string): number | undefined;
}

/** Tokens that are worth one USD each. */
const stableTokens: ReadonlySet<string> = new Set([
  'USDC',
  'USDT0',
  'USDH',
  'USDE',
  'USDT',
  'USDXL',
  'FEUSD',
]);

/** Worth in USD of a `spotClearinghouseState`; tokens without a known price count for nothing. */
export function spotValueOf(raw: unknown, prices: TokenPrices): number | undefined {
  if (!isObject(raw) || !Array.isArray(raw.balances)) return undefined;
  let sum = 0;
  for (const balance of raw.balances) {
    if (!isObject(balance)) return undefined;
    const token = shortText(balance.coin);
    const total = finiteNumber(balance.total);
    if (token === undefined || total === undefined) return undefined;
    const price = stableTokens.has(token) ? 1 : prices.priceOf(token);
    if (price !== undefined) sum += total * price;
  }
  return sum;
}

/** Where an answer of `userAbstraction` says that the collateral is. */
export function abstractionOf(raw: unknown): Abstraction | undefined {
  if (raw === 'unifiedAccount' || raw === 'portfolioMargin') return 'unified';
  // Note: an open set; what is not known to be unified keeps its collateral with each exchange.
  return typeof raw === 'string' ? 'separate' : undefined;
}

/**
 * Equity over everything. An account with separate collateral is worth the sum over its exchanges and spot; a unified one has all
 * collateral in its spot balances, and what its exchanges say of its value means nothing: it is worth those balances and the
 * unrealised PnL of its positions. `undefined` while a part is not known.
 */
export function equityOf(trader: TraderState): number | undefined {
  const main = trader.dexes.get('');
  if (trader.spotValue === undefined || trader.abstraction === undefined) return undefined;
  if (main === undefined || main.readAt === Number.NEGATIVE_INFINITY) return undefined;
  let sum = trader.spotValue;
  for (const dex of trader.dexes.values()) {
    if (dex.readAt === Number.NEGATIVE_INFINITY) {
      if (dex.isUsed) return undefined;
      continue;
    }
    sum += trader.abstraction === 'unified' ? dex.unrealisedPnl : dex.accountValue;
  }
  return sum;
}

/** A statement of a trader's equity. */
export function accountDraft(trader: TraderState, equity: number, time: number): Collected<typeof account> {
  const { address: user } = trader;
  const accountValue = equity.toFixed(6);
  return collected(account, user, time, `${user}:${time}`, { user, accountValue, totalPnl: null });
}
