import { finiteNumber, isObject, shortText, wholeNumber } from '../hyperliquid-messages/values.ts';

/**
 * Prices of tokens in USD from an answer of `spotMetaAndAssetCtxs`: the mid, else the mark, of the pair of each token with USDC.
 */
export function tokenPricesOf(raw: unknown): ReadonlyMap<string, number> {
  const prices = new Map<string, number>();
  if (!Array.isArray(raw) || !isObject(raw[0]) || !Array.isArray(raw[1])) return prices;
  const { universe, tokens } = raw[0];
  if (!Array.isArray(universe) || !Array.isArray(tokens)) return prices;
  const names = new Map<number, string>();
  for (const token of tokens) {
    const index = isObject(token) ? wholeNumber(token.index) : undefined;
    const name = isObject(token) ? shortText(token.name) : undefined;
    if (index !== undefined && name !== undefined) names.set(index, name);
  }
  // Note: contexts are in another order than the universe; their coin says which pair they are of.
  const contexts = new Map<string, number>();
  for (const context of raw[1]) {
    if (!isObject(context)) continue;
    const coin = shortText(context.coin);
    const price = finiteNumber(context.midPx ?? undefined) ?? finiteNumber(context.markPx);
    if (coin !== undefined && price !== undefined) contexts.set(coin, price);
  }
  for (const pair of universe) {
    if (!isObject(pair) || !Array.isArray(pair.tokens) || pair.tokens[1] !== 0) continue;
    const token = names.get(pair.tokens[0] as number);
    const price = contexts.get(String(pair.name));
    if (token !== undefined && price !== undefined && !prices.has(token)) prices.set(token, price);
  }
  return prices;
}
