import {
  type Address,
  defineFeature,
  fill,
  marketState,
  optional,
  toNumber,
  trade,
  tradersOf,
  transfer,
  walletFeatures,
  walletPosition,
} from '../../../plugin-api/index.ts';
import { hexNumber, nameNumber } from '../names.ts';
import { walletBehaviourConfig } from './config.ts';
import {
  beginExecution,
  countMarket,
  countSlippage,
  extendExecution,
  findExecution,
  type Match,
} from './executions.ts';
import { behaviourRow } from './row.ts';
import { addCounterparty } from './sketch.ts';
import * as at from './slots.ts';
import { type BehaviourState, initialBehaviour } from './state.ts';
import { addToken } from './tokens.ts';
import { takeTransfer } from './transfers.ts';
import { awaitCandle, awaitImpact, settleWaiting } from './waiting.ts';

// Note: the match in hand, written anew for each; making an object for every match costs more than counting it. The fractions
// have V8 keep these numbers as raw doubles.
const match: { -readonly [Name in keyof Match]: Match[Name] } = {
  coin: '',
  coinNumber: 0.5,
  hash: null,
  time: 0.5,
  side: 1,
  price: 0.5,
  size: 0.5,
};

/**
 * Computes the 36 wallet features in constant time per event: how often, how big, how, against whom and in what market a
 * wallet trades. What is not known yet at an execution (the mid a second later, the candle that holds it) is added when it is.
 */
export const walletBehaviourFeature = defineFeature({
  id: 'wallet-behaviour',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Computes the 36 wallet features: how often, how big, how, against whom and in what market a wallet trades.',
  config: walletBehaviourConfig,
  on: [trade, fill, transfer],
  inputs: { ledger: walletPosition, market: optional(marketState) },
  output: walletFeatures,
  key(event) {
    const payload = event.payload;
    if ('user' in payload) return payload.user;
    return tradersOf(payload);
  },
  initial: initialBehaviour,
  update(state: BehaviourState, event, ctx) {
    const { numbers: n, first: o } = state;
    const time = event.tsEvent;
    if (!(time >= n[o + at.firstSeen]!)) n[o + at.firstSeen] = time;
    if (!(time <= n[o + at.lastSeen]!)) n[o + at.lastSeen] = time;
    if (event.type === 'transfer') {
      takeTransfer(state, event.payload);
      addCounterparty(state, hexNumber(event.payload.counterparty), ctx.config);
      return;
    }
    const payload = event.payload;
    const wallet: Address = ctx.key;
    let side: number;
    if (event.type === 'trade') {
      const { buyer, seller } = event.payload;
      side = buyer === wallet ? 1 : -1;
      const other = side === 1 ? seller : buyer;
      if (other !== null) addCounterparty(state, hexNumber(other), ctx.config);
    } else side = event.payload.side === 'buy' ? 1 : -1;
    const position = ctx.inputs.ledger([wallet, payload.coin]);
    // Note: the ledger tells a match that the other feed has told before, and a wallet's trade with itself, by no action.
    if (position === undefined || position.action === null || position.action === 'RECONCILED') return;
    if (position.action === 'LIQUIDATED' && position.sizeBefore === position.size) return;
    const coinNumber = nameNumber(payload.coin);
    if (addToken(state, coinNumber)) n[o + at.coinCount]! += 1;
    match.coin = payload.coin;
    match.coinNumber = coinNumber;
    match.hash = payload.hash;
    match.time = time;
    match.side = side;
    match.price = toNumber(payload.price);
    match.size = toNumber(payload.size);
    const notional = match.price * match.size;
    if (side > 0) n[o + at.bought]! += notional;
    else n[o + at.sold]! += notional;
    if (position.taker !== null) {
      n[o + at.knownNotional]! += notional;
      if (!position.taker) n[o + at.makerNotional]! += notional;
    }
    if (!findExecution(state, match)) {
      extendExecution(n, o, match, position);
      return;
    }
    beginExecution(n, o, match, position);
    const market = ctx.inputs.market(match.coin);
    if (market === undefined) return;
    countMarket(n, o, side, market, ctx.config.volatilityRatioCap);
    if (position.taker && market.mid !== null && ctx.now - (market.midTime ?? 0) <= ctx.config.midMaxAgeMs) {
      countSlippage(n, o, side, match.price, market.mid);
      awaitImpact(state, ctx, { coin: match.coin, side, mid: market.mid });
    }
    // Note: waiting for candles on a tape that has none would take as long as all the rest.
    if (market.candleIntervalMs !== null && market.lastCandleOpenTime !== null)
      awaitCandle(state, ctx, { coin: match.coin, time, intervalMs: market.candleIntervalMs });
  },
  wake: settleWaiting,
  value: behaviourRow,
});
