import * as z from 'zod';

/** Configuration of `simulated-history`. */
export const historyConfig = z.strictObject({
  seed: z.int().min(0).default(7).describe('The same seed gives the same market.'),
  wallets: z
    .int()
    .min(40)
    .max(2_000)
    .default(220)
    .describe('Wallets at the beginning of the present; later ones at most double them.'),
  tradesPerSecond: z
    .number()
    .min(0.5)
    .max(100)
    .default(8)
    .describe('Mean rate of the agents in the present.'),
  historyDays: z
    .number()
    .min(0.1)
    .max(90)
    .default(65)
    .describe('How many days of thin history come before the present.'),
  present: z
    .int()
    .min(1_000_000_000_000)
    .describe('Where history ends, and a local exchange of the same options begins; ms since 1970.'),
});
