import {
  defineSignal,
  emit,
  funding,
  hold,
  integer,
  marketState,
  number,
  oneOf,
  optional,
  signal,
} from 'hypersonar/plugin';
import { strictObject, number as zodNumber } from 'zod';

export const fundingSkew = signal({
  id: 'example.funding-skew',
  version: 1,
  entity: 'coin',
  doc: "A coin's funding is far from its own past.",
  fields: {
    side: oneOf(['longs-pay', 'shorts-pay'], { doc: 'Who pays more than usual.' }),
    rate: number({ unit: 'ratio per hour', doc: 'The rate now.' }),
    deviations: number({ unit: 'standard deviations', doc: 'Distance from the mean of the past.' }),
    observations: integer({ unit: 'count', doc: 'How long that past is.', min: 0 }),
    price: number({ unit: 'USD', doc: 'Price at the time.', nullable: 'no price is known' }),
  },
});

/** Signals when a coin's funding is far from its own past. */
export default defineSignal({
  id: 'funding-skew',
  version: '1.0.0',
  api: '^1.0.0',
  doc: "Signals when a coin's funding is far from its own past.",
  config: strictObject({
    threshold: zodNumber().positive().default(3),
    minObservations: zodNumber().int().min(2).default(24),
  }),
  trigger: [funding],
  inputs: { market: optional(marketState) },
  output: fundingSkew,
  key: event => event.payload.coin,
  // Welford's running mean and variance of all rates before the last one, and the last one itself.
  initial: () => ({ count: 0, mean: 0, squares: 0, last: 0, deviations: 0 }),
  reduce(state, event) {
    const { rate } = event.payload;
    const deviation = state.count > 1 ? Math.sqrt(state.squares / (state.count - 1)) : 0;
    state.deviations = deviation > 0 ? (rate - state.mean) / deviation : 0;
    state.last = rate;
    state.count++;
    const distance = rate - state.mean;
    state.mean += distance / state.count;
    state.squares += distance * (rate - state.mean);
  },
  evaluate(state, _event, ctx) {
    const { threshold, minObservations } = ctx.config;
    if (state.count <= minObservations)
      return hold(`${state.count} observations, ${minObservations + 1} are needed`);
    if (Math.abs(state.deviations) < threshold)
      return hold(`${state.deviations.toFixed(2)} deviations are less than ${threshold}`);
    return emit(
      {
        side: state.deviations > 0 ? 'longs-pay' : 'shorts-pay',
        rate: state.last,
        deviations: state.deviations,
        observations: state.count,
        price: ctx.inputs.market(ctx.key)?.price ?? null,
      },
      `${state.deviations.toFixed(2)} deviations reach ${threshold}`,
    );
  },
  alert: (row, ctx) => ({
    severity: 'LOW',
    title: `${ctx.key}: ${row.side === 'longs-pay' ? 'longs' : 'shorts'} pay unusually much funding`,
    coin: ctx.key,
    expiresAfterMs: 3_600_000,
    cooldownMs: 8 * 3_600_000,
    cooldownKey: ctx.key,
  }),
});
