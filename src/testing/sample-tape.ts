import type { TapeEvent } from '../core/event.ts';
import {
  account,
  book,
  candle,
  type EventRef,
  fill,
  funding,
  fundingPayment,
  gap,
  leaderboard,
  mark,
  metric,
  position,
  standardEvents,
  timer,
  trade,
  transfer,
} from '../plugin-api/index.ts';
import { type Draw, sampleAddress, sampleRow, seededDraw } from './sample-rows.ts';
import { type TapeBuilder, tapeBuilder } from './tape-builder.ts';

export interface SampleTapeOptions {
  readonly seed?: number;
  /** How many steps of the market; each makes one to four events. Default 120. */
  readonly steps?: number;
  /** Other events that plugins under test read; their payloads are drawn from their fields. */
  readonly others?: readonly EventRef[];
}

const coins = ['BTC', 'ETH', 'SOL', 'xyz:NVDA'];
const start = Date.UTC(2026, 0, 5, 12);
const ZERO_HASH = `0x${'0'.repeat(64)}`;

/**
 * A small market on a tape: eight wallets trade four coins with prices that walk, with marks, books, candles, funding,
 * accounts, leaderboard rows, snapshots and transfers beside them. Positions balance; fills tell true start positions. Some
 * trades are another venue's and name nobody. The same seed gives the same tape.
 */
export function sampleTape(options: SampleTapeOptions = {}): readonly TapeEvent[] {
  const { seed = 1, steps = 120, others = [] } = options;
  const draw = seededDraw(seed);
  const market: Market = {
    draw,
    tape: tapeBuilder('sample'),
    prices: new Map(coins.map((coin, i) => [coin, 50_000 / 10 ** i])),
    positions: new Map(),
    now: start,
    tradeId: 1,
  };
  const known = new Set<string>(standardEvents.map(ref => ref.id));
  for (let step = 0; step < steps; step++) {
    market.now += Math.floor(draw() ** 3 * 20_000);
    const coin = coins[Math.floor(draw() * coins.length)] ?? 'BTC';
    walk(market, coin);
    addTrade(market, coin);
    if (step % 5 === 0) addMarks(market);
    if (step % 7 === 0) addAccounts(market, step);
    if (step % 11 === 0) addCandle(market, coin);
    if (step % 13 === 0) addRarities(market, coin);
    if (step % 17 === 0) addNamelessTrade(market, coin);
    for (const ref of others) {
      if (!known.has(ref.id) && step % 3 === 0) addOther(market, ref);
    }
  }
  market.tape.add(timer, { key: 'market', at: market.now + 120_000, payload: { name: 'beat' } });
  return market.tape.events;
}

interface Market {
  readonly draw: Draw;
  readonly tape: TapeBuilder;
  readonly prices: Map<string, number>;
  /** Signed sizes in hundredths of a coin, so that they add exactly. */
  readonly positions: Map<string, number>;
  now: number;
  tradeId: number;
}

function priceOf({ prices }: Market, coin: string): string {
  return (prices.get(coin) ?? 1).toFixed(2);
}

function walk({ draw, prices }: Market, coin: string): void {
  prices.set(coin, (prices.get(coin) ?? 1) * (1 + (draw() - 0.5) * 0.004));
}

function addTrade(market: Market, coin: string): void {
  const { draw, tape, positions } = market;
  const buyer = sampleAddress(Math.floor(draw() * 4));
  const seller = sampleAddress(4 + Math.floor(draw() * 4));
  const hundredths = 1 + Math.floor(draw() * 400);
  const size = (hundredths / 100).toFixed(2);
  const takerSide = draw() < 0.5 ? 'buy' : 'sell';
  const tradeId = market.tradeId++;
  const twap = draw() < 0.1;
  const hash = twap
    ? ZERO_HASH
    : `0x${Math.floor(tradeId / 3)
        .toString(16)
        .padStart(64, '0')}`;
  const price = priceOf(market, coin);
  const dedupe = `${coin}:${market.now}:${tradeId}`;
  tape.add(trade, {
    key: coin,
    at: market.now,
    dedupe,
    delayMs: 40,
    payload: { coin, price, size, takerSide, buyer, seller, tradeId, hash },
  });
  for (const [user, side, sign] of [
    [buyer, 'buy', 1],
    [seller, 'sell', -1],
  ] as const) {
    const before = positions.get(`${user}:${coin}`) ?? 0;
    positions.set(`${user}:${coin}`, before + sign * hundredths);
    if (draw() < 0.4) continue;
    tape.add(fill, {
      key: user,
      at: market.now,
      dedupe: `${user}:${dedupe}`,
      delayMs: 60,
      payload: {
        user,
        coin,
        price,
        size,
        side,
        startPosition: (before / 100).toFixed(2),
        direction: null,
        closedPnl: null,
        fee: (Number(price) * Number(size) * 0.00045).toFixed(6),
        feeToken: 'USDC',
        crossed: side === takerSide,
        hash,
        orderId: tradeId * 2 + (side === 'buy' ? 0 : 1),
        tradeId,
        twapId: twap ? 7 : null,
        liquidatedUser: null,
      },
    });
  }
}

function addMarks(market: Market): void {
  for (const coin of coins) {
    const price = priceOf(market, coin);
    const half = Number(price) * 0.0001;
    market.tape.add(mark, {
      key: coin,
      at: market.now,
      dedupe: `${coin}:${market.now}`,
      payload: { coin, mid: price, mark: price, oracle: price, openInterest: '1000.0', dayVolumeUsd: null },
    });
    const level = (sign: number) => [
      { price: (Number(price) + sign * half).toFixed(3), size: '3.0', orders: 2 },
    ];
    market.tape.add(book, { key: coin, at: market.now, payload: { coin, bids: level(-1), asks: level(1) } });
  }
}

function addAccounts(market: Market, step: number): void {
  const user = sampleAddress(step % 8);
  const accountValue = (1_000_000 * ((step % 8) * 4 + 1) * (1 + (market.draw() - 0.5) / 10)).toFixed(2);
  market.tape.add(account, { key: user, at: market.now, payload: { user, accountValue, totalPnl: null } });
  const figures = (scale: number) => ({
    pnl: (scale * 1_000).toFixed(1),
    roi: (scale / 100).toFixed(4),
    volume: (scale * 1e6).toFixed(1),
  });
  const [day, week, month, all] = [1, 3, 9, 27].map(scale => figures(scale * (market.draw() - 0.3)));
  if (!day || !week || !month || !all) return;
  market.tape.add(leaderboard, {
    key: user,
    at: market.now,
    payload: {
      user,
      displayName: null,
      accountValue,
      dayPnl: day.pnl,
      dayRoi: day.roi,
      dayVolume: Math.abs(Number(day.volume)).toFixed(1),
      weekPnl: week.pnl,
      weekRoi: week.roi,
      weekVolume: Math.abs(Number(week.volume)).toFixed(1),
      monthPnl: month.pnl,
      monthRoi: month.roi,
      monthVolume: Math.abs(Number(month.volume)).toFixed(1),
      allPnl: all.pnl,
      allRoi: all.roi,
      allVolume: Math.abs(Number(all.volume)).toFixed(1),
    },
  });
}

function addCandle(market: Market, coin: string): void {
  const openTime = Math.floor(market.now / 60_000) * 60_000;
  const close = Number(priceOf(market, coin));
  market.tape.add(candle, {
    key: coin,
    at: openTime + 60_000,
    dedupe: `${coin}:1m:${openTime}`,
    delayMs: 2_000,
    payload: {
      coin,
      interval: '1m',
      openTime,
      closeTime: openTime + 60_000,
      open: (close * 0.999).toFixed(2),
      high: (close * 1.002).toFixed(2),
      low: (close * 0.998).toFixed(2),
      close: close.toFixed(2),
      volume: (market.draw() * 1_000).toFixed(2),
      trades: 10,
    },
  });
}

/** A trade of another venue, which names neither wallets nor transactions. */
function addNamelessTrade(market: Market, coin: string): void {
  const tradeId = market.tradeId++;
  const name = `venue:${coin}-USD`;
  market.tape.add(trade, {
    key: name,
    at: market.now,
    dedupe: `${name}:${tradeId}`,
    delayMs: 40,
    payload: {
      coin: name,
      price: priceOf(market, coin),
      size: '0.25',
      takerSide: tradeId % 2 === 0 ? 'buy' : 'sell',
      buyer: null,
      seller: null,
      tradeId: tradeId % 3 === 0 ? null : tradeId,
      hash: null,
    },
  });
}

/** Kinds of event that come seldom. */
function addRarities(market: Market, coin: string): void {
  const { draw, tape, now, positions } = market;
  const user = sampleAddress(Math.floor(draw() * 8));
  const held = ((positions.get(`${user}:${coin}`) ?? 0) / 100).toFixed(2);
  tape.add(funding, { key: coin, at: now, payload: { coin, rate: (draw() - 0.5) * 1e-4, premium: null } });
  tape.add(fundingPayment, {
    key: user,
    at: now,
    payload: { user, coin, amount: (draw() - 0.5).toFixed(6), positionSize: held, rate: null },
  });
  tape.add(position, {
    key: user,
    at: now,
    payload: {
      user,
      coin,
      size: held,
      entryPrice: priceOf(market, coin),
      leverage: 5,
      leverageType: 'cross',
      marginUsed: null,
      liquidationPrice: null,
      unrealisedPnl: null,
      positionValue: null,
    },
  });
  tape.add(metric, {
    key: 'market',
    at: now,
    payload: { name: 'fear-greed', value: draw() * 100, period: now - (now % 86_400_000) },
  });
  tape.add(transfer, {
    key: user,
    at: now,
    payload: {
      user,
      counterparty: sampleAddress(90),
      contract: sampleAddress(91),
      token: 'HYPE',
      amount: '-1.5',
      valueUsd: 60,
      hash: `0x${Math.floor(draw() * 2 ** 32)
        .toString(16)
        .padStart(64, '0')}`,
    },
  });
}

function addOther(market: Market, ref: EventRef): void {
  const key =
    ref.entity === 'market'
      ? 'market'
      : ref.entity === 'coin'
        ? 'BTC'
        : sampleAddress(Math.floor(market.draw() * 8));
  market.tape.add(ref, { key, at: market.now, payload: sampleRow(ref.fields, market.draw, market.now) });
}

/** The same tape with what a bad day brings: repeated events, events that come late, and gaps. */
export function troubledTape(events: readonly TapeEvent[], seed = 1): readonly TapeEvent[] {
  const draw = seededDraw(seed);
  const tape = tapeBuilder('sample');
  const copy = (event: TapeEvent, at = event.tsEvent) =>
    tape.add(event.ref, {
      key: event.key,
      at,
      payload: event.payload as never,
      dedupe: event.dedupe,
      delayMs: Math.max(0, event.tsIngest - at),
    });
  for (const event of events) {
    copy(event);
    if (draw() < 0.1) copy(event);
    if (draw() < 0.1) copy(event, event.tsEvent - 30_000);
    if (draw() < 0.05) {
      tape.add(gap, {
        key: 'market',
        at: event.tsEvent,
        payload: {
          stream: 'trade',
          scope: null,
          from: event.tsEvent - 5_000,
          to: event.tsEvent,
          reason: 'connection lost',
          healed: false,
        },
      });
    }
  }
  return tape.events;
}
