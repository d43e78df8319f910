import * as z from 'zod';
import {
  defineFeature,
  fill,
  marketRegime,
  marketRegimes,
  toNumber,
  trade,
  tradersOf,
  walletPosition,
  walletRegime,
} from '../../../plugin-api/index.ts';

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
 * Keeps how much a wallet has made per closed notional in each market regime (high volatility, trending, ranging), beside its
 * own average. Which regime is the present one is for the reader to look up, when it reads: a row stays as it is while the
 * wallet rests, and the market does not.
 */
export const regimePerformanceFeature = defineFeature({
  id: 'regime-performance',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Tells how a wallet has done in each market regime, beside its own average.',
  config: z.strictObject({}),
  on: [trade, fill],
  inputs: { ledger: walletPosition, market: marketRegime },
  output: walletRegime,
  key: event =>
    event.type === 'fill'
      ? event.payload.user
      : event.payload.buyer === event.payload.seller
        ? undefined
        : tradersOf(event.payload),
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
    const regime = ctx.inputs.market('market')?.regime ?? null;
    if (regime === null) return;
    const place = marketRegimes.indexOf(regime) * perRegime;
    state[place + closes]! += 1;
    state[place + pnl]! += row.realisedPnl;
    state[place + notional]! += closed;
  },
  value(state) {
    if (state[allNotional] === 0) return undefined;
    return {
      regimes: marketRegimes.map((regime, index) => {
        const place = index * perRegime;
        const closed = state[place + notional]!;
        return {
          regime,
          closes: state[place + closes]!,
          return: closed === 0 ? null : state[place + pnl]! / closed,
        };
      }),
      returnOverall: state[allPnl]! / state[allNotional]!,
      meanAbsoluteReturn: state[allAbsolutePnl]! / state[allNotional]!,
    };
  },
  warmup: 'all',
});
