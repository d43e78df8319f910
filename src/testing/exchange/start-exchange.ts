import { type ExchangeOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { type Exchange, serveExchange } from './serve-exchange.ts';
import { createExchangeState } from './state/create-exchange-state.ts';
import type { ExchangeState } from './state/exchange-state.ts';

/**
 * Starts a local exchange that speaks Hyperliquid's protocol, in this process. `startExchangeProcess` gives it a process of its own.
 *
 * @example
 * ```ts
 * const exchange = await startExchange({ seed: 7, tradesPerSecond: 50 });
 * const answer = await fetch(exchange.infoUrl, {
 *   method: 'POST',
 *   body: JSON.stringify({ type: 'clearinghouseState', user: exchange.state.users[0] }),
 * });
 * exchange.faults.inject({ kind: 'drop' });
 * await exchange.stop();
 * ```
 */
export async function startExchange(options: ExchangeOptions = {}): Promise<Exchange> {
  const resolved = resolveOptions(options);
  return serveExchange(resolved, makeState(resolved));
}

function makeState(options: ResolvedOptions): ExchangeState {
  const { seed, start, markets, wallets, tradesPerSecond, leaderboardRows, historyDays, coins } = options;
  const { loadHasHistory, phases } = options;
  return createExchangeState({
    seed,
    start,
    markets,
    wallets,
    tradesPerSecond,
    leaderboardRows,
    historyDays,
    ...(coins === undefined ? {} : { coins }),
    ...(loadHasHistory === undefined ? {} : { loadHasHistory }),
    ...(phases === undefined ? {} : { phases }),
  });
}
