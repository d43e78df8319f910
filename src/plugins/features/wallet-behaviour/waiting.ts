import type { marketState, RowOf } from '../../../plugin-api/index.ts';
import { addMoments } from '../moments.ts';
import * as at from './slots.ts';
import { type BehaviourState, moreOf } from './state.ts';

/*
 * What an execution is waiting for: the mid a second later, and the end of the candle that holds it. Records stand in
 * `waiting`, their coins in `waitingCoins`. A wallet asks for one wake at a time, the first that is due.
 */

const due = 0;
/** 1 or -1: the taker's side, waiting for a mid; 0: waiting for a candle. */
const side = 1;
/** The mid before, or the execution's time. */
const before = 2;
/** How many executions the record stands for. */
const count = 3;
const stride = 4;

type Market = RowOf<typeof marketState>;

interface WaitingContext {
  readonly now: number;
  readonly config: {
    readonly impactMs: number;
    readonly impactMidMaxAgeMs: number;
    readonly candleDelayMs: number;
    readonly candleRetryMs: number;
    readonly candlePatienceMs: number;
    readonly maxWaiting: number;
  };
  wakeAt(time: number): void;
}

/** Waits for the mid after a taker's execution. */
export function awaitImpact(
  state: BehaviourState,
  ctx: WaitingContext,
  execution: { readonly coin: string; readonly side: number; readonly mid: number },
): void {
  add(state, ctx, { time: ctx.now + ctx.config.impactMs, ...execution, before: execution.mid });
}

/** Waits for the end of the candle that holds an execution; executions in one candle share a record. */
export function awaitCandle(
  state: BehaviourState,
  ctx: WaitingContext,
  execution: { readonly coin: string; readonly time: number; readonly intervalMs: number },
): void {
  const { coin, time, intervalMs } = execution;
  const open = time - (time % intervalMs);
  const { waiting, waitingCoins } = moreOf(state);
  for (let record = waitingCoins.length - 1; record >= 0; record--) {
    const place = record * stride;
    if (waiting[place + side] !== 0 || waitingCoins[record] !== coin) continue;
    const held = waiting[place + before]!;
    if (held >= open && held < open + intervalMs) {
      waiting[place + count]! += 1;
      return;
    }
  }
  const asked = Math.max(open + intervalMs + ctx.config.candleDelayMs, ctx.now);
  add(state, ctx, { time: asked, coin, side: 0, before: time });
}

function add(
  state: BehaviourState,
  ctx: WaitingContext,
  record: { readonly time: number; readonly coin: string; readonly side: number; readonly before: number },
): void {
  const { waiting, waitingCoins } = moreOf(state);
  if (waitingCoins.length >= ctx.config.maxWaiting) return;
  waiting.push(record.time, record.side, record.before, 1);
  waitingCoins.push(record.coin);
  askFor(state, ctx, record.time);
}

function askFor(state: BehaviourState, ctx: WaitingContext, time: number): void {
  const next = state.numbers[state.first + at.nextWake]!;
  if (next <= time && next > ctx.now) return;
  state.numbers[state.first + at.nextWake] = time;
  ctx.wakeAt(time);
}

/** Takes in what has come by now, and waits on for the rest. */
export function settleWaiting(
  state: BehaviourState,
  ctx: WaitingContext & { readonly inputs: { market(coin: string): Market | undefined } },
): void {
  const { numbers: n, first: o } = state;
  const { waiting, waitingCoins } = moreOf(state);
  // Note: an earlier wish may have been followed by one for an even earlier time; the later wake finds nothing due.
  if (ctx.now >= n[o + at.nextWake]!) n[o + at.nextWake] = Number.NaN;
  let kept = 0;
  let next = Number.POSITIVE_INFINITY;
  for (let record = 0; record < waitingCoins.length; record++) {
    const place = record * stride;
    const coin = waitingCoins[record]!;
    let time = waiting[place + due]!;
    if (time <= ctx.now) time = settle(state, place, { market: ctx.inputs.market(coin), ctx });
    if (time === 0) continue;
    const target = kept * stride;
    waiting[target + due] = time;
    waiting[target + side] = waiting[place + side]!;
    waiting[target + before] = waiting[place + before]!;
    waiting[target + count] = waiting[place + count]!;
    waitingCoins[kept] = coin;
    kept++;
    if (time < next) next = time;
  }
  if (kept < waitingCoins.length) {
    waiting.length = kept * stride;
    waitingCoins.length = kept;
  }
  if (kept > 0) askFor(state, ctx, next);
}

/** Answers when to ask again, or 0 when the record is done with. */
function settle(
  state: BehaviourState,
  place: number,
  { market, ctx }: { readonly market: Market | undefined; readonly ctx: WaitingContext },
): number {
  const { numbers: n, first: o } = state;
  const { waiting } = moreOf(state);
  const direction = waiting[place + side]!;
  const held = waiting[place + before]!;
  if (direction !== 0) {
    // Note: a mid that has stood still is an impact of 0, but one whose source has fallen silent tells nothing.
    if (
      market !== undefined &&
      market.mid !== null &&
      ctx.now - (market.midTime ?? 0) <= ctx.config.impactMidMaxAgeMs
    ) {
      addImpact(n, o, (direction * (market.mid - held)) / held);
    }
    return 0;
  }
  if (market === undefined || market.candleIntervalMs === null) return 0;
  const interval = market.candleIntervalMs;
  const open = held - (held % interval);
  const last = market.lastCandleOpenTime ?? Number.NEGATIVE_INFINITY;
  if (held >= last && held < last + interval) {
    addCandle(n, o, market, waiting[place + count]!);
    return 0;
  }
  if (last > held || ctx.now >= open + interval + ctx.config.candlePatienceMs) return 0;
  return Math.max(open + interval + ctx.config.candleDelayMs, ctx.now + ctx.config.candleRetryMs);
}

function addImpact(n: Float64Array, o: number, move: number): void {
  const bps = move * 10_000;
  n[o + at.impactMax] = n[o + at.impactCount] === 0 ? bps : Math.max(n[o + at.impactMax]!, bps);
  n[o + at.impactCount]! += 1;
  n[o + at.impactSum]! += bps;
}

function addCandle(n: Float64Array, o: number, candle: Market, times: number): void {
  const { candleOpen: open, candleHigh: high, candleLow: low, candleClose: close } = candle;
  if (open === null || high === null || low === null || close === null || !(open > 0)) return;
  const held = n[o + at.candleCount]!;
  const range = (high - low) / open;
  const body = (close - open) / open;
  const volume = (candle.candleVolumeUsd ?? 0) / 1_000;
  addMoments(n, o + at.rangeMean, held, { value: range, times });
  addMoments(n, o + at.bodyMean, held, { value: body, times });
  addMoments(n, o + at.volumeMean, held, { value: volume, times });
  n[o + at.rangeMax] = Math.max(n[o + at.rangeMax]!, range);
  n[o + at.volumeMax] = Math.max(n[o + at.volumeMax]!, volume);
  if (body > 0) n[o + at.bodyPositive]! += times;
  if (high > low) {
    n[o + at.trendCount]! += times;
    n[o + at.trendSum]! += (times * Math.abs(close - open)) / (high - low);
  }
  n[o + at.candleCount] = held + times;
}
