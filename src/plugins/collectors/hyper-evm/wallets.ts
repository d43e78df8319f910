import { type CollectorContext, trade, tradersOf } from '../../../plugin-api/index.ts';
import type { HyperEvmConfig } from './config.ts';

/** Whose transfers are told. */
export interface Wallets {
  has(address: string): boolean;
}

/** Follows who is tracked, or whose trades are on the tape, besides the wallets that the configuration names. */
export function followWallets(
  ctx: Pick<CollectorContext<HyperEvmConfig>, 'config' | 'tracked' | 'follow'>,
): Wallets {
  const { wallets, addresses, knownWallets } = ctx.config;
  const named = new Set(addresses);
  let young = new Set<string>();
  let old = new Set<string>();
  const meet = (address: string): void => {
    if (young.has(address)) return;
    // Note: two generations, so that memory is bounded and who trades stays known.
    if (young.size >= knownWallets) {
      old = young;
      young = new Set();
    }
    young.add(address);
  };
  if (wallets === 'known') {
    ctx.follow(trade, ({ payload }) => {
      for (const wallet of tradersOf(payload)) meet(wallet);
    });
  }
  return {
    has: address => named.has(address) || young.has(address) || old.has(address) || ctx.tracked.has(address),
  };
}
