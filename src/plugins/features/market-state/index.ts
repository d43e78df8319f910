import {
  book,
  candle,
  defineFeature,
  fill,
  funding,
  mark,
  marketState,
  toNumber,
  trade,
} from '../../../plugin-api/index.ts';
import { addTrade, completeBuilt, completeCandle } from './candles.ts';
import { candleIntervals, marketStateConfig } from './config.ts';
import { turnDay } from './day.ts';
import { takeFunding } from './funding.ts';
import { addPrice, resetGrid } from './grid.ts';
import { marketRow } from './row.ts';
import * as at from './slots.ts';
import { initialMarketState, type MarketState } from './state.ts';

const minute = 60_000;

/**
 * Keeps, for each coin, the last prices, the volatility, the last completed candle, the day's return and the funding.
 * Prices come from mids where a source tells them; else z5 and the sigmas use closes of candles of at most five minutes.
 */
export const marketStateFeature = defineFeature({
  id: 'market-state',
  version: '1.0.0',
  api: '^1.0.0',
  doc: "Keeps each coin's last prices, volatility, last completed candle, day's return and funding.",
  config: marketStateConfig,
  on: [mark, book, candle, trade, fill, funding],
  output: marketState,
  key: event => event.payload.coin,
  initial: initialMarketState,
  update(state: MarketState, event, ctx) {
    const n = state.n;
    const config = ctx.config;
    turnDay(n, ctx.now, config.staleAfterMs);
    n[at.now] = ctx.now;
    switch (event.type) {
      case 'trade': {
        const price = toNumber(event.payload.price);
        n[at.trade] = price;
        n[at.tradeTime] = ctx.now;
        if (config.candlesFromTrades && config.candleInterval !== 'finest') {
          const intervalMs = candleIntervals[config.candleInterval];
          const notionalUsd = price * toNumber(event.payload.size);
          const end = addTrade(state, price, notionalUsd, { time: event.tsEvent, intervalMs });
          if (end > 0) ctx.wakeAt(Math.max(end + config.candleDelayMs, ctx.now));
        }
        return;
      }
      case 'fill':
        n[at.trade] = toNumber(event.payload.price);
        n[at.tradeTime] = ctx.now;
        return;
      case 'mark': {
        const { mid, mark: markPrice, oracle } = event.payload;
        if (mid !== null) takeMid(state, toNumber(mid), ctx.now, config.volatilityHours);
        if (markPrice !== null) {
          n[at.mark] = toNumber(markPrice);
          n[at.markTime] = ctx.now;
        }
        if (oracle !== null) {
          n[at.oracle] = toNumber(oracle);
          n[at.oracleTime] = ctx.now;
        }
        return;
      }
      case 'book': {
        const bid = event.payload.bids[0];
        const ask = event.payload.asks[0];
        if (bid === undefined || ask === undefined) return;
        takeMid(state, (toNumber(bid.price) + toNumber(ask.price)) / 2, ctx.now, config.volatilityHours);
        return;
      }
      case 'funding':
        takeFunding(n, event.payload.rate, event.tsEvent, config.staleAfterMs);
        return;
      case 'candle':
        takeCandle(state, event.payload, config);
        return;
    }
  },
  wake(state: MarketState, ctx) {
    if (ctx.config.candleInterval === 'finest') return;
    turnDay(state.n, ctx.now, ctx.config.staleAfterMs);
    state.n[at.now] = ctx.now;
    completeBuilt(state, ctx.now - ctx.config.candleDelayMs, candleIntervals[ctx.config.candleInterval]);
  },
  value: (state: MarketState, ctx) => marketRow(state, ctx.config),
  // Note: the funding index is a sum over all history, and running sums keep the rounding of all that was in them.
  warmup: 'all',
});

function takeMid(state: MarketState, mid: number, now: number, hours: number): void {
  if (!(mid > 0)) return;
  const n = state.n;
  n[at.mid] = mid;
  n[at.midTime] = now;
  // Note: mids take the grid over from candles for good; the two have different steps.
  if (n[at.gridMinutes] !== 1 || state.ring.length === 0) resetGrid(state, 1, hours);
  addPrice(state, Math.floor(now / minute), Math.log(mid), hours);
}

function takeCandle(
  state: MarketState,
  told: {
    readonly interval: keyof typeof candleIntervals;
    readonly openTime: number;
    readonly closeTime: number;
    readonly open: string;
    readonly high: string;
    readonly low: string;
    readonly close: string;
    readonly volume: string;
  },
  config: {
    readonly candleInterval: keyof typeof candleIntervals | 'finest';
    readonly volatilityHours: number;
  },
): void {
  const n = state.n;
  const intervalMs = candleIntervals[told.interval];
  const close = toNumber(told.close);
  const high = toNumber(told.high);
  const low = toNumber(told.low);
  const closeDay = told.closeTime / 86_400_000;
  const openDay = told.openTime / 86_400_000;
  if (closeDay === n[at.day]) n[at.dayOpen] = close;
  else if (openDay === n[at.day] && Number.isNaN(n[at.dayOpen]!)) n[at.dayOpen] = toNumber(told.open);
  if ((intervalMs === minute || intervalMs === 5 * minute) && Number.isNaN(n[at.mid]!) && close > 0)
    takeClose(state, intervalMs / minute, told.openTime, { close, hours: config.volatilityHours });
  if (config.candleInterval === 'finest') {
    const last = n[at.candleOpenTime]! + 2 * n[at.candleInterval]!;
    if (intervalMs > n[at.candleInterval]! && last >= told.openTime) return;
  } else if (told.interval !== config.candleInterval) return;
  completeCandle(n, {
    openTime: told.openTime,
    intervalMs,
    open: toNumber(told.open),
    high,
    low,
    close,
    volumeUsd: (toNumber(told.volume) * (high + low + close)) / 3,
  });
}

/** Enters a candle's close at the end of its step; one-minute candles take the grid over from five-minute ones. */
function takeClose(
  state: MarketState,
  minutes: number,
  openTime: number,
  { close, hours }: { readonly close: number; readonly hours: number },
): void {
  const n = state.n;
  if (state.ring.length === 0 || minutes < n[at.gridMinutes]!) resetGrid(state, minutes, hours);
  else if (minutes > n[at.gridMinutes]!) return;
  const step = openTime / (minutes * minute);
  if (step < n[at.gridHead]!) return;
  addPrice(state, step, Math.log(close), hours);
  addPrice(state, step + 1, Math.log(close), hours);
}
