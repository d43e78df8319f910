import { z } from 'zod';
import type { ConfigInput } from '../../src/core/config.ts';
import { candle, type Draft, defineCollector, draft, fill, trade } from '../../src/plugin-api/index.ts';
import { seededRandom } from './seeded-random.ts';

const coins = ['BTC', 'ETH', 'HYPE'] as const;
const start = Date.UTC(2025, 5, 1);
const minuteMs = 60_000;

type Emitted = typeof trade | typeof fill | typeof candle;

/**
 * A made-up history of a few wallets that trade at random: trades with both fills, and candles of a minute. Small, the same for the
 * same seed on every machine, and independent of the demo's market.
 */
export const generatedMarket = defineCollector({
  id: 'generated-market',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Makes up trades of a few wallets.',
  config: z.strictObject({
    seed: z.int().default(1),
    trades: z.int().default(3_000),
    wallets: z.int().default(40),
  }),
  availability: 'declared',
  emits: [trade, fill, candle],
  async *collect(ctx) {
    const from = ctx.cursor === undefined ? 0 : Number(ctx.cursor);
    let chunk: Draft<Emitted>[] = [];
    let index = 0;
    for (const made of generate(ctx.config)) {
      index++;
      if (index <= from) continue;
      chunk.push({ ...made, cursor: String(index) } as Draft<Emitted>);
      if (chunk.length < 300) continue;
      yield chunk;
      if (ctx.signal.aborted) return;
      chunk = [];
    }
    yield chunk;
  },
});

/** A configuration that runs it; the plugin itself is registered with `plugins: [generatedMarket]`. */
export function generatedSource(config: { readonly seed: number; readonly trades?: number }): ConfigInput {
  return { plugins: { 'generated-market': { config } } };
}

interface Options {
  readonly seed: number;
  readonly trades: number;
  readonly wallets: number;
}

function* generate({ seed, trades, wallets }: Options): Generator<Draft<Emitted>> {
  const random = seededRandom(seed);
  const pick = (below: number): number => Math.floor(random() * below);
  const addresses = Array.from(
    { length: wallets },
    (_, index) => `0x${(index + 1).toString(16).padStart(40, '0')}`,
  );
  const positions = new Map<string, number>();
  const prices = [60_000, 3_000, 30];
  const opens = [...prices];
  let time = start;
  for (let id = 1; id <= trades; id++) {
    const before = time;
    time += Math.floor(random() * random() * 4_000);
    for (let open = Math.floor(before / minuteMs) * minuteMs; open + minuteMs <= time; open += minuteMs) {
      for (const [coinIndex, coin] of coins.entries()) {
        const price = prices[coinIndex]!.toFixed(4);
        const first = opens[coinIndex]!.toFixed(4);
        const [low, high] = [first, price].sort((a, b) => Number(a) - Number(b)) as [string, string];
        const known = open + minuteMs + 2_000 > before ? Math.max(before, open + minuteMs) : open + minuteMs;
        yield draft(candle, {
          key: coin,
          tsEvent: open + minuteMs,
          tsIngest: Math.min(known, time),
          dedupe: `${coin}:1m:${open}`,
          payload: {
            coin,
            interval: '1m',
            openTime: open,
            closeTime: open + minuteMs,
            ...{ open: first, high, low, close: price, volume: '10', trades: null },
          },
        });
        opens[coinIndex] = prices[coinIndex]!;
      }
    }
    const coinIndex = pick(coins.length);
    const coin = coins[coinIndex]!;
    prices[coinIndex] = prices[coinIndex]! * (1 + (random() - 0.5) / 500);
    const buyer = addresses[pick(wallets)]!;
    let seller = addresses[pick(wallets)]!;
    if (seller === buyer) seller = addresses[(addresses.indexOf(buyer) + 1) % wallets]!;
    // Sizes are whole multiples of 1/64, so that sums of them are exact.
    const size = (1 + pick(64)) / 64;
    const takerSide = random() < 0.5 ? 'buy' : 'sell';
    const common = { price: prices[coinIndex]!.toFixed(4), size: String(size) };
    const hash = `0x${id.toString(16).padStart(64, '0')}`;
    const at = { tsEvent: time, tsIngest: time + 50 };
    yield draft(trade, {
      key: coin,
      ...at,
      dedupe: `${coin}:${time}:${id}`,
      payload: { coin, ...common, takerSide, buyer, seller, tradeId: id, hash },
    });
    for (const [user, side] of [
      [buyer, 'buy'],
      [seller, 'sell'],
    ] as const) {
      const held = positions.get(`${user}:${coin}`) ?? 0;
      positions.set(`${user}:${coin}`, side === 'buy' ? held + size : held - size);
      yield draft(fill, {
        key: user,
        ...at,
        dedupe: `${user}:${coin}:${id}`,
        payload: {
          ...{ user, coin, ...common, side, hash, tradeId: id, orderId: id },
          startPosition: String(held),
          crossed: side === takerSide,
          fee: (Number(common.price) * size * 0.0004).toFixed(6),
          feeToken: 'USDC',
          ...{ direction: null, closedPnl: null, twapId: null, liquidatedUser: null },
        },
      });
    }
    time += 50;
  }
}
