import type { Coin } from '../coins.ts';
import type { Behaviour } from './desk.ts';

const entryPremium = 0.00035;

/**
 * Arbitrageurs sell a perpetual that stands above its oracle and buy one that stands below, always the same stake, so that
 * they turn from long to short and back in many coins; half of them trade the difference between two coins instead.
 */
export const arbitrageur: Behaviour = desk => {
  const { exchange, account, random } = desk;
  const stakeUsd = exchange.equityUsd(account) * random.between(0.02, 0.06);
  const paired = random.chance(0.5);

  function bring(coin: Coin, wanted: number): void {
    const change = wanted - exchange.positionUsd(account, coin);
    if (Math.abs(change) > stakeUsd * 0.5) exchange.take(account, coin, change);
  }

  return () => {
    const first = random.pick(desk.coins);
    const premium = exchange.prices.premium(first);
    if (!paired) {
      if (Math.abs(premium) > entryPremium) bring(first, -Math.sign(premium) * stakeUsd);
      return;
    }
    const second = random.pick(desk.coins.filter(coin => coin !== first));
    const spread = premium - exchange.prices.premium(second);
    if (Math.abs(spread) < entryPremium * 1.4) return;
    bring(first, -Math.sign(spread) * stakeUsd);
    bring(second, Math.sign(spread) * stakeUsd);
  };
};
