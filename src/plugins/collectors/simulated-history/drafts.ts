import {
  account,
  book,
  candle,
  type Draft,
  draft,
  fill,
  funding,
  leaderboard,
  mark,
  position,
  trade,
} from '../../../plugin-api/index.ts';
import type { WindowFigures } from '../../../simulation/accounts.ts';
import { type Coin, decimalText } from '../../../simulation/coins.ts';
import type { MarketEvent } from '../../../simulation/market-event.ts';
import type { Level } from '../../../simulation/order-book.ts';

/** What the simulated market shows. */
export const emits = [trade, fill, candle, mark, book, funding, leaderboard, account, position] as const;

export type MarketDraft = Draft<(typeof emits)[number]>;

/** When and where an event goes to the tape. */
export interface Stamp {
  readonly cursor: string;
  /** Of history: when it could first be known. */
  readonly tsIngest?: number;
}

const usd = (micro: number) => decimalText(micro, 6);
const priceText = (coin: Coin, tick: number) => decimalText(tick, coin.priceDecimals);
const sizeText = (coin: Coin, lots: number) => decimalText(lots, coin.sizeDecimals);

/** An event of the simulation in the exchange's notation. */
export function toDraft(event: MarketEvent, stamp: Stamp): MarketDraft {
  switch (event.type) {
    case 'trade': {
      const { coin, time, tradeId } = event;
      return draft(trade, {
        ...stamp,
        key: coin.name,
        tsEvent: time,
        dedupe: `${coin.name}:${time}:${tradeId}`,
        payload: {
          coin: coin.name,
          price: priceText(coin, event.tick),
          size: sizeText(coin, event.lots),
          takerSide: event.takerSide === 1 ? 'buy' : 'sell',
          buyer: event.buyer.address,
          seller: event.seller.address,
          tradeId,
          hash: event.hash,
        },
      });
    }
    case 'fill':
      return fillDraft(event, stamp);
    case 'candle':
      return candleDraft(event, stamp);
    case 'mark': {
      const { coin, time, doubleMid } = event;
      return draft(mark, {
        ...stamp,
        key: coin.name,
        tsEvent: time,
        dedupe: `ctx:${coin.name}:${time}`,
        payload: {
          coin: coin.name,
          mid: doubleMid === undefined ? null : decimalText(doubleMid * 5, coin.priceDecimals + 1),
          mark: priceText(coin, event.mark),
          oracle: priceText(coin, event.oracle),
          openInterest: sizeText(coin, event.openInterest),
          dayVolumeUsd: usd(event.dayVolume),
        },
      });
    }
    case 'book': {
      const { coin, time } = event;
      return draft(book, {
        ...stamp,
        key: coin.name,
        tsEvent: time,
        dedupe: `l2:${coin.name}:${time}`,
        payload: { coin: coin.name, bids: levels(coin, event.bids), asks: levels(coin, event.asks) },
      });
    }
    case 'funding': {
      const { coin, time, rate, premium } = event;
      return draft(funding, {
        ...stamp,
        key: coin.name,
        tsEvent: time,
        dedupe: `${coin.name}:${time}`,
        payload: { coin: coin.name, rate, premium },
      });
    }
    case 'leaderboard':
      return leaderboardDraft(event, stamp);
    case 'account': {
      const user = event.account.address;
      return draft(account, {
        ...stamp,
        key: user,
        tsEvent: event.time,
        dedupe: `${user}:${event.time}`,
        payload: { user, accountValue: usd(event.equity), totalPnl: usd(event.pnl) },
      });
    }
    case 'position':
      return positionDraft(event, stamp);
  }
}

function fillDraft(event: Extract<MarketEvent, { type: 'fill' }>, stamp: Stamp): MarketDraft {
  const { coin, side, settlement, tradeId, time } = event;
  const user = event.account.address;
  return draft(fill, {
    ...stamp,
    key: user,
    tsEvent: time,
    dedupe: `${user}:${coin.name}:${time}:${tradeId}:${event.orderId}`,
    payload: {
      user,
      coin: coin.name,
      price: priceText(coin, event.tick),
      size: sizeText(coin, event.lots),
      side: side === 1 ? 'buy' : 'sell',
      startPosition: sizeText(coin, settlement.before),
      direction: directionOf(settlement.before, side * event.lots),
      closedPnl: usd(settlement.closedPnl),
      fee: usd(settlement.fee),
      feeToken: 'USDC',
      crossed: event.taker,
      hash: event.hash,
      orderId: event.orderId,
      tradeId,
      twapId: null,
      liquidatedUser: event.liquidated?.address ?? null,
    },
  });
}

/** The exchange's words for a change of a signed position. */
function directionOf(before: number, change: number): string {
  const after = before + change;
  if (before !== 0 && after !== 0 && Math.sign(before) !== Math.sign(after)) {
    return before > 0 ? 'Long > Short' : 'Short > Long';
  }
  const longer = before > 0 || (before === 0 && after > 0);
  return `${Math.abs(after) > Math.abs(before) ? 'Open' : 'Close'} ${longer ? 'Long' : 'Short'}`;
}

function candleDraft(event: Extract<MarketEvent, { type: 'candle' }>, stamp: Stamp): MarketDraft {
  const { coin, interval, openTime, open, high, low, close, lots, trades } = event.candle;
  return draft(candle, {
    ...stamp,
    key: coin.name,
    tsEvent: event.time,
    dedupe: `${coin.name}:${interval.name}:${openTime}`,
    payload: {
      coin: coin.name,
      interval: interval.name,
      openTime,
      closeTime: openTime + interval.ms,
      open: priceText(coin, open),
      high: priceText(coin, high),
      low: priceText(coin, low),
      close: priceText(coin, close),
      volume: sizeText(coin, lots),
      trades,
    },
  });
}

function leaderboardDraft(event: Extract<MarketEvent, { type: 'leaderboard' }>, stamp: Stamp): MarketDraft {
  const { day, week, month, all } = event;
  const user = event.account.address;
  return draft(leaderboard, {
    ...stamp,
    key: user,
    tsEvent: event.time,
    dedupe: `${user}:${event.time}`,
    payload: {
      user,
      displayName: event.account.name,
      accountValue: usd(event.equity),
      dayPnl: usd(day.pnl),
      dayRoi: roi(day),
      dayVolume: usd(day.volume),
      weekPnl: usd(week.pnl),
      weekRoi: roi(week),
      weekVolume: usd(week.volume),
      monthPnl: usd(month.pnl),
      monthRoi: roi(month),
      monthVolume: usd(month.volume),
      allPnl: usd(all.pnl),
      allRoi: roi(all),
      allVolume: usd(all.volume),
    },
  });
}

function positionDraft(event: Extract<MarketEvent, { type: 'position' }>, stamp: Stamp): MarketDraft {
  const { coin, lots, cost, time } = event;
  const user = event.account.address;
  const value = lots * event.mark * coin.unit;
  return draft(position, {
    ...stamp,
    key: user,
    tsEvent: time,
    dedupe: `${user}:${coin.name}:${time}`,
    payload: {
      user,
      coin: coin.name,
      size: sizeText(coin, lots),
      entryPrice: decimalText(Math.round((cost / (lots * coin.unit)) * 1_000), coin.priceDecimals + 3),
      leverage: event.leverage,
      leverageType: 'cross',
      marginUsed: usd(Math.round(Math.abs(value) / event.leverage)),
      liquidationPrice: null,
      unrealisedPnl: usd(value - cost),
      positionValue: usd(Math.abs(value)),
    },
  });
}

function levels(coin: Coin, shown: readonly Level[]) {
  return shown.map(level => ({
    price: priceText(coin, level.tick),
    size: sizeText(coin, level.lots),
    orders: level.orders,
  }));
}

function roi(figures: WindowFigures): string {
  return decimalText(Math.round(figures.roi * 1e10), 10);
}
