import * as z from 'zod';

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be 0x and 40 hexadecimal digits')
  .transform(text => text.toLowerCase());

/** What a token is called, and what one is worth: so many USD, or the price of a market of the exchange. */
const token = z.strictObject({
  symbol: z.string().min(1).max(32),
  decimals: z.int().min(0).max(77),
  price: z
    .union([z.number().min(0), z.string().min(1)])
    .nullable()
    .default(null),
});

export const hyperEvmConfig = z.strictObject({
  /**
   * Where blocks are read, such as `https://rpc.hyperliquid.xyz/evm` or `http://localhost:3001/evm`. One with a key in it belongs
   * into the secret `hyper-evm-rpc-url` instead. Without either nothing is read.
   */
  rpcUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** 998 is the test network. */
  chainId: z.int().positive().default(999),
  /** Whose transfers and calls are told: `tracked` traders, or all `known` ones, that is those whose trades are on the tape. */
  wallets: z.enum(['tracked', 'known']).default('known'),
  /** Wallets besides. */
  addresses: z.array(address).default([]),
  /** How many wallets of the tape are known at least, the last seen ones; twice as many at most. */
  knownWallets: z.int().min(1).default(50_000),
  /** Whether blocks are read whole, which tells what contracts wallets call. It costs a request for each block. */
  transactions: z.boolean().default(true),
  /** Whether each block is told, and not only how far it was read. */
  blocks: z.boolean().default(false),
  /** Blocks that must follow one before it is told. */
  confirmations: z.int().min(0).default(2),
  /** How far it goes back when the chain turns out to have changed, in blocks. */
  reorganisationBlocks: z.int().positive().default(50),
  /** Time between looks for new blocks. */
  pollSeconds: z.number().positive().default(5),
  requestsPerMinute: z.int().positive().default(90),
  /** Further behind than this, only transfers are read, until it has caught up. */
  wholeBlocksWithin: z.int().positive().default(600),
  /** Further behind than this, blocks are skipped, and the hole is told. */
  catchUpBlocks: z.int().positive().default(100_000),
  /** Tokens by contract. What is not listed is told by its address and has no value in USD. */
  tokens: z.record(address, token).default({
    '0x5555555555555555555555555555555555555555': { symbol: 'WHYPE', decimals: 18, price: 'HYPE' },
    '0xb8ce59fc3717ada4c02eadf9682a9e934f625ebb': { symbol: 'USDT0', decimals: 6, price: 1 },
    '0xb88339cb7199b77e23db6e890353e22632ba630f': { symbol: 'USDC', decimals: 6, price: 1 },
  }),
});

export type HyperEvmConfig = z.output<typeof hyperEvmConfig>;
