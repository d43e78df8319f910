import { type Behaviour, popularCoin } from './desk.ts';

/** Holders buy a few times and then sit still. */
export const holder: Behaviour = desk => {
  const { exchange, account, random } = desk;
  const coin = popularCoin(random, desk.coins);
  const share = random.between(0.3, 0.8);
  let purchases = 2 + random.below(3);
  const part = share / purchases;
  return () => {
    if (purchases === 0) return;
    purchases--;
    exchange.take(account, coin, exchange.equityUsd(account) * part);
  };
};
