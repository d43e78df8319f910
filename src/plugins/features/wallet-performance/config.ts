import * as z from 'zod';

export const walletPerformanceConfig = z.strictObject({
  riskFreeDailyRate: z
    .number()
    .default(0)
    .describe('Return that excess returns are measured against, per day.'),
  minimumDays: z
    .number()
    .int()
    .min(2)
    .default(7)
    .describe('Whole days from which daily statistics and drawdowns are told; persistence needs one more.'),
  minimumEquityUsd: z
    .number()
    .positive()
    .default(100)
    .describe('Smallest equity that a return is measured against.'),
  accountFreshMs: z
    .number()
    .int()
    .positive()
    .default(86_400_000)
    .describe(
      "How long equity told by the account itself is taken, whatever the exchange's leaderboard says.",
    ),
  greatestLeverage: z
    .number()
    .positive()
    .default(50)
    .describe('Open notional over equity beyond which positions cannot be held and their PnL is not told.'),
  benchmarkCoin: z.string().default('BTC').describe('Coin that daily PnL is correlated with.'),
  dayDelayMs: z
    .number()
    .int()
    .min(0)
    .default(5_000)
    .describe("How long after midnight a day is closed, so that the benchmark's last candle is there."),
});

export type WalletPerformanceConfig = z.output<typeof walletPerformanceConfig>;
