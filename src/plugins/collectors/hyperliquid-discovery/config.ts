import * as z from 'zod';
import { endpointsSchema } from '../hyperliquid-connection/endpoints.ts';

export const discoveryConfig = z.strictObject({
  ...endpointsSchema,
  /** The markets in which wallets are looked for. MATIC is listed as POL now; one that does not exist costs nothing. */
  coins: z
    .array(z.string().min(1))
    .min(1)
    .default(['BTC', 'ETH', 'SOL', 'AVAX', 'ARB', 'OP', 'MATIC', 'POL']),
  /** Trades below this notional, in USD, make nobody a candidate. */
  minNotionalUsd: z.number().min(0).default(0),
  /** How often it is looked whether a market has gone silent, and what has been met is kept. */
  everyMinutes: z.number().positive().default(15),
  /** A market without trades on the tape for so long has its last trades asked for, */
  silentSeconds: z.number().positive().default(120),
  /** …this often while it stays silent. */
  whileSilentSeconds: z.number().positive().default(60),
  /** Wallets that are remembered at least; twice as many at most. One that was forgotten is met anew. */
  remember: z.int().min(100).max(5_000_000).default(100_000),
});

export type DiscoveryConfig = z.output<typeof discoveryConfig>;
