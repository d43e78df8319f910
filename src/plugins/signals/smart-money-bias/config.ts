import * as z from 'zod';

const tickMs = 300_000;

/** Every number of the smart-money bias. */
export const smartMoneyBiasConfig = z.strictObject({
  /** The net bias above which the action is BUY. */
  buyAbove: z.number().min(-1).max(1).default(0.2),
  /** The net bias below which the action is SELL. */
  sellBelow: z.number().min(-1).max(1).default(-0.2),
  /** The share of traders on one side above which the plain form says LONG or SHORT. */
  plainShareAbove: z.number().min(0.5).max(1).default(0.6),
  /** The effective number of traders that counts in full. */
  fullNEff: z.number().positive().default(30),
  /** The notional in USD that a contribution of one weight stands for. */
  contributionUnitUsd: z.number().positive().default(1_000_000),
  /** How many contributions are shown, largest first. */
  contributions: z.int().min(0).max(10).default(10),
  /** Time between regular signals of a coin, in ms; a multiple of the five minutes at which it is looked at. */
  cadenceMs: z.int().min(tickMs).multipleOf(tickMs).default(tickMs),
  /** Whether a regular signal is emitted even when nothing has changed since the last one. */
  emitUnchanged: z.boolean().default(false),
  /** How many holders' weights are read anew at each tick and with each position change, in turn. */
  weightsPerTick: z.int().min(0).default(8),
  weightsPerChange: z.int().min(0).default(1),
  /** A coin in which no position has changed since the last tick is looked at no more often than this, in ms. */
  quietCadenceMs: z
    .int()
    .min(tickMs)
    .default(12 * tickMs),
  /** By how much weights alone must move the net bias for a regular signal. */
  minNetChange: z.number().min(0).max(2).default(0.01),
});

export type SmartMoneyBiasConfig = z.output<typeof smartMoneyBiasConfig>;
