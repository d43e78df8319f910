import { holdingOf } from '../accounts.ts';
import { type Coin, toTicks } from '../coins.ts';
import { type Behaviour, type Desk, popularCoin, trendOf } from './desk.ts';

const entry = 0.8;
const exit = 0.25;

/** Momentum traders buy what rose and sell what fell, at the market, and leave when the move is over. */
export const momentum: Behaviour = desk => {
  const tempos = desk.random.between(3, 6);
  const share = desk.random.between(0.2, 0.6);
  return () => {
    for (let tries = 0; tries < 4; tries++) {
      const coin = popularCoin(desk.random, desk.coins);
      const trend = trendOf(desk, coin, tempos);
      const held = Math.sign(holdingOf(desk.account, coin).lots);
      if (held !== 0 && trend * held < exit) {
        desk.exchange.flatten(desk.account, coin);
        return;
      }
      if (Math.abs(trend) > entry && held !== Math.sign(trend)) {
        desk.exchange.take(desk.account, coin, Math.sign(trend) * stake(desk, share));
        return;
      }
    }
  };
};

/** Contrarians sell what rose and buy what fell, mostly with patient orders, and leave when the price has come back. */
export const contrarian: Behaviour = desk => {
  const { exchange, account, random } = desk;
  const tempos = random.between(1, 3);
  const share = random.between(0.15, 0.4);
  return () => {
    for (let tries = 0; tries < 4; tries++) {
      const coin = popularCoin(random, desk.coins);
      const trend = trendOf(desk, coin, tempos);
      const held = Math.sign(holdingOf(account, coin).lots);
      if (held !== 0 && trend * held > exit) {
        exchange.flatten(account, coin);
        return;
      }
      if (Math.abs(trend) > entry * 1.3 && held !== -Math.sign(trend)) {
        const usd = -Math.sign(trend) * stake(desk, share);
        if (random.chance(0.6)) restAwhile(desk, coin, usd);
        else exchange.take(account, coin, usd);
        return;
      }
    }
  };
};

/** What a position is worth when it is opened. */
function stake({ exchange, account, random }: Desk, share: number): number {
  return Math.max(0, exchange.equityUsd(account)) * share * random.between(0.6, 1.4);
}

/** Leaves an order just inside the makers' quotes and takes it back after some tempos. */
export function restAwhile(desk: Desk, coin: Coin, usd: number): void {
  const { exchange, account, random } = desk;
  exchange.refresh(coin);
  const side = usd > 0 ? 1 : -1;
  const tick = toTicks(coin, exchange.prices.fair(coin) * (1 - side * random.between(0, 0.0003)));
  const order = exchange.rest(account, coin, side, Math.abs(usd), tick);
  if (order === undefined) return;
  exchange.at(exchange.now + desk.pace().tempoMs * random.between(0.5, 3), () => {
    if (order.lots > 0) exchange.cancel(coin, order);
  });
}
