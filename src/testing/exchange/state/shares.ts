import type { ExchangeStateOptions } from './exchange-state.ts';
import type { Market, Universe } from './universe.ts';

/** How wallets and trades are divided between the agents and the load. */
export interface Shares {
  readonly agentWallets: number;
  readonly agentRate: number;
  readonly loadWallets: number;
  readonly loadRate: number;
  readonly loadMarkets: readonly Market[];
}

const fewestAgents = 40;
const mostAgents = 220;
const mostAgentTrades = 8;
/** Beside the agents, some accounts of every kind trade a little, and also on builder dexes and the spot exchange. */
const companyWallets = 24;
const companyShare = 0.08;
const companyMarkets = 12;

/** The agents' part where hardly anybody else trades. */
export function agentShare({
  wallets,
  tradesPerSecond,
}: Pick<ExchangeStateOptions, 'wallets' | 'tradesPerSecond'>) {
  return { wallets: Math.max(fewestAgents, wallets), tradesPerSecond: tradesPerSecond * (1 - companyShare) };
}

export function shareOut(options: ExchangeStateOptions, universe: Universe): Shares {
  const { markets, wallets, tradesPerSecond } = options;
  const live = universe.markets.filter(({ isDelisted }) => !isDelisted);
  if (markets === 'load') {
    return {
      agentWallets: 0,
      agentRate: 0,
      loadWallets: wallets,
      loadRate: tradesPerSecond,
      loadMarkets: live,
    };
  }
  if (markets === 'agents') {
    const builder = live.filter(({ dex }) => dex > 0).slice(0, companyMarkets);
    const spot = live.filter(({ kind }) => kind === 'spot').slice(0, companyMarkets);
    const main = live.filter(({ kind, dex }) => kind === 'perp' && dex === 0).slice(0, companyMarkets);
    const agents = agentShare(options);
    return {
      agentWallets: agents.wallets,
      agentRate: agents.tradesPerSecond,
      loadWallets: companyWallets,
      loadRate: tradesPerSecond * companyShare,
      loadMarkets: [...main, ...builder, ...spot],
    };
  }
  const agentWallets = Math.max(fewestAgents, Math.min(mostAgents, Math.round(wallets * 0.3)));
  const agentRate = Math.min(mostAgentTrades, tradesPerSecond / 2);
  return {
    agentWallets,
    agentRate,
    loadWallets: Math.max(companyWallets, wallets - agentWallets),
    loadRate: tradesPerSecond - agentRate,
    loadMarkets: live,
  };
}
