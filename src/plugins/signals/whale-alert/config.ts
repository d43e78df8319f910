import * as z from 'zod';

const timing = (expiresAfterMs: number, cooldownMs: number) =>
  z
    .strictObject({
      /** How long an alert stays worth reading. */
      expiresAfterMs: z.int().positive().default(expiresAfterMs),
      /** How long the same happening raises no second one. */
      cooldownMs: z.int().min(0).default(cooldownMs),
    })
    .prefault({});

const minute = 60_000;

/** Every number of the whale alerts. Money in USD, times in ms. */
export const whaleAlertConfig = z.strictObject({
  /** Account value from which a wallet is a whale, and from which an alpha whale. */
  whaleAccountValue: z.number().positive().default(10_000_000),
  alphaWhaleAccountValue: z.number().positive().default(20_000_000),
  /**
   * An account value that was told longer ago is not known any more, in hours. Eight days: sources of the past tell it once a
   * week.
   */
  accountValueMaxAgeHours: z.number().positive().default(192),
  /** Whales that change the same way within this time do so together. */
  togetherWithinMs: z
    .int()
    .positive()
    .default(5 * minute),
  togetherWhales: z.int().min(2).default(2),
  /** The aggregate bias is looked at when at least this many whales hold the coin. */
  aggregateWhales: z.int().min(1).default(2),
  /** The trader score from which a trader is elite. */
  eliteScore: z.number().default(90),
  /** The consensus is looked at when at least this many elite traders hold the coin. */
  consensusTraders: z.int().min(1).default(5),
  /** By how much the share of elite traders who are long must move, as a fraction. */
  consensusShift: z.number().min(0).max(1).default(0.2),
  /** Within which time it must move by that. */
  consensusWithinMs: z
    .int()
    .positive()
    .default(60 * minute),
  /** A change smaller than this share of the position, or than this notional, is none. */
  minChangeShare: z.number().min(0).max(1).default(0.0001),
  minNotionalUsd: z.number().min(0).default(0),
  /** A change that became known later than this raises no alert. */
  maxLatencyMs: z
    .int()
    .positive()
    .default(5 * minute),
  /** Whose accounts they are: address to owner, by any name. An account that is not named is its own owner. */
  owners: z
    .record(
      z.string().regex(/^0x[0-9a-f]{40}$/, 'expected a lower-case address, 0x and 40 hexadecimal digits'),
      z.string().min(1),
    )
    .default({}),
  /** How long a change of an account with a named owner waits for changes of that owner's other accounts. */
  nettingMs: z.int().min(0).default(500),
  /** Changes net out when their sum is at most this share of the sum of their absolute values. */
  nettingTolerance: z.number().min(0).max(1).default(0.05),
  /** How many whales' last changes are kept for each coin. */
  maxRecent: z.int().min(2).default(256),
  critical: timing(15 * minute, minute),
  high: timing(30 * minute, 5 * minute),
  medium: timing(60 * minute, 15 * minute),
  low: timing(60 * minute, 15 * minute),
});

export type WhaleAlertConfig = z.output<typeof whaleAlertConfig>;
