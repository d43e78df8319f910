import type { CollectorContext, candle, Draft, funding, TimeRange } from '../../../plugin-api/index.ts';
import { resolveEndpoints } from '../hyperliquid-connection/endpoints.ts';
import { createInfoClient } from '../hyperliquid-connection/info-client.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import { type CandleInterval, candleLengths } from '../hyperliquid-messages/candles.ts';
import { asDrafts, type Collected } from '../hyperliquid-messages/collected.ts';
import { candleDraft, candleRow, minuteMs, minutesOf } from './candles/candle-row.ts';
import { joined } from './candles/candle-series.ts';
import { chooseMarkets } from './choose.ts';
import type { MarketConfig } from './config.ts';
import { readFunding } from './funding-history.ts';
import { type Market, readUniverse } from './universe.ts';

/** The exchange keeps the last 5,000 bars of each length. */
const keptBars = 4_900;

/**
 * Fetches the candles that ended, and the funding rates that were paid, in an interval. The trades of it cannot be fetched: their
 * gap stays.
 */
export async function* backfill(
  ctx: CollectorContext<MarketConfig>,
  range: TimeRange,
): AsyncGenerator<readonly Draft<typeof candle | typeof funding>[]> {
  const { config } = ctx;
  const info = createInfoClient(ctx, resolveEndpoints(config));
  const universe = await readUniverse(info, () => 0, 'normal');
  for (const stream of ['trade', 'book', 'mark', 'ticker']) {
    ctx.gap({ stream, ...range, reason: 'the exchange does not tell it afterwards' });
  }
  for (const market of chooseMarkets(universe.markets, config)) {
    if (ctx.signal.aborted) return;
    try {
      if (config.trades && config.candles) yield asDrafts(await candlesOf(info, market, range, config));
      if (config.fundingHistory && market.kind !== 'spot') {
        yield asDrafts(await readFunding(ctx, info, market.coin, range));
      }
    } catch (error) {
      if (ctx.signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      for (const stream of ['candle', 'funding']) ctx.gap({ stream, key: market.coin, ...range, reason });
    }
  }
}

/** The candles of a market that ended within an interval, oldest first. */
async function candlesOf(
  info: InfoClient,
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
  info: InfoClient,
  coin: string,
  interval: CandleInterval,
  startTime: number,
  end: number,
): Promise<readonly unknown[]> {
  const req = { coin, interval, startTime, endTime: end - 1 };
  return (await info.request({ type: 'candleSnapshot', req }, { priority: 'low' })) ?? [];
}
