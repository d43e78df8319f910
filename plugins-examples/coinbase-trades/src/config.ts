import { array, number, type output, strictObject, string } from 'zod';

export const config = strictObject({
  /** What is followed. Prices on the tape are in USD, so that only products quoted in dollars can be. */
  products: array(
    string().regex(/^[A-Z0-9]+-(USD|USDC|USDT)$/, {
      error: issue =>
        `expected a product that is quoted in dollars, such as BTC-USD, since prices on the tape are in USD; found ${issue.input}`,
    }),
  )
    .min(1)
    .max(100)
    .refine(products => new Set(products).size === products.length, { error: 'expected each product once' })
    .default(['BTC-USD', 'ETH-USD']),
  feedUrl: string()
    .regex(/^wss?:\/\//, {
      error: 'expected a WebSocket address, such as wss://ws-feed.exchange.coinbase.com',
    })
    .default('wss://ws-feed.exchange.coinbase.com'),
  restUrl: string()
    .regex(/^https?:\/\//, { error: 'expected an HTTP address, such as https://api.exchange.coinbase.com' })
    .default('https://api.exchange.coinbase.com'),
  /** A connection that is silent for so long is taken for dead; each product has a heartbeat a second. */
  silenceMs: number().int().min(50).default(10_000),
  /** The first wait before a new connection; it doubles up to `longestWaitMs`. */
  firstWaitMs: number().int().min(1).default(500),
  longestWaitMs: number().int().min(1).default(30_000),
  /** Trades that did not come are fetched within this time, while later ones wait for them. Then it goes on without. */
  healWithinMs: number().int().min(0).default(30_000),
  /** At most so many pages of 1,000 trades are fetched for one hole. */
  mostPages: number().int().min(1).default(20),
  /** Coinbase grants 600 to an address. */
  requestsPerMinute: number().int().min(1).max(600).default(300),
});

export type CoinbaseConfig = Readonly<output<typeof config>>;
