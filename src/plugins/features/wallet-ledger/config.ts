import * as z from 'zod';

export const walletLedgerConfig = z.strictObject({
  fundingFromRates: z
    .boolean()
    .default(true)
    .describe('Compute funding from hourly rates for positions that no funding payment is told of.'),
  assumeFlat: z
    .boolean()
    .default(false)
    .describe(
      'Take a position first seen in a trade as complete; true only for a tape that begins with the market.',
    ),
  recentTrades: z
    .number()
    .int()
    .min(4)
    .max(4_096)
    .default(64)
    .describe(
      'Trades per wallet and coin that are remembered, to recognise the fill that tells of the same one.',
    ),
  stableTokens: z
    .array(z.string())
    .default(['USDC', 'USDT0', 'USDH', 'USDE'])
    .describe('Tokens whose fees count as USD.'),
});

export type WalletLedgerConfig = z.output<typeof walletLedgerConfig>;
