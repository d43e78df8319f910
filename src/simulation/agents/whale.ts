import { type Behaviour, trendOf } from './desk.ts';

/** Whales decide seldom, on large positions, and trade them in slices so as not to move the price against themselves. */
export const whale: Behaviour = desk => {
  const { exchange, account, random } = desk;
  let busy = false;

  function target(current: number, trend: number): number {
    const full = Math.max(0, exchange.equityUsd(account)) * random.between(0.08, 0.3);
    if (current === 0) return (random.chance(0.65) ? Math.sign(trend) || 1 : -Math.sign(trend) || 1) * full;
    const choice = random.next();
    if (choice < 0.35) return current * random.between(1.2, 1.6);
    if (choice < 0.6) return current * random.between(0.4, 0.7);
    if (choice < 0.85) return 0;
    return -Math.sign(current) * full;
  }

  return () => {
    if (busy) return;
    const coin = random.pick(desk.coins);
    const current = exchange.positionUsd(account, coin);
    const wanted = target(current, trendOf(desk, coin, 6));
    const change = wanted - current;
    const slices = 4 + random.below(7);
    const largest = coin.depthUsd * 6;
    let left = Math.max(-largest * slices, Math.min(largest * slices, change));
    busy = true;

    function slice(number: number): void {
      const last = number === slices;
      const part = last ? left : (left / (slices - number + 1)) * random.between(0.7, 1.3);
      if (last && wanted === 0) exchange.flatten(account, coin);
      else exchange.take(account, coin, part);
      left -= part;
      busy = !last;
      if (!last) exchange.at(exchange.now + random.between(2_000, 9_000), () => slice(number + 1));
    }
    slice(1);
  };
};
