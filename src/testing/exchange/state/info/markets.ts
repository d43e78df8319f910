import { type Interval, intervals } from '../candle-log.ts';
import { wireDecimal, wireNumber, wireUsd } from '../decimals.ts';
import { aggregate } from '../depth.ts';
import { type Dex, type Market, marginTiers } from '../universe.ts';
import type { World } from '../world.ts';
import { answer, brokenAnswer, dexIn, integerIn, type Responder, rows } from './request.ts';

const growthSince = '2025-11-23T17:37:10.033211662';

/** The answer of `meta` for a dex. */
export function metaOf({ markets, index }: Dex) {
  return {
    universe: markets.map(market => ({
      szDecimals: market.sizeDecimals,
      name: market.coin,
      maxLeverage: market.maxLeverage,
      marginTableId: market.marginTableId,
      ...(market.onlyIsolated ? { onlyIsolated: true, marginMode: 'strictIsolated' } : {}),
      ...(market.isDelisted ? { isDelisted: true } : {}),
      ...(index > 0 ? { growthMode: 'enabled', lastGrowthModeChangeTime: growthSince } : {}),
    })),
    marginTables: [...marginTiers].map(([id, tiers]) => [
      id,
      {
        description: tiers.length === 1 ? '' : `tiered ${tiers[0]!.leverage}x`,
        marginTiers: tiers.map(({ from, leverage }) => ({
          lowerBound: wireDecimal(from, 0),
          maxLeverage: leverage,
        })),
      },
    ]),
    collateralToken: 0,
  };
}

/** The middle of a book as the wire writes it. */
export function midText(world: World, market: Market): string | undefined {
  const doubled = world.doubleMidOf(market);
  return doubled === undefined ? undefined : wireDecimal(doubled * 5, market.priceDecimals + 1);
}

/** The present hourly rate of a perp and the premium that it follows from. */
export function contextOf(world: World, market: Market) {
  const { venue } = world;
  const price = (tick: number) => wireDecimal(tick, market.priceDecimals);
  const mid = market.isDelisted ? undefined : midText(world, market);
  const { bids, asks } = market.isDelisted ? { bids: [], asks: [] } : world.depthOf(market, 1);
  const [bid] = bids;
  const [ask] = asks;
  const { rate, premium } = world.funding.estimate(market);
  return {
    funding: market.isDelisted ? '0.0' : wireNumber(rate, 10),
    openInterest: wireDecimal(venue.book.openInterest[market.index]!, market.sizeDecimals),
    prevDayPx: price(venue.turnover.previousTick(market.index) ?? market.startTick),
    dayNtlVlm: wireUsd(venue.turnover.dayMicro(market.index)),
    premium: mid === undefined ? null : premium,
    oraclePx: price(venue.oracles[market.index]!),
    markPx: price(venue.marks[market.index]!),
    midPx: mid ?? null,
    impactPxs: bid === undefined || ask === undefined ? null : [bid.px, ask.px],
    dayBaseVlm: wireDecimal(venue.turnover.dayLots(market.index), market.sizeDecimals),
  };
}

export function spotMetaOf({ venue }: World) {
  return {
    universe: venue.universe.spot.map(({ base, coin, place }) => ({
      tokens: [base!.index, 0],
      name: coin,
      index: place,
      isCanonical: base!.isCanonical,
    })),
    tokens: venue.universe.tokens.map(token => ({
      name: token.name,
      szDecimals: token.sizeDecimals,
      weiDecimals: token.weiDecimals,
      index: token.index,
      tokenId: token.tokenId,
      isCanonical: token.isCanonical,
      evmContract: null,
      fullName: null,
      deployerTradingFeeShare: '0.0',
    })),
  };
}

export function spotContextOf(world: World, market: Market) {
  const { venue } = world;
  const price = (tick: number) => wireDecimal(tick, market.priceDecimals);
  const supply = wireDecimal(market.base!.supply, 0);
  return {
    prevDayPx: price(venue.turnover.previousTick(market.index) ?? market.startTick),
    dayNtlVlm: wireUsd(venue.turnover.dayMicro(market.index)),
    markPx: price(venue.marks[market.index]!),
    midPx: midText(world, market) ?? null,
    circulatingSupply: supply,
    coin: market.coin,
    totalSupply: supply,
    dayBaseVlm: wireDecimal(venue.turnover.dayLots(market.index), market.sizeDecimals),
  };
}

/** Contexts of the spot pairs, in another order than the universe, as on the real exchange. */
export function spotContexts(world: World) {
  const { spot } = world.venue.universe;
  const half = Math.floor(spot.length / 2);
  return [...spot.slice(0, 40), ...spot.slice(40, half).reverse(), ...spot.slice(Math.max(40, half))].map(
    market => spotContextOf(world, market),
  );
}

/** Middles by coin; an empty book falls back to its last trade. */
export function midsOf(world: World, dex: Dex): Record<string, string> {
  const mids: Record<string, string> = {};
  const { universe, lastTicks } = world.venue;
  for (const market of dex.index === 0 ? [...dex.markets, ...universe.spot] : dex.markets) {
    const mid = market.isDelisted ? undefined : midText(world, market);
    mids[market.coin] = mid ?? wireDecimal(lastTicks[market.index]!, market.priceDecimals);
  }
  return mids;
}

/** The answer of `l2Book`, and the data of its frames. */
export function bookOf(
  world: World,
  market: Market,
  options: { figures?: number; mantissa?: number; levels?: number },
) {
  const levels = options.levels ?? 20;
  const depth =
    options.figures === undefined
      ? world.depthOf(market, levels)
      : aggregate(world.depthOf(market, 400), options.figures, options.mantissa ?? 1);
  return {
    coin: market.coin,
    time: world.venue.now,
    levels: [depth.bids.slice(0, levels), depth.asks.slice(0, levels)],
  };
}

const l2Book: Responder = (request, world) => {
  const { coin, nSigFigs, mantissa } = request;
  if (typeof coin !== 'string') return undefined;
  const figures = integerIn(nSigFigs, 0);
  const step = integerIn(mantissa, 0);
  if (figures === undefined || step === undefined) return undefined;
  if (step === 1) return brokenAnswer;
  if ((figures !== 0 && (figures < 2 || figures > 5)) || ![0, 2, 5].includes(step)) return undefined;
  if (step !== 0 && figures !== 5) return undefined;
  const market = world.venue.universe.byCoin(coin);
  if (market === undefined || market.isDelisted) return answer(null);
  return answer(bookOf(world, market, figures === 0 ? {} : { figures, mantissa: step === 0 ? 1 : step }));
};

const candleSnapshot: Responder = (request, world) => {
  const wanted = request.req;
  if (typeof wanted !== 'object' || wanted === null) return undefined;
  const { coin, interval, startTime, endTime } = wanted as Record<string, unknown>;
  const from = integerIn(startTime, -1);
  const to = integerIn(endTime, Number.MAX_SAFE_INTEGER);
  if (typeof coin !== 'string' || from === undefined || from < 0 || to === undefined) return undefined;
  if (!intervals.includes(interval as Interval)) return undefined;
  const market = world.venue.universe.byCoin(coin);
  if (market === undefined) return brokenAnswer;
  return rows(world.venue.candles.between(market, interval as Interval, from, to));
};

const recentTrades: Responder = ({ coin }, world) => {
  if (typeof coin !== 'string') return undefined;
  const market = world.venue.universe.byCoin(coin);
  if (market === undefined) return brokenAnswer;
  return rows(world.venue.tradesOf(market).slice(-10).reverse());
};

export const marketResponders: Readonly<Record<string, Responder>> = {
  meta: (request, world) => {
    const dex = dexIn(request, world);
    return dex === undefined ? brokenAnswer : answer(metaOf(dex));
  },
  allPerpMetas: (_, world) => answer(world.venue.universe.dexes.map(metaOf)),
  metaAndAssetCtxs: (request, world) => {
    const dex = dexIn(request, world);
    if (dex === undefined) return brokenAnswer;
    return answer([metaOf(dex), dex.markets.map(market => contextOf(world, market))]);
  },
  spotMeta: (_, world) => answer(spotMetaOf(world)),
  spotMetaAndAssetCtxs: (_, world) => answer([spotMetaOf(world), spotContexts(world)]),
  allMids: (request, world) => {
    const dex = dexIn(request, world);
    return dex === undefined ? brokenAnswer : answer(midsOf(world, dex));
  },
  l2Book,
  candleSnapshot,
  recentTrades,
  exchangeStatus: (_, world) => answer({ time: world.venue.now, specialStatuses: null }),
};
