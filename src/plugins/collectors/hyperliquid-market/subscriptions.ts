import type { CollectorContext, Time } from '../../../plugin-api/index.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import type { SocketPool, Subscribed, SubscriptionHandlers } from '../hyperliquid-connection/socket-types.ts';
import type { Collected, Decoded } from '../hyperliquid-messages/collected.ts';
import { decodeBestPrices, decodeBook } from '../hyperliquid-messages/markets.ts';
import { candleSeries } from './candles/candle-series.ts';
import type { Choice, Wanted } from './choose.ts';
import { type CoinTrades, coinTrades } from './coin-trades.ts';
import type { MarketConfig } from './config.ts';
import type { ExchangeTime } from './exchange-time.ts';
import type { GapKeeper } from './gap-keeper.ts';
import type { MarketPrices } from './market-prices.ts';
import type { Takeover } from './takeover.ts';
import type { Market, Universe } from './universe.ts';

/** Keeps what is subscribed to in step with the markets that are chosen. */
export interface Subscriptions {
  /** @param missingSince - exchange time since when an earlier run has brought no trades; undefined where there was none */
  use(choice: Choice, universe: Universe, missingSince?: Time): void;
  /** Lets go of coins that are no longer traded, once their last candles are told. */
  forgetDelisted(): void;
  /** Perpetuals whose trades or contexts are collected. */
  perpetuals(): readonly string[];
}

export interface SubscriptionsOptions {
  readonly config: MarketConfig;
  readonly pool: Pick<SocketPool, 'subscribe'>;
  readonly info: Pick<InfoClient, 'request'>;
  readonly gaps: GapKeeper;
  readonly time: ExchangeTime;
  readonly coins: Map<string, CoinTrades>;
  readonly prices: MarketPrices;
  readonly takeover: Takeover;
  readonly push: (draft: Collected) => void;
  readonly reject: (reason: string) => void;
  /** Told when a message shows that there are other markets than those known. */
  readonly marketsChanged: () => void;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Counts of the less busy markets are compared every six hours; some minutes more are kept. */
const keptAudits = 6.5;

export function createSubscriptions(
  ctx: Pick<CollectorContext<unknown>, 'now' | 'log' | 'random'>,
  options: SubscriptionsOptions,
): Subscriptions {
  const { config, pool, info, gaps, time, coins, prices, takeover, push, reject } = options;
  const held = new Map<string, { readonly wanted: Wanted; readonly subscribed: Subscribed }>();
  const delisted = new Set<string>();
  const low = (signal: AbortSignal) => ({ priority: 'low', signal }) as const;
  let markets = new Map<string, Market>();
  let dexes: readonly string[] = [];
  let missingSince: Time | undefined;

  const idOf = ({ subscription }: Wanted) => JSON.stringify(subscription);

  const makeCoin = (coin: string): CoinTrades => {
    const market = markets.get(coin)!;
    const { now } = ctx;
    const at = time.at(now);
    const series = config.candles
      ? candleSeries({
          coin,
          decimals: market.decimals,
          intervals: config.candleIntervals,
          begin: at - (at % dayMs),
          // Note: what ended shortly before is told as well, so that nothing falls between this and what a restart fetches.
          tellAfter: at - 2 * minuteMs,
          keepMinutes: Math.ceil((keptAudits * config.auditEveryMs) / minuteMs) + 10,
        })
      : undefined;
    // Note: spread over the whole time, so that comparisons do not come in waves.
    const auditAt = now + config.auditEveryMs * (0.5 + ctx.random());
    return coinTrades({ market, series, time, gaps, push, reject, now, auditAt, missingSince });
  };

  const subscribeTrades = (wanted: Wanted): Subscribed => {
    const { coin } = wanted;
    const trades = makeCoin(coin);
    delisted.delete(coin);
    coins.set(coin, trades);
    const subscribed = pool.subscribe(wanted.subscription, {
      data: (data, receivedAt) => trades.data(data, receivedAt),
      replayed: (data, receivedAt) => trades.replayed(data, receivedAt),
      live: () => trades.live(ctx.now),
      outage: outage => trades.outage(outage),
      refused: () => options.marketsChanged(),
    });
    trades.subscribed = subscribed;
    return subscribed;
  };

  /** Subscribes to a stream of states, which requests stand in for. */
  const subscribeState = (
    wanted: Wanted,
    stream: 'mark' | 'book',
    data: SubscriptionHandlers['data'],
    poll: (signal: AbortSignal) => Promise<void>,
  ): Subscribed => {
    const key = wanted.coin === '' ? undefined : wanted.coin;
    const subscribed = pool.subscribe(wanted.subscription, {
      data,
      outage: outage => takeover.outage({ stream, key }, subscribed, outage),
      refused: () => options.marketsChanged(),
    });
    takeover.add({ stream, key, subscribed, poll });
    return subscribed;
  };

  const pushBook = (draft: Decoded): void => {
    if (typeof draft === 'string') reject(draft);
    else push(draft);
  };

  const subscribeBook = (wanted: Wanted, decode: (data: unknown) => Decoded): Subscribed =>
    subscribeState(
      wanted,
      'book',
      data => pushBook(decode(data)),
      async signal => {
        const answer = await info.request({ type: 'l2Book', coin: wanted.coin }, low(signal));
        if (answer !== null) pushBook(decodeBook(answer) as Decoded);
      },
    );

  const pollPerpContexts = async (signal: AbortSignal): Promise<void> => {
    for (const dex of dexes) {
      const body = dex === '' ? {} : { dex };
      const answer = await info.request({ type: 'metaAndAssetCtxs', ...body }, low(signal));
      if (answer === null) continue;
      const names = answer[0].universe.map(({ name }) => name);
      prices.namedContexts(names, answer[1], ctx.now);
    }
  };

  const subscribeContexts = (wanted: Wanted): Subscribed => {
    if (wanted.subscription.type === 'spotAssetCtxs') {
      return subscribeState(
        wanted,
        'mark',
        (data, receivedAt) => prices.spotContexts(data, receivedAt),
        async signal => {
          const answer = await info.request({ type: 'spotMetaAndAssetCtxs' }, low(signal));
          if (answer !== null) prices.spotContexts(answer[1], ctx.now);
        },
      );
    }
    const data = (message: unknown, receivedAt: number) => {
      if (!prices.perpContexts(message, receivedAt)) options.marketsChanged();
    };
    return subscribeState(wanted, 'mark', data, pollPerpContexts);
  };

  const subscribeMids = (wanted: Wanted): Subscribed =>
    subscribeState(
      wanted,
      'mark',
      (data, receivedAt) => prices.mids(data, receivedAt),
      async signal => {
        const { type: _, ...dex } = wanted.subscription;
        prices.mids(await info.request({ type: 'allMids', ...dex }, low(signal)), ctx.now);
      },
    );

  const subscribe = (wanted: Wanted): Subscribed => {
    switch (wanted.stream) {
      case 'trades':
        return subscribeTrades(wanted);
      case 'contexts':
        return subscribeContexts(wanted);
      case 'mids':
        return subscribeMids(wanted);
      case 'bestPrices':
        return subscribeBook(wanted, data => decodeBestPrices(data) as Decoded);
      case 'books':
        return subscribeBook(wanted, data => decodeBook(data) as Decoded);
    }
  };

  const dropTrades = (coin: string, isTraded: boolean): void => {
    const reason = isTraded ? 'others have taken its place' : 'it is no longer traded';
    ctx.log.info('a market is no longer collected', { coin, reason });
    const trades = coins.get(coin);
    if (trades === undefined) return;
    trades.subscribed = undefined;
    // Note: the last candles of a market that has ended are whole; those of one that goes on are not.
    if (isTraded) coins.delete(coin);
    else delisted.add(coin);
  };

  return {
    use(choice, universe, since) {
      missingSince = since;
      markets = new Map(choice.markets.map(market => [market.coin, market]));
      dexes = [...new Set(choice.markets.filter(({ kind }) => kind !== 'spot').map(({ dex }) => dex))];
      const wantedIds = new Set(choice.wanted.map(idOf));
      const listed = new Set(universe.markets.map(({ coin }) => coin));
      for (const [id, { wanted, subscribed }] of held) {
        if (wantedIds.has(id)) continue;
        subscribed.close();
        takeover.remove(subscribed);
        held.delete(id);
        if (wanted.stream === 'trades') dropTrades(wanted.coin, listed.has(wanted.coin));
      }
      for (const wanted of choice.wanted) {
        const id = idOf(wanted);
        if (!held.has(id)) held.set(id, { wanted, subscribed: subscribe(wanted) });
      }
      const byVolume = choice.markets.toSorted((a, b) => b.dayVolumeUsd - a.dayVolumeUsd);
      for (const [rank, { coin }] of byVolume.entries()) {
        const trades = coins.get(coin);
        if (trades !== undefined) trades.rank = rank;
      }
    },
    forgetDelisted() {
      for (const coin of delisted) {
        if ((coins.get(coin)?.series?.openBars ?? 0) > 0) continue;
        coins.delete(coin);
        delisted.delete(coin);
      }
    },
    perpetuals: () => [...markets.values()].filter(({ kind }) => kind !== 'spot').map(({ coin }) => coin),
  };
}
