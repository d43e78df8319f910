import { setTimeout as sleep } from 'node:timers/promises';
import type { CollectorContext, candle, Draft, RowOf, TimeRange } from '../../../plugin-api/index.ts';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import { type ExchangeOptions, resolveOptions } from '../../../testing/exchange/options.ts';
import { type Exchange, serveExchange } from '../../../testing/exchange/serve-exchange.ts';
import { createExchangeState } from '../../../testing/exchange/state/create-exchange-state.ts';
import type { WireTrade } from '../../../testing/exchange/state/wire.ts';
import { type CandleInterval, candleLengths } from '../hyperliquid-messages/candles.ts';
import { type MarketConfig, marketConfig } from './config.ts';
import { hyperliquidMarket } from './index.ts';

type Gap = Parameters<CollectorContext<unknown>['gap']>[0];
export interface SnapshotRow {
  readonly t: number;
  readonly o: string;
  readonly h: string;
  readonly l: string;
  readonly c: string;
  readonly v: string;
  readonly n: number;
}

/** A local exchange that keeps a list of all trades it made. */
export interface WatchedExchange extends Exchange {
  readonly trades: readonly WireTrade[];
  /** Its own candles. */
  candles(coin: string, interval: CandleInterval): readonly SnapshotRow[];
  /** Lets exchange time pass up to a second after the next multiple of a length. */
  passTo(length: number, seconds?: number): Promise<void>;
}

export async function watchedExchange(given: ExchangeOptions = {}): Promise<WatchedExchange> {
  const options = resolveOptions({
    seed: 5,
    markets: 'load',
    wallets: 60,
    tradesPerSecond: 40,
    coins: { perps: 6, builder: 6, spot: 4 },
    // Time passes faster here than weight comes back.
    limits: 'off',
    ...given,
  });
  const state = createExchangeState(options);
  const trades: WireTrade[] = [];
  const exchange = await serveExchange(options, {
    ...state,
    get now() {
      return state.now;
    },
    get height() {
      return state.height;
    },
    runUntil(time) {
      const blocks = state.runUntil(time);
      for (const block of blocks) for (const made of block.trades.values()) trades.push(...made);
      return blocks;
    },
  });
  return {
    ...exchange,
    trades,
    candles(coin, interval) {
      const { body } = state.info({
        type: 'candleSnapshot',
        req: { coin, interval, startTime: options.start - 86_400_000, endTime: state.now },
      });
      return body as readonly SnapshotRow[];
    },
    async passTo(length, seconds = 4) {
      const next = (Math.floor(state.now / length) + 1) * length;
      await exchange.advance(next - state.now + seconds * 1_000);
    },
  };
}

/** The collector at work, with all that it tells. */
export interface CollectorAtWork {
  readonly drafts: readonly Draft[];
  readonly gaps: readonly Gap[];
  readonly notes: readonly { readonly message: string; readonly values: unknown }[];
  readonly rejections: readonly unknown[];
  of(ref: string, coin?: string): readonly Draft[];
  stop(): Promise<void>;
}

export function startCollector(
  exchange: Pick<Exchange, 'infoUrl' | 'wsUrl' | 'statsUrl' | 'explorerUrl'>,
  given: Partial<MarketConfig> | Record<string, unknown> = {},
  cursor?: string,
): CollectorAtWork {
  const told = contextFor(exchange, given, cursor);
  const working = (async () => {
    for await (const batch of hyperliquidMarket.collect(told.context as never)) {
      told.drafts.push(...(batch as unknown as readonly Draft[]));
    }
  })();
  working.catch(() => undefined);
  return {
    ...told,
    of: (ref, coin) =>
      told.drafts.filter(draft => draft.ref.id === ref && (coin === undefined || draft.key === coin)),
    async stop() {
      told.abort();
      await working;
    },
  };
}

function contextFor(
  exchange: Parameters<typeof startCollector>[0],
  given: Record<string, unknown>,
  cursor?: string,
) {
  const { infoUrl, wsUrl, statsUrl, explorerUrl } = exchange;
  const config = marketConfig.parse({ infoUrl, wsUrl, statsUrl, explorerUrl, ...given });
  const stop = new AbortController();
  const drafts: Draft[] = [];
  const gaps: Gap[] = [];
  const notes: { message: string; values: unknown }[] = [];
  const rejections: unknown[] = [];
  const note = (message: string, values: unknown) => notes.push({ message, values });
  const context = testCollectorContext(config, {
    signal: stop.signal,
    cursor,
    gap: gap => gaps.push(gap),
    reject: rejection => rejections.push(rejection),
    log: { debug: () => {}, info: note, warn: note, error: note },
  });
  return { context, drafts, gaps, notes, rejections, abort: () => stop.abort() };
}

/** Each candle of the exchange's that ended in an interval beside the last one that the collector told of it. */
export function candlePairs(
  exchange: WatchedExchange,
  collector: Pick<CollectorAtWork, 'of'>,
  { from, to, intervals }: TimeRange & { readonly intervals: readonly CandleInterval[] },
): { readonly told: readonly string[]; readonly exchanges: readonly string[] } {
  const told: string[] = [];
  const exchanges: string[] = [];
  const number = (text: string) => Number(Number(text).toPrecision(12));
  for (const coin of exchange.state.coins) {
    const latest = new Map<string, RowOf<typeof candle>>();
    for (const { payload } of collector.of('candle', coin)) {
      const row = payload as RowOf<typeof candle>;
      latest.set(`${row.interval} ${row.openTime}`, row);
    }
    for (const interval of intervals) {
      for (const row of exchange.candles(coin, interval)) {
        const end = row.t + candleLengths[interval];
        if (end <= from || end > to || row.n === 0) continue;
        const name = `${coin} ${interval} ${new Date(row.t).toISOString()}`;
        exchanges.push(`${name} ${row.o} ${row.h} ${row.l} ${row.c} ${number(row.v)} ${row.n}`);
        const found = latest.get(`${interval} ${row.t}`);
        if (found === undefined) continue;
        const { open, high, low, close, volume, trades } = found;
        told.push(`${name} ${open} ${high} ${low} ${close} ${number(volume)} ${trades}`);
      }
    }
  }
  return { told, exchanges };
}

/** Waits until something holds; fails with what it last was. */
export async function until(what: string, holds: () => boolean, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`expected ${what} within ${withinMs} ms`);
    await sleep(20);
  }
}
