import {
  defineFeature,
  fill,
  marketRegimes,
  marketState,
  toNumber,
  trade,
  walletPosition,
  walletRegime,
} from '../../../plugin-api/index.ts';
import { regimePerformanceConfig } from './config.ts';
import { regimeOf } from './regime.ts';

// Places in a state: three for each regime, in the order of `marketRegimes`, then sums over all closes.
const perRegime = 3;
const closes = 0;
const pnl = 1;
const notional = 2;
const all = marketRegimes.length * perRegime;
const allPnl = all;
const allNotional = all + 1;
const allAbsolutePnl = all + 2;
const places = all + 3;

/**
 * Keeps how much a wallet has made per closed notional in each market regime (high volatility, trending, ranging), and tells
 * it for the present one beside its own average.
 */
export const regimePerformanceFeature = defineFeature({
  id: 'regime-performance',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Tells how a wallet has done in the present market regime, beside its own average.',
  config: regimePerformanceConfig,
  on: [trade, fill],
  inputs: { ledger: walletPosition, market: marketState },
  output: walletRegime,
  key: event =>
    event.type === 'fill'
      ? event.payload.user
      : event.payload.buyer === event.payload.seller
        ? undefined
        : [event.payload.buyer, event.payload.seller],
  initial: (): number[] => new Array(places).fill(0),
  update(state, event, ctx) {
    const row = ctx.inputs.ledger([ctx.key, event.payload.coin]);
    // Note: a trade that the wallet's own feed has told already changes nothing, and the row is still that of the fill.
    if (row === undefined || row.realisedPnl === null || row.price === null) return;
    if (row.action === null || row.source !== event.type || row.eventTime !== event.tsEvent) return;
    const before = toNumber(row.sizeBefore);
    const closed = Math.min(Math.abs(before), Math.abs(toNumber(row.size) - before)) * row.price;
    if (closed === 0) return;
    state[allPnl]! += row.realisedPnl;
    state[allNotional]! += closed;
    state[allAbsolutePnl]! += Math.abs(row.realisedPnl);
    const regime = regimeOf(ctx.inputs.market(ctx.config.coin), ctx.now, ctx.config);
    if (regime === undefined) return;
    const place = marketRegimes.indexOf(regime) * perRegime;
    state[place + closes]! += 1;
    state[place + pnl]! += row.realisedPnl;
    state[place + notional]! += closed;
  },
  value(state, ctx) {
    if (state[allNotional] === 0) return undefined;
    const regime = regimeOf(ctx.inputs.market(ctx.config.coin), ctx.now, ctx.config);
    if (regime === undefined) return undefined;
    const place = marketRegimes.indexOf(regime) * perRegime;
    return {
      regime,
      closes: state[place + closes]!,
      returnInRegime: state[place + notional] === 0 ? null : state[place + pnl]! / state[place + notional]!,
      returnOverall: state[allPnl]! / state[allNotional]!,
      meanAbsoluteReturn: state[allAbsolutePnl]! / state[allNotional]!,
    };
  },
  warmup: 'all',
});
