import type { CollectorContext } from '../../../plugin-api/index.ts';
import { resolveEndpoints } from '../hyperliquid-connection/endpoints.ts';
import { createInfoClient } from '../hyperliquid-connection/info-client.ts';
import { createSocketPool } from '../hyperliquid-connection/socket-pool.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { createBackfill } from './backfill.ts';
import { candleChecks } from './candle-checks.ts';
import { chooseSubscriptions, roomFor } from './choose.ts';
import { type CoinTrades, underwayMs } from './coin-trades.ts';
import type { MarketConfig } from './config.ts';
import { exchangeTime } from './exchange-time.ts';
import { fundingEveryMs, nextFundingTime, readFunding } from './funding-history.ts';
import { gapKeeper } from './gap-keeper.ts';
import { marketPrices } from './market-prices.ts';
import { createOutbox } from './outbox.ts';
import { createSubscriptions } from './subscriptions.ts';
import { takeover } from './takeover.ts';
import { readUniverse, type Universe } from './universe.ts';

/** All that runs while the collector does. */
export interface Running {
  batches(): AsyncGenerator<readonly Collected[]>;
  close(): Promise<void>;
}

const lookMs = 1_000;
const settleMs = 250;
/** A universe that cannot be read is asked for again after this time. */
const retryMs = 10_000;
/** After a sign of new markets, they are looked for at once, but not more often than this. */
const leastRefreshMs = 60_000;

export function createMarket(ctx: CollectorContext<MarketConfig>): Running {
  const { config } = ctx;
  const endpoints = resolveEndpoints(config);
  const info = createInfoClient(ctx, endpoints);
  const pool = createSocketPool(ctx, {
    wsUrl: endpoints.wsUrl,
    connections: config.connections,
    limits: {
      connections: config.connections + 1,
      newConnectionsPerMinute: 20,
      subscriptions: config.subscriptions,
      users: 0,
      framesPerMinute: 1_500,
    },
  });
  const outbox = createOutbox(ctx, { full: dropped });
  const gaps = gapKeeper(ctx, outbox.wake);
  const time = exchangeTime();
  const coins = new Map<string, CoinTrades>();
  const push = outbox.push;
  const reject = (reason: string) => ctx.reject({ source: endpoints.wsUrl, reason });
  const prices = marketPrices({
    midsEveryMs: config.midsEveryMs,
    contextsEveryMs: config.contextsEveryMs,
    withMids: config.mids,
    withContexts: config.contexts,
    push,
    reject,
  });
  const requests = takeover(ctx, { gaps, pollEveryMs: config.pollEveryMs });
  const checks = candleChecks(ctx, {
    config,
    info,
    time,
    gaps,
    coins: () => coins.values(),
    push: outbox.pushAll,
  });
  const subscriptions = createSubscriptions(ctx, {
    config,
    pool,
    info,
    gaps,
    time,
    coins,
    prices,
    takeover: requests,
    push,
    reject,
    marketsChanged: () => {
      refreshAt = Math.min(refreshAt, Math.max(ctx.now, refreshedAt + leastRefreshMs));
    },
  });
  const since = ctx.cursor === undefined ? undefined : Number(ctx.cursor);
  const backfill = createBackfill(ctx, {
    config,
    info,
    range: { from: since, to: ctx.now },
    push: drafts => {
      outbox.pushAll(drafts);
      outbox.wake();
    },
  });
  if (since !== undefined && config.trades) {
    // Note: what was on its way at the end has come to nobody, in markets that have been delisted since, too.
    const from = Math.floor(since - underwayMs);
    gaps.open({ stream: 'trade', from, to: Math.max(since, ctx.now), reason: 'not running' });
  }
  let refreshAt = 0;
  let refreshedAt = 0;
  let fundingAt = nextFundingTime(ctx.now);
  let wasLeftOut = '';

  function dropped(ref: string, from: number, to: number): void {
    ctx.log.error('events were dropped: the platform did not take them in fast enough', { ref, from, to });
    gaps.open({
      stream: ref,
      // Note: what was dropped first had been on its way for a while.
      from: Math.floor(time.at(from)) - underwayMs,
      to: Math.ceil(time.at(to)) + 1,
      reason: 'the platform did not take them in fast enough',
    });
  }

  /** Candles begin by the exchange's clock, which is asked for before the first of its messages tells it. */
  async function readClock(): Promise<void> {
    const status = await info.request({ type: 'exchangeStatus' }, { priority: 'urgent' });
    if (status !== null) time.heard(status.time, ctx.now);
  }

  async function refresh(): Promise<void> {
    let universe: Universe;
    try {
      if (refreshedAt === 0) await readClock();
      // Note: without it there is no tape at all.
      universe = await readUniverse(info, prices.volumeOf, refreshedAt === 0 ? 'urgent' : 'high');
    } catch (error) {
      if (ctx.signal.aborted) return;
      ctx.log.warn('the markets of the exchange cannot be read; they are asked for again', {
        url: endpoints.infoUrl,
        error: error instanceof Error ? error.message : String(error),
      });
      refreshAt = ctx.now + retryMs;
      return;
    }
    const isFirst = refreshedAt === 0;
    refreshedAt = ctx.now;
    refreshAt = ctx.now + config.universeEveryMs;
    const choice = chooseSubscriptions(universe.markets, config, new Set(coins.keys()));
    prices.use(universe, new Set(choice.markets.map(({ coin }) => coin)));
    subscriptions.use(choice, universe, isFirst ? since : undefined);
    say(choice);
    if (isFirst) backfill.run(choice.markets).then(outbox.wake, outbox.fail);
  }

  function say({ markets, wanted, leftOut, unknown }: ReturnType<typeof chooseSubscriptions>): void {
    const text = JSON.stringify([leftOut.map(({ stream, coin }) => [stream, coin]), unknown]);
    if (text === wasLeftOut) return;
    wasLeftOut = text;
    ctx.log.info('markets are subscribed to', { markets: markets.length, subscriptions: wanted.length });
    if (leftOut.length > 0) {
      ctx.log.warn('not everything that is configured fits into the subscriptions of the exchange', {
        room: roomFor(config),
        wanted: wanted.length + leftOut.length,
        leftOut: leftOut.length,
        first: leftOut.slice(0, 20).map(({ stream, coin }) => `${stream} ${coin}`),
        hint: 'Raise `subscriptions` (of 1,000 of the address), or collect less: universe, books, bestPrices.',
      });
    }
    if (unknown.length > 0)
      ctx.log.warn('the exchange has no such markets', { markets: unknown.slice(0, 20) });
  }

  async function universeTask(): Promise<void> {
    while (!ctx.signal.aborted) {
      if (ctx.now >= refreshAt) await refresh();
      await ctx.sleep(lookMs);
    }
  }

  async function candleTask(): Promise<void> {
    while (!ctx.signal.aborted) {
      await ctx.sleep(settleMs);
      const until = time.at(ctx.now) - config.candleGraceMs;
      for (const { series } of coins.values()) {
        if (series !== undefined) outbox.pushAll(series.settle(until) as unknown as readonly Collected[]);
      }
      checks.step();
    }
  }

  async function lookTask(): Promise<void> {
    while (!ctx.signal.aborted) {
      await ctx.sleep(lookMs);
      const { now } = ctx;
      for (const coin of coins.values()) coin.look(now);
      subscriptions.forgetDelisted();
      requests.look(now);
    }
  }

  async function fundingTask(): Promise<void> {
    while (!ctx.signal.aborted) {
      await ctx.sleep(Math.min(60_000, Math.max(1_000, fundingAt - ctx.now)));
      if (ctx.signal.aborted || ctx.now < fundingAt) continue;
      const range = { from: fundingAt - fundingEveryMs - 600_000, to: ctx.now };
      fundingAt = nextFundingTime(ctx.now);
      for (const coin of subscriptions.perpetuals()) {
        if (ctx.signal.aborted) return;
        try {
          outbox.pushAll(await readFunding(ctx, info, coin, range));
        } catch (error) {
          if (ctx.signal.aborted) return;
          gaps.open({ stream: 'funding', key: coin, ...range, reason: String(error) });
        }
      }
    }
  }

  /** Up to when nothing is missing that can be fetched: where a restart goes on. */
  function cursor(): string {
    if (!backfill.isDone) return String(since);
    // Note: a candle of the last moments waits for late trades, and has been told to nobody.
    let whole = time.at(ctx.now) - config.candleGraceMs - 1_000;
    // Note: a hole that has not ended is not told yet.
    for (const { subscribed, brokenSince } of coins.values()) {
      if (subscribed !== undefined) whole = Math.min(whole, brokenSince ?? whole);
    }
    return String(Math.floor(whole));
  }

  async function* batches(): AsyncGenerator<readonly Collected[]> {
    for await (const drafts of outbox.batches()) {
      const last = drafts.at(-1);
      if (last !== undefined) last.cursor = cursor();
      yield drafts;
    }
  }

  const tasks = [universeTask(), lookTask()];
  if (config.trades && config.candles) tasks.push(candleTask());
  if (config.fundingHistory) tasks.push(fundingTask());
  for (const task of tasks) task.catch(outbox.fail);

  return {
    batches,
    async close() {
      await pool.close();
    },
  };
}
