import { type Event, type fill, toNumber, type trade } from '../../../plugin-api/index.ts';
import { book, bookFee, changePosition, checkAgainst, startFrom } from './change.ts';
import type { WalletLedgerConfig } from './config.ts';
import { forgetDeltas, rememberDelta } from './deltas.ts';
import { toUnits } from './exact-size.ts';
import { feeParts } from './fees.ts';
import { bookedPnl, findTrade, rebook, rememberTrade } from './recent.ts';
import * as at from './slots.ts';
import { clearFlag, hasFlag, isKnown, type LedgerState, setFlag } from './state.ts';

/* What a match changes, whether it is told by the tape, by the wallet's own feed, or by both. */

// Note: written anew for each trade, so that none makes an object. The fractions have V8 keep these numbers as raw doubles.
const ofTrade = { price: 0.5, time: 0.5, closedPnl: Number.NaN, fee: Number.NaN };

/** Takes in a trade of the public tape. */
export function takeTrade(
  state: LedgerState,
  event: Event<typeof trade>,
  buys: boolean,
  config: WalletLedgerConfig,
): void {
  const { numbers: n, first: o } = state;
  const { price, size, takerSide, tradeId } = event.payload;
  const id = tradeId === null ? 0 : buys ? tradeId : -tradeId;
  n[o + at.taker] = (takerSide === 'buy') === buys ? 1 : 0;
  setFlag(n, o, at.seenTrade);
  if (isCounted(state, event.tsEvent, id, at.seenFill)) {
    enrichPrice(n, o, toNumber(price), toNumber(size));
    return;
  }
  if (!hasFlag(n, o, at.started)) {
    startFrom(n, o, 0, event.tsEvent);
    if (!config.assumeFlat) setFlag(n, o, at.truncated);
  }
  const units = toUnits(n, o, toNumber(size));
  ofTrade.price = toNumber(price);
  ofTrade.time = event.tsEvent;
  changePosition(n, o, buys ? units : -units, ofTrade);
  rememberDelta(state, event.tsEvent, buys ? units : -units);
  if (event.tsEvent > n[o + at.lastTime]!) n[o + at.lastTime] = event.tsEvent;
  if (id !== 0) rememberTrade(state, id, n[o + at.realised]!, config.recentTrades);
}

/** Takes in a fill of the wallet's own feed. */
export function takeFill(state: LedgerState, event: Event<typeof fill>, config: WalletLedgerConfig): void {
  const { numbers: n, first: o } = state;
  const payload = event.payload;
  const time = event.tsEvent;
  const buys = payload.side === 'buy';
  const price = toNumber(payload.price);
  const closedPnl = payload.closedPnl === null ? Number.NaN : toNumber(payload.closedPnl);
  const { usd, coins } = feeParts(
    payload.fee === null ? Number.NaN : toNumber(payload.fee),
    payload.feeToken,
    {
      coin: payload.coin,
      buys,
      price,
      stable: config.stableTokens,
    },
  );
  const id = buys ? (payload.tradeId ?? 0) : -(payload.tradeId ?? 0);
  if (payload.crossed !== null) n[o + at.taker] = payload.crossed ? 1 : 0;
  setFlag(n, o, at.seenFill);
  const start = payload.startPosition === null ? Number.NaN : toNumber(payload.startPosition);
  if (isKnown(start)) toUnits(n, o, start);
  const delta = signedUnits(n, o, toNumber(payload.size), { coins, buys });
  if (isCounted(state, time, id, at.seenTrade)) {
    enrichPrice(n, o, price, toNumber(payload.size));
    enrichFill(state, event, { id, closedPnl, fee: usd, units: delta });
    return;
  }
  if (!hasFlag(n, o, at.started)) startFrom(n, o, isKnown(start) ? toUnits(n, o, start) : 0, time);
  else if (isKnown(start) && time >= n[o + at.lastTime]! && !checkAgainst(n, o, toUnits(n, o, start))) {
    forgetDeltas(state, time);
  }
  changePosition(n, o, delta, { price, time, closedPnl, fee: usd });
  rememberDelta(state, time, delta);
  if (isLiquidation(event, n, o)) n[o + at.action] = at.liquidated;
  if (time > n[o + at.lastTime]!) n[o + at.lastTime] = time;
  if (id !== 0) rememberTrade(state, id, n[o + at.realised]!, config.recentTrades);
}

/** The change of position in units. A spot purchase receives what it bought less what it paid in coins. */
function signedUnits(
  n: Float64Array,
  o: number,
  size: number,
  { coins, buys }: { readonly coins: number; readonly buys: boolean },
): number {
  // Note: the finer of the two numbers sets the scale for both.
  if (coins !== 0) toUnits(n, o, coins);
  const units = toUnits(n, o, size) - (coins === 0 ? 0 : toUnits(n, o, coins));
  return buys ? units : -units;
}

/**
 * Whether a match is part of the position already: the other feed has told of it, or a snapshot made after it has. A match of
 * the other feed that is older than the last change and no longer remembered is taken to have been counted, too.
 */
function isCounted(state: LedgerState, time: number, id: number, otherFeed: number): boolean {
  const { numbers: n, first: o } = state;
  if (time <= n[o + at.snapshotTime]!) return true;
  if (!hasFlag(n, o, otherFeed)) return false;
  return (id !== 0 && findTrade(state, id) >= 0) || time < n[o + at.lastTime]!;
}

function enrichPrice(n: Float64Array, o: number, price: number, size: number): void {
  n[o + at.price] = price;
  n[o + at.notionalUsd] = price * size;
}

/** Adds what only the wallet's own feed tells to a change that is counted already. */
function enrichFill(
  state: LedgerState,
  event: Event<typeof fill>,
  told: { readonly id: number; readonly closedPnl: number; readonly fee: number; readonly units: number },
): void {
  const { numbers: n, first: o } = state;
  const time = event.tsEvent;
  const sameEpisode = time >= n[o + at.openedAt]!;
  const place = told.id === 0 ? -1 : findTrade(state, told.id);
  if (isKnown(told.fee)) {
    n[o + at.fee] = told.fee;
    bookFee(n, o, told.fee);
    book(n, o, -told.fee);
    if (sameEpisode) n[o + at.episodePnl]! -= told.fee;
  }
  const earlier = time < n[o + at.firstTime]! || time <= n[o + at.snapshotTime]!;
  if (isKnown(told.closedPnl) && (place >= 0 || earlier)) {
    const booked = place < 0 ? Number.NaN : bookedPnl(state, place);
    const correction = told.closedPnl - (isKnown(booked) ? booked : 0);
    if (correction !== 0) {
      book(n, o, correction);
      if (sameEpisode) n[o + at.episodePnl]! += correction;
    }
    if (isKnown(booked) || told.closedPnl !== 0) n[o + at.realised] = told.closedPnl;
    if (place >= 0) rebook(state, place, told.closedPnl);
  }
  if (place >= 0) verifyLast(state, event, { place, units: told.units });
  // Note: it says of a change that has been told what it was; the size does not change again.
  if (n[o + at.action] === at.noAction && wasLiquidated(event)) n[o + at.action] = at.liquidated;
}

/** Where the fill tells of the very last change, its start position says whether the position before that was right. */
function verifyLast(
  state: LedgerState,
  event: Event<typeof fill>,
  { place, units }: { readonly place: number; readonly units: number },
): void {
  const { numbers: n, first: o } = state;
  if (event.payload.startPosition === null || place + 2 !== n[o + at.recentNext]) return;
  const after = toUnits(n, o, toNumber(event.payload.startPosition)) + units;
  const before = n[o + at.units]!;
  const opened = n[o + at.openedAt]!;
  if (checkAgainst(n, o, after)) {
    if (event.tsEvent === n[o + at.firstTime]) clearFlag(n, o, at.truncated);
    return;
  }
  forgetDeltas(state, event.tsEvent);
  n[o + at.unitsBefore] = before;
  n[o + at.action] = at.reconciled;
  if (opened === event.tsEvent && n[o + at.firstTime] === opened) setFlag(n, o, at.truncated);
}

function isLiquidation(event: Event<typeof fill>, n: Float64Array, o: number): boolean {
  if (n[o + at.action] === at.noAction || n[o + at.action] === at.open || n[o + at.action] === at.increase)
    return false;
  return wasLiquidated(event);
}

function wasLiquidated(event: Event<typeof fill>): boolean {
  const { liquidatedUser, direction, user } = event.payload;
  if (liquidatedUser !== null) return liquidatedUser === user;
  return direction?.startsWith('Liquidated') ?? false;
}
