import { type CollectorContext, gap, trade } from '../../../plugin-api/index.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import type { SocketPool } from '../hyperliquid-connection/socket-types.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { accountDraft, equityOf } from './account-value.ts';
import { keepAsking } from './asking.ts';
import type { TradersConfig } from './config.ts';
import { createLiquidationChecks } from './liquidation-checks.ts';
import { createMarketFacts } from './market-facts.ts';
import { createMissedFills } from './missed-fills.ts';
import { createOrderKeeper } from './orders.ts';
import { createPins } from './pins.ts';
import { createQuestions } from './questions.ts';
import { createRoster } from './roster.ts';
import { createSocketWants } from './socket-wants.ts';
import { createStateReader } from './state-reader.ts';
import { steadyClock } from './steady-clock.ts';
import { dexStateOf, type TraderState } from './trader-state.ts';
import { createVisits } from './visits.ts';
import { createWatchList } from './watch-list.ts';

export interface TradersOptions {
  readonly ctx: CollectorContext<TradersConfig>;
  readonly client: InfoClient;
  readonly pool: SocketPool;
  readonly tell: (drafts: readonly Collected[]) => void;
}

const statusEveryMs = 60_000;

/** Keeps the state of tracked traders up to date until the collector stops. */
export async function followTraders({ ctx, client, pool, tell }: TradersOptions): Promise<void> {
  const { config } = ctx;
  const clock = steadyClock;
  const facts = createMarketFacts({
    ctx,
    client,
    dexes: config.dexes,
    dexesChanged(dexes) {
      for (const trader of roster.all()) for (const dex of dexes) dexStateOf(trader, dex);
    },
  });
  const roster = createRoster({
    now: () => clock.now,
    dexes: facts.dexes,
    surrendered(trader, surrender) {
      if (config.fills && roster.get(trader.address) === trader) liquidations.note(trader, surrender);
    },
  });
  const orders = createOrderKeeper({ ctx, client, perTrader: config.ordersPerTrader, tell });
  const missedFills = createMissedFills({ ctx, clock, client, tell });
  const watchList = createWatchList({
    ...{ ctx, roster, tell },
    dexes: facts.dexes,
    maxRelated: config.maxRelated,
    removed: trader => orders.forget(trader.address),
  });
  const reader = createStateReader({
    ...{ ctx, clock, tell },
    settleMs: config.settleMs,
    quietMs: config.quietMs,
    statementEveryMs: config.statementEveryMs,
    isFollowed: trader => roster.get(trader.address) === trader,
    taken: valued,
    drifted(trader, coins) {
      if (config.fills) missedFills.fetch(trader.address, coins);
    },
  });

  function valued(trader: TraderState): void {
    const equity = equityOf(trader);
    if (equity === undefined) return;
    trader.equity = equity;
    const isDue = clock.now - trader.equityToldAt >= config.accountEveryMs;
    const draft = accountDraft(trader, equity, ctx.now);
    const { accountValue } = draft.payload;
    if (!isDue || accountValue === trader.equityText) return;
    trader.equityToldAt = clock.now;
    trader.equityText = accountValue;
    tell([draft]);
  }

  const worth = (trader: TraderState): number =>
    trader.equity ?? trader.dexes.values().reduce((sum, { accountValue }) => sum + accountValue, 0);
  const isWhale = (trader: TraderState): boolean =>
    trader.tier === 'alert' || worth(trader) >= config.whaleAccountValue;
  const wants = createSocketWants({
    ...{ ctx, clock, config, reader, orders, tell, valued },
    missed: missedFills.ask,
    dexes: facts.dexes,
    prices: facts,
  });
  const pins = createPins({
    ...{ ctx, pool, worth },
    places: config.pinnedUsers,
    traders: () => roster.all(),
    wanted: wants.pin,
  });
  const visits = createVisits({
    ...{ ctx, clock, pool },
    places: config.rotatingUsers,
    visitMs: config.visitMs,
    traders: () => roster.all(),
    isPinned: pins.has,
    wanted: wants.visit,
  });
  const liquidations = createLiquidationChecks({
    ...{ clock, sleep: ctx.sleep, signal: ctx.signal },
    ask: missedFills.ask,
    isTold: pins.has,
  });
  const questions = createQuestions({
    ...{ ctx, clock, client, reader, orders, watchList, valued },
    prices: facts,
  });

  ctx.follow(trade, event => roster.takeTrade(event));
  ctx.follow(gap, ({ payload }) => {
    if (payload.stream !== trade.id || payload.healed) return;
    const coin = payload.scope ?? undefined;
    const holders = roster.suspect(coin);
    missedFills.note({ coin, from: payload.from, to: payload.to });
    ctx.log.info('trades were missed; the traders who may have made them are read again', {
      ...{ coin, holders: holders.length, traders: roster.size },
    });
  });
  watchList.start();

  async function reportStatus(): Promise<void> {
    while (!ctx.signal.aborted) {
      await ctx.sleep(statusEveryMs);
      if (ctx.signal.aborted) return;
      ctx.log.info('tracked traders', {
        followed: roster.size,
        pinned: pins.size,
        ...reader.status(),
        visits: visits.status(),
        missedFills: missedFills.status(),
        oldestStateMs: oldestState(roster.all(), clock.now),
      });
    }
  }

  await Promise.all([
    facts.run(),
    reader.run(),
    missedFills.run(),
    liquidations.run(),
    pins.run(),
    visits.run(),
    keepAsking({
      requestsAtOnce: config.requestsAtOnce,
      traders: () => roster.all(),
      needs: () => ({
        ...{ now: clock.now, config, isWhale },
        dexes: facts.dexes(),
        isVisiting: config.rotatingUsers > 0,
      }),
      ask: questions.ask,
      sleep: ctx.sleep,
      signal: ctx.signal,
    }),
    reportStatus(),
  ]);
}

/** Age in ms of the oldest state of an exchange that a trader uses; undefined while one has never been read. */
function oldestState(traders: Iterable<TraderState>, now: number): number | undefined {
  let oldest = 0;
  for (const trader of traders) {
    for (const { isUsed, askedAt } of trader.dexes.values()) {
      if (!isUsed || trader.isAgent) continue;
      if (askedAt === Number.NEGATIVE_INFINITY) return undefined;
      oldest = Math.max(oldest, now - askedAt);
    }
  }
  return oldest;
}
