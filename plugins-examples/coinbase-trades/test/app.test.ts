import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from 'hypersonar';
import { defineCollector, draft, trade } from 'hypersonar/plugin';
import { expect, it, vi } from 'vitest';
import coinbaseTrades from '../src/index.ts';
import { firstId, startVenue } from './venue.ts';

/** Another venue with a market of the same name in its own words, the same ids and the same times. */
const otherVenue = defineCollector({
  id: 'other-venue',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Tells one trade of a venue whose ids are words.',
  emits: [trade],
  async *collect(ctx) {
    const coin = 'other:BTC-USD';
    yield draft(trade, {
      key: coin,
      tsEvent: ctx.now,
      dedupe: `${coin}:b7f1-44`,
      payload: {
        ...{ coin, price: '79000', size: '2', takerSide: 'sell' },
        ...{ buyer: null, seller: null, tradeId: null, hash: null },
      },
    });
    while (!ctx.signal.aborted) await ctx.sleep(1_000);
  },
});

const question = `{
  trades(coin: "coinbase:BTC-USD", direction: ASCENDING) {
    ... on TradeConnection {
      nodes { coin price size takerSide buyer seller buyerTrader { address } sellerTrader { address } tradeId hash }
    }
  }
  other: trades(coin: "other:BTC-USD") { ... on TradeConnection { nodes { price tradeId } } }
  coins { ... on CoinConnection { nodes { name marketState { price } } } }
  traders { ... on TraderConnection { nodes { address } } }
  gaps { ... on GapConnection { nodes { stream scope healed } } }
}`;

const nobody = { buyer: null, seller: null, buyerTrader: null, sellerTrader: null, hash: null };

it('runs beside another venue and without Hyperliquid: trades, prices, a hole that was healed, and no trader', async () => {
  const venue = await startVenue({ products: ['BTC-USD'] });
  const { feedUrl, restUrl } = venue;
  const app = await createApp({
    plugins: [coinbaseTrades, otherVenue],
    database: 'pglite-memory://',
    tape: null,
    config: {
      server: { port: 0 },
      log: { level: 'error' },
      plugins: { 'coinbase-trades': { config: { products: ['BTC-USD'], feedUrl, restUrl } } },
    },
  });
  await app.start();
  try {
    const { url } = await app.listen();
    await vi.waitFor(() => expect(venue.connections).toBe(1), { timeout: 20_000 });
    venue.trade('BTC-USD', 1, { lost: true });
    // Note: this one is worth a fraction of a cent. The storage policy leaves it out; its price is known all the same.
    venue.trade('BTC-USD', 1);
    const ask = async (): Promise<unknown> => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: question }),
      });
      return response.json();
    };
    const coin = 'coinbase:BTC-USD';
    const data = {
      trades: {
        nodes: [
          { coin, price: '80003.10', size: '3.50000000', takerSide: 'BUY', tradeId: firstId + 2, ...nobody },
          { coin, price: '80004.10', size: '4.50000000', takerSide: 'SELL', tradeId: firstId + 3, ...nobody },
        ],
      },
      other: { nodes: [{ price: '79000', tradeId: null }] },
      coins: {
        nodes: [
          { name: coin, marketState: { price: 80_005.1 } },
          { name: 'other:BTC-USD', marketState: { price: 79_000 } },
        ],
      },
      traders: { nodes: [] },
      gaps: {
        nodes: [
          { stream: 'trade', scope: coin, healed: true },
          { stream: 'trade', scope: coin, healed: false },
        ],
      },
    };
    await vi.waitFor(async () => expect(await ask()).toEqual({ data }), { timeout: 20_000, interval: 200 });
  } finally {
    await app.stop();
    await venue.stop();
  }
}, 60_000);

it('goes on after an outage of the platform: what was missed is there, once, and no gap is left', async () => {
  const venue = await startVenue({ products: ['BTC-USD'], isLive: true });
  const { feedUrl, restUrl } = venue;
  const folder = await mkdtemp(join(tmpdir(), 'coinbase-trades-'));
  const run = async (work: (app: App) => Promise<void>): Promise<void> => {
    const app = await createApp({
      plugins: [coinbaseTrades],
      database: `pglite://${folder}/database`,
      tape: join(folder, 'tape'),
      config: {
        server: { port: 0 },
        log: { level: 'error' },
        plugins: { 'coinbase-trades': { config: { products: ['BTC-USD'], feedUrl, restUrl } } },
      },
    });
    await app.start();
    try {
      await vi.waitFor(() => expect(venue.connections).toBe(1), { timeout: 20_000 });
      await work(app);
    } finally {
      await app.stop();
    }
  };
  const onTape = async (app: App): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const events of app.tape.read(1)) {
      for (const { type, payload } of events) if (type === 'trade') found.push(String(payload.tradeId));
    }
    return found.sort();
  };
  const ids = (count: number) => Array.from({ length: count }, (_, i) => String(firstId + 2 + i));
  try {
    await run(async app => {
      venue.trade('BTC-USD', 2);
      await vi.waitFor(async () => expect(await onTape(app)).toEqual(ids(3)), { timeout: 10_000 });
    });
    // Note: a shorter interruption is none to the platform.
    await new Promise(resolve => setTimeout(resolve, 2_100));
    venue.trade('BTC-USD', 4);
    await run(async app => {
      venue.trade('BTC-USD', 1);
      await vi.waitFor(async () => expect(await onTape(app)).toEqual(ids(8)), { timeout: 10_000 });
      const { url } = await app.listen();
      const missing = async (): Promise<readonly string[]> => {
        const { data } = (await (await fetch(`${url}/ready`)).json()) as {
          data: readonly { readonly name: string; readonly stale: boolean }[];
        };
        return data.flatMap(({ name, stale }) => (stale ? [name] : []));
      };
      await vi.waitFor(async () => expect(await missing()).toEqual([]), { timeout: 10_000 });
    });
  } finally {
    await venue.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 90_000);
