import type { CollectorContext, Time, TimeRange } from '../../../plugin-api/index.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import { type CandleInterval, candleLengths } from '../hyperliquid-messages/candles.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { candleDraft, candleRow, minuteMs, minutesOf } from './candles/candle-row.ts';
import { joined } from './candles/candle-series.ts';
import type { MarketConfig } from './config.ts';
import { readFunding } from './funding-history.ts';
import type { Market } from './universe.ts';

/** The exchange keeps the last 5,000 bars of each length. */
const keptBars = 4_900;

/** Fetches what came to pass while the collector was not at work, beside the live streams, which do not wait for it. */
export interface Backfill {
  /** Runs until everything has been fetched, or the collector stops. */
  run(markets: readonly Market[]): Promise<void>;
  readonly isDone: boolean;
}

export interface BackfillOptions {
  readonly config: Pick<MarketConfig, 'trades' | 'candles' | 'candleIntervals' | 'fundingHistory'>;
  readonly info: Pick<InfoClient, 'request' | 'pages'>;
  /** In ms; nothing is missing where its beginning is undefined. */
  readonly range: { readonly from: Time | undefined; readonly to: Time };
  readonly push: (drafts: readonly Collected[]) => void;
}

const retryMs = 10_000;

/**
 * Candles that ended and funding rates that were paid meanwhile are fetched, the most important markets first, and their gaps healed.
 * The exchange does not tell trades, books and prices afterwards: their gaps, which the core reports, stay.
 */
export function createBackfill(
  ctx: Pick<CollectorContext<unknown>, 'signal' | 'sleep' | 'log' | 'gap' | 'reject'>,
  { config, info, range: { from, to }, push }: BackfillOptions,
): Backfill {
  let isDone = from === undefined || from >= to;
  const streams: string[] = [];
  if (config.trades && config.candles) streams.push('candle');
  if (config.fundingHistory) streams.push('funding');

  async function fetchMarket(market: Market, range: TimeRange): Promise<void> {
    if (streams.includes('candle')) push(await candlesOf(info, market, range, config));
    if (streams.includes('funding') && market.kind !== 'spot') {
      push(await readFunding(ctx, info, market.coin, range));
    }
  }

  return {
    get isDone() {
      return isDone;
    },
    async run(markets) {
      if (from === undefined || isDone) return;
      const range = { from, to };
      let left = markets;
      while (left.length > 0 && !ctx.signal.aborted) {
        const failed: Market[] = [];
        for (const market of left) {
          if (ctx.signal.aborted) return;
          try {
            await fetchMarket(market, range);
          } catch (error) {
            failed.push(market);
            ctx.log.debug('candles could not be fetched', { coin: market.coin, error: String(error) });
          }
        }
        left = failed;
        if (left.length > 0) await ctx.sleep(retryMs);
      }
      if (ctx.signal.aborted) return;
      isDone = true;
      const reason = 'fetched after a restart';
      for (const stream of streams) ctx.gap({ stream, ...range, reason, healed: true });
    },
  };
}

/** The candles of a market that ended within an interval, oldest first. */
async function candlesOf(
  info: Pick<InfoClient, 'request'>,
  { coin, decimals }: Market,
  { from, to }: TimeRange,
  { candleIntervals }: Pick<MarketConfig, 'candleIntervals'>,
): Promise<readonly Collected[]> {
  const spans = candleIntervals
    .map(interval => ({ interval, ...endedWithin(candleLengths[interval], from, to) }))
    .filter(span => span.end > span.begin);
  // Note: bars of a minute make all longer ones with one request, as far back as the exchange keeps them.
  const oldestMinute = to - keptBars * minuteMs;
  const made = spans.filter(({ begin }) => begin >= oldestMinute);
  const candles: Collected[] = [];
  if (made.length > 0) {
    const begin = Math.min(...made.map(span => span.begin));
    const end = Math.max(...made.map(span => span.end));
    const minutes = minutesOf(await readBars(info, coin, '1m', begin, end), decimals);
    for (const span of made) {
      const length = candleLengths[span.interval];
      for (let openTime = span.begin; openTime < span.end; openTime += length) {
        const bar = joined(minutes, openTime / minuteMs, (openTime + length) / minuteMs);
        if (bar === undefined) continue;
        candles.push(
          candleDraft(bar, { coin, interval: span.interval, openTime, decimals }) as unknown as Collected,
        );
      }
    }
  }
  for (const { interval, begin, end } of spans.filter(span => !made.includes(span))) {
    const kept = Math.max(begin, end - keptBars * candleLengths[interval]);
    for (const raw of await readBars(info, coin, interval, kept, end)) {
      const row = candleRow(raw, decimals);
      if (row === undefined || row.bar.trades === 0 || row.openTime < begin || row.openTime >= end) continue;
      candles.push(
        candleDraft(row.bar, { coin, interval, openTime: row.openTime, decimals }) as unknown as Collected,
      );
    }
  }
  return candles.sort((a, b) => a.tsEvent - b.tsEvent);
}

/** Where the bars of a length that end after `from` and until `to` begin, and where the last of them ends. */
function endedWithin(length: number, from: number, to: number): { begin: number; end: number } {
  return { begin: Math.floor(from / length) * length, end: Math.floor(to / length) * length };
}

async function readBars(
  info: Pick<InfoClient, 'request'>,
  coin: string,
  interval: CandleInterval,
  startTime: number,
  end: number,
): Promise<readonly unknown[]> {
  const req = { coin, interval, startTime, endTime: end - 1 };
  return (await info.request({ type: 'candleSnapshot', req }, { priority: 'low' })) ?? [];
}
