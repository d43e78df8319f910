import type { RowOf, smartMoneyBias } from '../../../plugin-api/index.ts';
import type { SmartMoneyBiasConfig } from './config.ts';
import { type Action, type Holders, netOf } from './holders.ts';

type BiasRow = RowOf<typeof smartMoneyBias>;
type Contribution = BiasRow['contributions'][number];

export function actionOf(net: number, config: SmartMoneyBiasConfig): Action {
  if (net > config.buyAbove) return 'BUY';
  return net < config.sellBelow ? 'SELL' : 'NEUTRAL';
}

/**
 * The bias of a coin from all its holders at a price, or `undefined` when nobody with a weight holds it.
 *
 * net = (long - short) / (long + short) of the contributions weight x notional / 1 M;
 * confidence = abs(net) x min(1, nEff / 30) x (1 - top share), with nEff = (sum w)^2 / sum w^2 over the weights.
 */
export function biasOf(
  { traders, sizes, weights: held }: Holders,
  price: number,
  config: SmartMoneyBiasConfig,
): BiasRow | undefined {
  let long = 0;
  let short = 0;
  let longTraders = 0;
  let shortTraders = 0;
  let weights = 0;
  let squares = 0;
  let coins = 0;
  let largest = 0;
  const top: Contribution[] = [];
  for (let place = 0; place < traders.length; place++) {
    const size = sizes[place]!;
    const weight = held[place]!;
    if (weight === 0) continue;
    const amount = weight * Math.abs(size);
    if (size > 0) {
      long += amount;
      longTraders++;
    } else {
      short += amount;
      shortTraders++;
    }
    weights += weight;
    squares += weight * weight;
    coins += size;
    if (amount > largest) largest = amount;
    keepLargest(top, traders[place]!, size, weight, price, config);
  }
  const net = netOf(long, short);
  if (net === undefined) return undefined;
  const nEff = (weights * weights) / squares;
  const topShare = Math.min(largest / (long + short), 1);
  return {
    action: actionOf(net, config),
    plain: plainOf(longTraders, shortTraders, config.plainShareAbove),
    net,
    confidence: Math.abs(net) * Math.min(1, nEff / config.fullNEff) * (1 - topShare),
    nEff,
    topShare,
    netExposureUsd: coins * price,
    netExposureCoins: coins,
    longTraders,
    shortTraders,
    price,
    contributions: top,
  };
}

/** The bias of a coin that nobody with a weight holds. */
export function noBias(price: number | null): BiasRow {
  return {
    action: 'NEUTRAL',
    plain: 'MIXED',
    net: 0,
    confidence: 0,
    nEff: 0,
    topShare: 0,
    netExposureUsd: 0,
    netExposureCoins: 0,
    longTraders: 0,
    shortTraders: 0,
    price,
    contributions: [],
  };
}

function plainOf(longTraders: number, shortTraders: number, above: number): BiasRow['plain'] {
  const traders = longTraders + shortTraders;
  if (longTraders / traders > above) return 'LONG';
  return shortTraders / traders > above ? 'SHORT' : 'MIXED';
}

/** Keeps a short list sorted by absolute contribution, ties by address, so that the order of arrival does not matter. */
function keepLargest(
  top: Contribution[],
  trader: string,
  size: number,
  weight: number,
  price: number,
  config: SmartMoneyBiasConfig,
): void {
  const notionalUsd = size * price;
  const contribution = (weight * notionalUsd) / config.contributionUnitUsd;
  let index = top.length;
  while (index > 0 && isBefore(contribution, trader, top[index - 1]!)) index--;
  if (index >= config.contributions) return;
  top.splice(index, 0, { trader, weight, size, notionalUsd, contribution });
  if (top.length > config.contributions) top.pop();
}

function isBefore(contribution: number, trader: string, other: Contribution): boolean {
  const difference = Math.abs(contribution) - Math.abs(other.contribution);
  return difference > 0 || (difference === 0 && trader < other.trader);
}
