import { type Behaviour, popularCoin } from './desk.ts';
import { restAwhile } from './trend.ts';

/** Retail traders follow no plan: mostly long, now and then far too large for their account. */
export const retail: Behaviour = desk => {
  const { exchange, account, random } = desk;
  const gambler = random.chance(0.15);
  const patience = random.between(0, 0.6);
  const usualLeverage = gambler ? random.between(8, 25) : random.between(0.3, 3);
  return () => {
    const coin = popularCoin(random, desk.coins);
    const equity = exchange.equityUsd(account);
    if (equity < 25) return;
    const held = exchange.positionUsd(account, coin);
    if (held !== 0 && random.chance(0.6)) {
      if (random.chance(0.7)) exchange.flatten(account, coin);
      else exchange.take(account, coin, -held * random.between(0.3, 0.7));
      return;
    }
    const side = random.chance(0.57) ? 1 : -1;
    const usd = side * equity * usualLeverage * random.between(0.1, 0.5);
    if (random.chance(patience)) restAwhile(desk, coin, usd);
    else exchange.take(account, coin, usd);
  };
};
