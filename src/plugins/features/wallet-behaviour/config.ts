import * as z from 'zod';

export const walletBehaviourConfig = z.strictObject({
  impactMs: z.number().int().positive().default(1_000).describe('How long after a trade its impact is read.'),
  midMaxAgeMs: z
    .number()
    .int()
    .positive()
    .default(60_000)
    .describe('Age from which a mid is no longer taken for the present one.'),
  impactMidMaxAgeMs: z
    .number()
    .int()
    .positive()
    .default(10_000)
    .describe(
      'Age beyond which the mid after a trade says nothing of its impact; the observation is left out.',
    ),
  candleDelayMs: z
    .number()
    .int()
    .min(0)
    .default(2_500)
    .describe('How long after its end a candle is asked for the first time.'),
  candleRetryMs: z
    .number()
    .int()
    .positive()
    .default(30_000)
    .describe('How long to wait before a candle that is not there is asked for again.'),
  candlePatienceMs: z
    .number()
    .int()
    .positive()
    .default(300_000)
    .describe('How long after its end a candle is given up.'),
  maxWaiting: z
    .number()
    .int()
    .positive()
    .default(64)
    .describe('Observations that a wallet may be waiting for at once; more are left out.'),
  exactCounterparties: z
    .number()
    .int()
    .min(8)
    .max(4_096)
    .default(64)
    .describe('Counterparties that are counted exactly; more are estimated by a sketch.'),
  sketchRegisters: z
    .union([z.literal(128), z.literal(256), z.literal(512), z.literal(1_024), z.literal(4_096)])
    .default(512)
    .describe('Registers of the sketch; the standard error of its estimate is 1.04 / sqrt(registers).'),
  volatilityRatioCap: z.number().positive().default(3).describe('Where sigma5m / sigma24h is capped.'),
});

export type WalletBehaviourConfig = z.output<typeof walletBehaviourConfig>;
