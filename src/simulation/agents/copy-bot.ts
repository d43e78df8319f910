import type { Account } from '../accounts.ts';
import type { Coin } from '../coins.ts';
import type { Desk } from './desk.ts';

/** Copy bots repeat what one whale does, in proportion to their equity, some moments later. */
export function followWhale(desk: Desk, leader: Account): void {
  const { exchange, account, random } = desk;
  const waiting = new Set<Coin>();
  const delayMs = random.between(400, 2_500);

  function copy(coin: Coin): void {
    waiting.delete(coin);
    const ratio = exchange.equityUsd(account) / Math.max(1, exchange.equityUsd(leader));
    const wanted = exchange.positionUsd(leader, coin) * Math.max(0, ratio);
    const held = exchange.positionUsd(account, coin);
    if (wanted === 0) exchange.flatten(account, coin);
    else if (Math.abs(wanted - held) > Math.max(20, Math.abs(wanted) * 0.03)) {
      exchange.take(account, coin, wanted - held);
    }
  }

  exchange.onTaken((taker, coin) => {
    if (taker !== leader || waiting.has(coin)) return;
    waiting.add(coin);
    exchange.at(exchange.now + delayMs * random.between(0.8, 1.2), () => copy(coin));
  });
}
