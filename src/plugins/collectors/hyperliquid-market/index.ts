import {
  book,
  type CollectorContext,
  candle,
  type Draft,
  defineCollector,
  funding,
  mark,
  ticker,
  trade,
} from '../../../plugin-api/index.ts';
import { asDrafts } from '../hyperliquid-messages/collected.ts';
import { type MarketConfig, marketConfig } from './config.ts';
import { createMarket } from './market.ts';

const emits = [trade, candle, book, mark, ticker, funding] as const;

/** Collects the public data of Hyperliquid's markets. */
export const hyperliquidMarket = defineCollector({
  id: 'hyperliquid-market',
  version: '1.0.0',
  api: '^1.0.0',
  doc: "Collects Hyperliquid's public tape, candles, order books, prices, open interest and funding rates, live.",
  config: marketConfig,
  emits,
  collect,
});

async function* collect(
  ctx: CollectorContext<MarketConfig>,
): AsyncGenerator<readonly Draft<(typeof emits)[number]>[]> {
  const market = createMarket(ctx);
  try {
    for await (const drafts of market.batches()) yield asDrafts<(typeof emits)[number]>(drafts);
  } finally {
    await market.close();
  }
}
