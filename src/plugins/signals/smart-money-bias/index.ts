import {
  type Decision,
  defineSignal,
  emit,
  hold,
  marketState,
  optional,
  type RowOf,
  smartMoneyBias,
  toNumber,
  traderWeight,
  walletPosition,
} from '../../../plugin-api/index.ts';
import { actionOf, biasOf, noBias } from './bias.ts';
import { smartMoneyBiasConfig } from './config.ts';
import {
  type BiasState,
  initialState,
  netOf,
  readNewcomers,
  refreshWeights,
  setHolder,
  sumAgain,
} from './holders.ts';

/**
 * Says on which side of a coin weighted traders stand: each five minutes, and at once when the action changes.
 *
 * A position change costs constant time: the price is common to all positions in a coin and cancels out of the net bias, so
 * two sums decide on the action, and all holders are gone through only for a signal. A trader's weight is read when its
 * position changes, and in turn with others at ticks and at others' changes; a weight that changes counts from then on.
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
    const { config } = ctx;
    const weightOf = (trader: string) => ctx.inputs.weight(trader)?.weight ?? 0;
    const trader = event.key[0];
    if (event.payload.price !== null) state.lastPrice = event.payload.price;
    setHolder(state, trader, toNumber(event.payload.size), weightOf(trader));
    refreshWeights(state, config.weightsPerChange, weightOf);
  },
  evaluate(state, event, ctx) {
    const { config } = ctx;
    const isTick = event.type === 'tick';
    // Note: what is learned of positions counts at once; it is told with the next trade or tick, not as if somebody had acted.
    if (!isTick && event.payload.action === 'RECONCILED')
      return hold('a correction of the record, not a trade');
    const period = Math.floor(ctx.now / config.cadenceMs);
    const isDue = isTick && period > state.period;
    if (isTick) {
      // Note: most coins rest most of the time; what is not touched costs next to nothing.
      const isQuiet = !state.touched && !state.changed && !config.emitUnchanged;
      if (isQuiet && ctx.now % config.quietCadenceMs !== 0)
        return hold('nothing has changed since the last signal');
      state.touched = false;
      const weightOf = (trader: string) => ctx.inputs.weight(trader)?.weight ?? 0;
      readNewcomers(state, weightOf);
      refreshWeights(state, config.weightsPerTick, weightOf);
    }

    const net = netOf(state.long, state.short);
    const readPrice = () => ctx.inputs.market(ctx.key)?.price ?? state.lastPrice;
    if (net === undefined) return takeBack(state, readPrice);
    if (actionOf(net, config) === state.action) {
      if (!isDue) return hold('the action is unchanged');
      const changed = state.changed || Math.abs(net - state.net) >= config.minNetChange;
      if (!changed && !config.emitUnchanged) return hold('nothing has changed since the last signal');
    }

    const price = readPrice();
    if (price === undefined) return hold('no price is known');
    sumAgain(state);
    const row = biasOf(state.holders, price, config);
    if (row === undefined) return takeBack(state, readPrice);

    const before = state.action;
    if (row.action === before && !isDue) return hold('the action is unchanged');
    state.action = row.action;
    state.changed = false;
    state.net = row.net;
    if (isDue) state.period = period;
    return emit(
      row,
      row.action === before
        ? 'the next regular signal is due'
        : `the action changed from ${before} to ${row.action}`,
    );
  },
});

/** When nobody with a weight holds the coin any more, what was said last is taken back. */
function takeBack(
  state: BiasState,
  readPrice: () => number | undefined,
): Decision<RowOf<typeof smartMoneyBias>> {
  const before = state.action;
  state.action = 'NEUTRAL';
  state.changed = false;
  state.net = 0;
  if (before === 'NEUTRAL') return hold('no weighted trader holds a position');
  return emit(
    noBias(readPrice() ?? null),
    `the action changed from ${before} to NEUTRAL: no weighted trader holds a position`,
  );
}
