import * as z from 'zod';

/** Which market tells the regime, and from where on it is one of the three. */
export const marketRegimeConfig = z.strictObject({
  /** The coin whose market stands for all. */
  coin: z.string().min(1).default('BTC'),
  /** High volatility: the volatility of the last 5 minutes is at least so many times that of the last 24 hours. */
  highVolatilityRatio: z.number().positive().default(1.5),
  /**
   * Else trending: the day's return is at least so many times what a random walk of the last 24 hours' volatility would have
   * come to since midnight. Else ranging.
   */
  trendRatio: z.number().positive().default(1),
});

export type MarketRegimeConfig = z.output<typeof marketRegimeConfig>;
