import type { Subscription } from '../hyperliquid-connection/socket-types.ts';
import type { MarketConfig } from './config.ts';
import type { Market } from './universe.ts';

export type Stream = 'trades' | 'mids' | 'contexts' | 'bestPrices' | 'books';

/** A subscription and what it is for. */
export interface Wanted {
  readonly stream: Stream;
  /** Empty where the subscription is for all markets. */
  readonly coin: string;
  readonly subscription: Subscription;
}

/** What is subscribed to, and what found no room. */
export interface Choice {
  readonly markets: readonly Market[];
  readonly wanted: readonly Wanted[];
  readonly leftOut: readonly Wanted[];
  /** Markets that the configuration names and the exchange does not have. */
  readonly unknown: readonly string[];
}

const ranks: Readonly<Record<Market['kind'], number>> = { perp: 0, builder: 1, spot: 2 };

/** Volumes count as different when one is twice the other, so that markets at the edge do not take each other's place all the time. */
const magnitude = ({ dayVolumeUsd }: Market) => Math.floor(Math.log2(Math.max(1, dayVolumeUsd)));

/** The configured markets, the most important first: those named, perpetuals, builder perpetuals, spot pairs; each by volume. */
export function chooseMarkets(
  all: readonly Market[],
  { universe }: Pick<MarketConfig, 'universe'>,
  held: ReadonlySet<string> = new Set(),
): readonly Market[] {
  const included = new Set(universe.include);
  const excluded = new Set(universe.exclude);
  const byVolume = all
    .filter(({ coin }) => !excluded.has(coin))
    .sort(
      (a, b) =>
        magnitude(b) - magnitude(a) ||
        Number(held.has(b.coin)) - Number(held.has(a.coin)) ||
        b.dayVolumeUsd - a.dayVolumeUsd ||
        (a.coin < b.coin ? -1 : 1),
    );
  const spot = byVolume.filter(({ kind }) => kind === 'spot');
  const busySpot = new Set(spot.slice(0, universe.spot === 'all' ? spot.length : universe.spot));
  const isChosen = (market: Market): boolean => {
    if (included.has(market.coin)) return true;
    if (market.kind === 'perp') return universe.perps;
    if (market.kind === 'spot') return busySpot.has(market);
    return universe.dexes === 'all' || universe.dexes.includes(market.dex);
  };
  const rankOf = (market: Market) => (included.has(market.coin) ? -1 : ranks[market.kind]);
  return byVolume.filter(isChosen).sort((a, b) => rankOf(a) - rankOf(b));
}

/**
 * The subscriptions for the configured streams, as many as fit; those that concern all markets first, then trades, then books.
 */
export function chooseSubscriptions(
  all: readonly Market[],
  config: MarketConfig,
  held: ReadonlySet<string> = new Set(),
): Choice {
  const markets = chooseMarkets(all, config, held);
  const wanted: Wanted[] = [];
  if (config.contexts) {
    wanted.push({ stream: 'contexts', coin: '', subscription: { type: 'allDexsAssetCtxs' } });
    if (markets.some(({ kind }) => kind === 'spot')) {
      wanted.push({ stream: 'contexts', coin: '', subscription: { type: 'spotAssetCtxs' } });
    }
  }
  if (config.mids) {
    wanted.push({ stream: 'mids', coin: '', subscription: { type: 'allMids' } });
    // Note: contexts hold mids, too; each of these would take the room of a market.
    const dexes = new Set(markets.map(({ dex }) => dex).filter(dex => dex !== ''));
    if (!config.contexts) {
      for (const dex of dexes)
        wanted.push({ stream: 'mids', coin: '', subscription: { type: 'allMids', dex } });
    }
  }
  if (config.trades) {
    for (const { coin } of markets) {
      wanted.push({ stream: 'trades', coin, subscription: { type: 'trades', coin } });
    }
  }
  for (const coin of picked(markets, config.bestPrices)) {
    wanted.push({ stream: 'bestPrices', coin, subscription: { type: 'bbo', coin } });
  }
  for (const coin of picked(markets, config.books)) {
    wanted.push({ stream: 'books', coin, subscription: { type: 'l2Book', coin } });
  }
  const room = roomFor(config);
  const known = new Set(all.map(({ coin }) => coin));
  const named = [config.universe.include, config.bestPrices, config.books].flatMap(each =>
    typeof each === 'number' ? [] : each,
  );
  return {
    markets,
    wanted: wanted.slice(0, room),
    leftOut: wanted.slice(room),
    unknown: [...new Set(named)].filter(coin => !known.has(coin)),
  };
}

/** The part of the subscriptions that connections need while they replace one another: one in 20. */
const keptFree = 0.05;

export function roomFor({ subscriptions }: Pick<MarketConfig, 'subscriptions'>): number {
  return Math.max(1, Math.floor(subscriptions * (1 - keptFree)));
}

function picked(markets: readonly Market[], which: number | readonly string[]): readonly string[] {
  const known = markets.map(({ coin }) => coin);
  if (typeof which !== 'number') return which.filter(coin => known.includes(coin));
  return [...markets]
    .sort((a, b) => b.dayVolumeUsd - a.dayVolumeUsd)
    .slice(0, which)
    .map(({ coin }) => coin);
}
