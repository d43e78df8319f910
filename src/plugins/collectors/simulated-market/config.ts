import * as z from 'zod';

const day = 86_400_000;
const hour = 3_600_000;

const market = {
  seed: z.int().min(0).default(7).describe('The same seed gives the same market.'),
  wallets: z
    .int()
    .min(40)
    .max(2_000)
    .default(220)
    .describe('Wallets at the beginning of the present; later ones at most double them.'),
  tradesPerSecond: z.number().min(0.5).max(100).default(8).describe('Mean rate in the present.'),
  historyDays: z
    .number()
    .min(0.1)
    .max(90)
    .default(65)
    .describe('How many days of thin history come before the present.'),
};

/** Configuration of `simulated-history`. */
export const historyConfig = z.strictObject({
  ...market,
  present: z
    .int()
    .min(1_000_000_000_000)
    .describe('Where history ends and `simulated-market` goes on, ms since 1970. The same for both.'),
});

/** Configuration of `simulated-market`. */
export const marketConfig = z.strictObject({
  ...market,
  present: z
    .int()
    .min(1_000_000_000_000)
    .optional()
    .describe('Where `simulated-history` ends, ms since 1970; without it, the moment of the first start.'),
});

export type MarketConfig = Readonly<z.output<typeof marketConfig>>;

/** The last part of history is denser than the rest, so that minutes and hours mean something at once. */
export const recentMs = 3 * hour;

export const historyMs = (config: MarketConfig) => config.historyDays * day;
