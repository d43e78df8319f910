import {
  defineSignal,
  emit,
  hold,
  marketState,
  optional,
  smartMoneyBias,
  toNumber,
  traderWeight,
  walletPosition,
} from '../../../plugin-api/index.ts';
import { actionOf, biasOf } from './bias.ts';
import { smartMoneyBiasConfig } from './config.ts';
import { initialState, netOf, refreshHolders, setHolder } from './holders.ts';

/**
 * Says on which side of a coin weighted traders stand: each five minutes, and at once when the action changes.
 *
 * A position change costs constant time. Weights are read when a position changes and, for all holders, at each tick: a weight
 * that changes counts from then on.
 */
export const smartMoneyBiasSignal = defineSignal({
  id: 'smart-money-bias',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Says on which side of a coin weighted traders stand, how surely, and who they are.',
  config: smartMoneyBiasConfig,
  trigger: [walletPosition],
  inputs: { weight: traderWeight, market: optional(marketState) },
  output: smartMoneyBias,
  every: '5m',
  key: event => event.key[1],
  initial: initialState,
  reduce(state, event, ctx) {
    const trader = event.key[0];
    if (event.payload.price !== null) state.lastPrice = event.payload.price;
    setHolder(state, trader, toNumber(event.payload.size), ctx.inputs.weight(trader)?.weight ?? 0);
  },
  evaluate(state, event, ctx) {
    const { config } = ctx;
    const isTick = event.type === 'tick';
    const period = Math.floor(ctx.now / config.cadenceMs);
    const isDue = isTick && period > state.period;
    if (isTick) {
      if (!isDue) return hold('the next regular signal is not due');
      refreshHolders(state, trader => ctx.inputs.weight(trader)?.weight ?? 0);
    }

    const net = netOf(state.long, state.short);
    if (net === undefined) {
      state.action = 'NEUTRAL';
      return hold('no weighted trader holds a position');
    }
    if (!isDue && actionOf(net, config) === state.action) return hold('the action is unchanged');

    const price = ctx.inputs.market(ctx.key)?.price ?? state.lastPrice;
    if (price === undefined) return hold('no price is known');
    const row = biasOf(state.holders, price, config);
    if (row === undefined) return hold('no weighted trader holds a position');

    const before = state.action;
    if (row.action === before) {
      if (!isDue) return hold('the action is unchanged');
      if (!config.emitUnchanged && !state.changed && price === state.emittedPrice) {
        return hold('nothing has changed since the last signal');
      }
    }
    state.action = row.action;
    state.changed = false;
    state.emittedPrice = price;
    if (isDue) state.period = period;
    return emit(
      row,
      row.action === before
        ? 'the next regular signal is due'
        : `the action changed from ${before} to ${row.action}`,
    );
  },
});
