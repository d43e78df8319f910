import * as z from 'zod';
import { endpointsSchema } from '../hyperliquid-connection/endpoints.ts';

const coins = z.array(z.string().min(1).max(100));
const chosen = (subject: string, standard: number) =>
  z
    .union([z.int().min(0).max(1_000), coins])
    .default(standard)
    .describe(`${subject}: the busiest so many, or by name.`);

export const candleIntervals = ['1m', '5m', '15m', '1h', '4h', '1d'] as const;

/** Configuration of `hyperliquid-market`. */
export const marketConfig = z.strictObject({
  ...endpointsSchema,
  universe: z
    .strictObject({
      perps: z.boolean().default(true).describe('The perpetuals of the main exchange.'),
      dexes: z
        .union([z.literal('all'), z.array(z.string().regex(/^[a-z0-9]{1,16}$/))])
        .default('all')
        .describe(
          'Builder exchanges whose perpetuals are collected: all, or by name; an empty list for none.',
        ),
      spot: z
        .union([z.literal('all'), z.int().min(0)])
        .default('all')
        .describe('Spot pairs: all, or so many with the largest volume of the last day.'),
      include: coins.default([]).describe('Markets that are collected besides, before all others.'),
      exclude: coins.default([]).describe('Markets that are not collected.'),
    })
    .prefault({})
    .describe('Which markets are collected.'),
  trades: z.boolean().default(true).describe('The public tape.'),
  candles: z
    .boolean()
    .default(true)
    .describe('Completed candles, built from trades and compared with the exchange’s; needs `trades`.'),
  candleIntervals: z
    .array(z.enum(candleIntervals))
    .min(1)
    .default([...candleIntervals])
    .describe('Their lengths.'),
  books: chosen('Markets whose order books are collected', 20),
  bestPrices: chosen('Markets whose best bid and ask are collected', 10),
  mids: z.boolean().default(true).describe('Mid prices of all markets, as they change.'),
  contexts: z
    .boolean()
    .default(true)
    .describe('Mark and oracle prices, open interest, the ticker of 24 h and live funding rates.'),
  fundingHistory: z.boolean().default(true).describe('Funding rates that were paid, each 8 h.'),
  connections: z
    .int()
    .min(1)
    .max(9)
    .default(5)
    .describe('Sockets that subscriptions are spread over; one more is opened while one is replaced.'),
  subscriptions: z
    .int()
    .min(1)
    .max(1_000)
    .default(960)
    .describe(
      'Of the 1,000 subscriptions that the exchange allows to an address, those that may be used here.',
    ),
  universeEveryMs: z.int().min(1_000).default(600_000).describe('How often new markets are looked for.'),
  midsEveryMs: z.int().min(0).default(1_000).describe('The least time between two mid prices of a market.'),
  contextsEveryMs: z
    .int()
    .min(0)
    .default(60_000)
    .describe('The least time between two tickers, contexts and live funding rates of a market.'),
  candleGraceMs: z
    .int()
    .min(0)
    .default(2_000)
    .describe('How long after its end a candle waits for late trades.'),
  repairAfterMs: z
    .int()
    .min(0)
    .default(5_000)
    .describe('How long after its end a minute is asked for, where trades of it may be missing.'),
  giveUpRepairMs: z
    .int()
    .min(60_000)
    .default(21_600_000)
    .describe(
      'How long minutes with missing trades wait for the exchange’s answer before they are given up.',
    ),
  auditEveryMs: z
    .int()
    .min(1_000)
    .default(3_600_000)
    .describe(
      'How often counts are compared with the exchange’s candles, of the busiest markets; 6 times as rarely of others.',
    ),
  auditBusiest: z.int().min(0).default(100).describe('How many markets count as the busiest.'),
  pollEveryMs: z
    .int()
    .min(1_000)
    .default(15_000)
    .describe('How often prices are asked for by request while their socket is down.'),
});

export type MarketConfig = Readonly<z.output<typeof marketConfig>>;
