import { type Behaviour, popularCoin } from './desk.ts';

/** Scalpers trade one small size in and out within moments, all day long. */
export const scalper: Behaviour = desk => {
  const { exchange, account, random } = desk;
  const clipUsd = 500 * 2 ** random.below(5);
  return () => {
    const coin = popularCoin(random, desk.coins);
    if (exchange.positionUsd(account, coin) !== 0) {
      exchange.flatten(account, coin);
      return;
    }
    const drift = exchange.prices.change(coin, exchange.now, desk.pace().tempoMs / 2);
    const side = random.chance(0.65) ? Math.sign(drift) || 1 : -Math.sign(drift) || 1;
    if (exchange.take(account, coin, side * clipUsd) === 0) return;
    exchange.at(exchange.now + desk.pace().tempoMs * random.between(0.05, 0.5), () => {
      exchange.flatten(account, coin);
    });
  };
};
