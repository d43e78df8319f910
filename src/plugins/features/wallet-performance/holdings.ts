import type { PerformanceState } from './state.ts';

/* The open positions of a wallet. */

const size = 0;
const entry = 1;
const price = 2;
const stride = 3;

/** Takes in a position as it stands; a size of 0 removes it. Unknown entry and price are NaN. */
export function hold(
  state: PerformanceState,
  coin: string,
  position: { readonly size: number; readonly entry: number; readonly price: number },
): void {
  const { held, holdings } = state;
  let place = 0;
  while (place < held.length && held[place] !== coin) place++;
  const base = place * stride;
  if (position.size === 0) {
    if (place === held.length) return;
    const last = held.length - 1;
    held[place] = held[last]!;
    for (let field = 0; field < stride; field++) holdings[base + field] = holdings[last * stride + field]!;
    held.length = last;
    holdings.length = last * stride;
    return;
  }
  if (held.length === 0) {
    // Note: the half makes V8 keep raw doubles.
    state.held = [coin];
    state.holdings = [0.5, position.entry, position.price];
    state.holdings[size] = position.size;
    return;
  }
  if (place === held.length) {
    held.push(coin);
    holdings.push(position.size, position.entry, position.price);
    return;
  }
  holdings[base + size] = position.size;
  holdings[base + entry] = position.entry;
  if (!Number.isNaN(position.price)) holdings[base + price] = position.price;
}

/**
 * Open notional and unrealised PnL at the market's prices, or at the last traded one where the market tells none; NaN where a
 * position has no price at all.
 */
export function valueHoldings(
  { held, holdings }: PerformanceState,
  priceOf: (coin: string) => number | null | undefined,
): { readonly gross: number; readonly unrealised: number } {
  let gross = 0;
  let unrealised = 0;
  for (let place = 0; place < held.length; place++) {
    const base = place * stride;
    const now = priceOf(held[place]!) ?? holdings[base + price]!;
    gross += Math.abs(holdings[base + size]!) * now;
    unrealised += holdings[base + size]! * (now - holdings[base + entry]!);
  }
  return { gross, unrealised };
}
