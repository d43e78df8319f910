import { book, candle, defineFeature, mark, marketRegime, marketState } from '../../../plugin-api/index.ts';
import { marketRegimeConfig } from './config.ts';
import { regimeOf } from './regime.ts';

/** Says what kind of market there is now: one of high volatility, one that trends, or one that ranges. */
export const marketRegimeFeature = defineFeature({
  id: 'market-regime',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Says what kind of market there is now: high volatility, trending or ranging.',
  config: marketRegimeConfig,
  // Note: what volatility and the day's return are made of; trades and fills move neither.
  on: [mark, book, candle],
  inputs: { market: marketState },
  output: marketRegime,
  key: () => 'market',
  initial: () => ({}),
  update() {},
  value: (_, ctx) => ({
    regime: regimeOf(ctx.inputs.market(ctx.config.coin), ctx.now, ctx.config) ?? null,
  }),
  warmup: 'all',
});
