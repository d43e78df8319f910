import type { Account, Settlement, WindowFigures } from './accounts.ts';
import type { Candle } from './candles.ts';
import type { Coin } from './coins.ts';
import type { Level, Side } from './order-book.ts';

/** What the market shows to the outside. Prices are in ticks, sizes in lots, money in micro-dollars. */
export type MarketEvent = { readonly time: number } & (
  | {
      readonly type: 'trade';
      readonly coin: Coin;
      readonly tick: number;
      readonly lots: number;
      readonly takerSide: Side;
      readonly buyer: Account;
      readonly seller: Account;
      readonly takerOrder: number;
      readonly makerOrder: number;
      readonly tradeId: number;
      readonly hash: string;
      /** The account whose position was closed by force. */
      readonly liquidated: Account | undefined;
    }
  | {
      /** One half of a trade as the account's own feed tells it; only some accounts are followed so closely. */
      readonly type: 'fill';
      readonly account: Account;
      readonly coin: Coin;
      readonly tick: number;
      readonly lots: number;
      readonly side: Side;
      readonly settlement: Settlement;
      readonly taker: boolean;
      readonly orderId: number;
      readonly tradeId: number;
      readonly hash: string;
      readonly liquidated: Account | undefined;
    }
  | { readonly type: 'candle'; readonly candle: Candle }
  | {
      readonly type: 'mark';
      readonly coin: Coin;
      /** Sum of best bid and best ask in ticks, or `undefined` when a side is empty. */
      readonly doubleMid: number | undefined;
      readonly mark: number;
      readonly oracle: number;
      readonly openInterest: number;
      readonly dayVolume: number;
    }
  | {
      readonly type: 'book';
      readonly coin: Coin;
      readonly bids: readonly Level[];
      readonly asks: readonly Level[];
    }
  | { readonly type: 'funding'; readonly coin: Coin; readonly rate: number; readonly premium: number }
  | {
      readonly type: 'leaderboard';
      readonly account: Account;
      readonly equity: number;
      readonly day: WindowFigures;
      readonly week: WindowFigures;
      readonly month: WindowFigures;
      readonly all: WindowFigures;
    }
  | { readonly type: 'account'; readonly account: Account; readonly equity: number; readonly pnl: number }
  | {
      readonly type: 'position';
      readonly account: Account;
      readonly coin: Coin;
      readonly lots: number;
      /** Micro-dollars that the open lots cost, signed like them. */
      readonly cost: number;
      readonly mark: number;
      readonly leverage: number;
    }
);
