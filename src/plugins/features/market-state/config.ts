import * as z from 'zod';

export const candleIntervals = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
  '3d': 259_200_000,
  '1w': 604_800_000,
} as const;

export type CandleInterval = keyof typeof candleIntervals;
const intervals = Object.keys(candleIntervals) as [CandleInterval, ...CandleInterval[]];

export const marketStateConfig = z
  .strictObject({
    candleInterval: z
      .union([z.enum(intervals), z.literal('finest')])
      .default('1m')
      .describe('Which candles are reported; `finest` takes the shortest that a coin has.'),
    candlesFromTrades: z
      .boolean()
      .default(false)
      .describe('Build the candles from trades; true only for a tape that holds all trades.'),
    candleDelayMs: z
      .number()
      .int()
      .min(0)
      .default(2_000)
      .describe('How long after its end a candle built from trades waits for late trades.'),
    staleAfterMs: z
      .number()
      .int()
      .positive()
      .default(900_000)
      .describe('Age from which a price yields to a fresher one of a lesser kind.'),
    volatilityHours: z
      .number()
      .int()
      .min(1)
      .max(168)
      .default(24)
      .describe('Length of the rolling window of volatility.'),
    warmupMinutes: z.number().int().min(5).default(60).describe('Prices needed before volatility is told.'),
    zClip: z.number().positive().default(3).describe('Standard deviations at which z5 is clipped.'),
  })
  .refine(config => !(config.candlesFromTrades && config.candleInterval === 'finest'), {
    message: 'candlesFromTrades needs one candleInterval; found `finest`; name one, such as `1m`',
  });

export type MarketStateConfig = z.output<typeof marketStateConfig>;
