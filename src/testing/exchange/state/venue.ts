import { createIdentifiers, type Identifiers, zeroHash } from '../../../simulation/identifiers.ts';
import type { Account, AccountBook } from './accounts.ts';
import { createAccountBook } from './accounts.ts';
import { append, type BlockDraft, beginBlock } from './block-draft.ts';
import { type CandleLog, createCandleLog } from './candle-log.ts';
import { wireDecimal } from './decimals.ts';
import { createFillLog, emptyRow, type FillLog } from './fill-log.ts';
import { wireFill } from './fill-wire.ts';
import {
  createOrderLog,
  type OrderDraft,
  type OrderLog,
  type OrderRecord,
  wireOrderUpdate,
} from './order-log.ts';
import { createTurnover, type Turnover } from './turnover.ts';
import type { Market, Universe } from './universe.ts';
import type { WireTrade } from './wire.ts';

/** How many trades of a coin are kept to be replayed to a new subscriber. */
const replayed = 60;

/** A match of two orders. */
export interface Match {
  readonly market: Market;
  readonly tick: number;
  readonly lots: number;
  readonly takerBuys: boolean;
  readonly taker: Account;
  readonly maker: Account;
  readonly takerOrder: number;
  readonly makerOrder: number;
  /** The taker's transaction. */
  readonly transaction: number;
  /** The taker's TWAP. */
  readonly twap?: number;
  /** Whose position is closed by force. */
  readonly liquidated?: Account | undefined;
}

/** A change of one account's position that no trade shows. */
export interface Shift {
  readonly account: Account;
  readonly market: Market;
  /** Signed. */
  readonly lots: number;
  readonly tick: number;
  readonly direction: number;
  readonly transaction: number;
  readonly tid: number;
  /** 0 for a change without an order. */
  readonly order?: number;
  readonly liquidated?: Account;
}

/** Where trades are booked: accounts, logs of what happened, and the block that is being made. */
export interface Venue {
  readonly universe: Universe;
  readonly book: AccountBook;
  readonly fills: FillLog;
  readonly orders: OrderLog;
  readonly candles: CandleLog;
  readonly turnover: Turnover;
  readonly identifiers: Identifiers;
  /** In ticks by market. */
  readonly marks: Float64Array;
  readonly oracles: Float64Array;
  readonly lastTicks: Float64Array;
  readonly now: number;
  readonly height: number;
  /** How many trades there were. */
  readonly matched: number;
  readonly block: BlockDraft;
  begin(height: number, time: number): void;
  nextOrder(): number;
  nextTransaction(): number;
  /** The newest trades of a market, oldest first. */
  tradesOf(market: Market): readonly WireTrade[];
  match(match: Match): void;
  shift(shift: Shift): void;
  /** Takes an order in and tells its account. */
  place(draft: OrderDraft): OrderRecord;
  record(draft: OrderDraft, left: number, status: string): void;
  close(order: OrderRecord, status: string): void;
  /** Tells an account that its order changed. */
  announce(order: OrderRecord): void;
  /** Has the next trades of two coins, or of one coin in two blocks, share an identifier. */
  collide(across: 'coins' | 'blocks'): void;
}

interface Collision {
  readonly across: 'coins' | 'blocks';
  /** Trades since it was asked for, the latest of each market. */
  readonly seen: Map<Market, { readonly tid: number; readonly height: number }>;
}

export interface VenueOptions {
  readonly seed: number;
  readonly start: number;
  readonly universe: Universe;
  readonly fillsKept: number;
  readonly ordersKept: number;
}

const firstOrder = 400_000_000_000;

export function createVenue({ seed, start, universe, fillsKept, ordersKept }: VenueOptions): Venue {
  const { markets } = universe;
  const identifiers = createIdentifiers(seed);
  const book = createAccountBook(universe);
  const fills = createFillLog(fillsKept);
  const orders = createOrderLog(identifiers, ordersKept);
  const candles = createCandleLog();
  const turnover = createTurnover(markets.length);
  const ticksOf = () => Float64Array.from(markets, ({ startTick }) => startTick);
  const lastTicks = ticksOf();
  const marks = ticksOf();
  const recent: WireTrade[][] = markets.map(() => []);
  const collisions: Collision[] = [];
  let order = firstOrder;
  let transaction = 0;
  let matched = 0;
  let block = beginBlock(0, start, identifiers.block(0));

  const row = emptyRow();

  /** The identifier that a trade has where collisions are asked for. */
  function collidingId(market: Market, computed: number): number {
    const [collision] = collisions;
    if (collision === undefined) return computed;
    const { across, seen } = collision;
    const { height } = block;
    // Note: of two coins both trades must be in one block, so that only the coin tells them apart.
    const earlier =
      across === 'blocks'
        ? [seen.get(market)].find(trade => trade !== undefined && trade.height !== height)
        : [...seen].find(([other, trade]) => other !== market && trade.height === height)?.[1];
    if (earlier === undefined) {
      seen.set(market, { tid: computed, height });
      return computed;
    }
    collisions.shift();
    return earlier.tid;
  }

  /** Books one side and keeps its fill; the rest of `row` is set by the caller. */
  function settle(account: Account, market: Market, signedLots: number, tick: number, feeRate: number): void {
    const { before, closedPnl, fee, isFeeInBase } = book.book(account, market, signedLots, tick, feeRate);
    row.account = account.index;
    row.market = market.index;
    row.isBuy = signedLots > 0;
    row.time = block.time;
    row.tick = tick;
    row.lots = Math.abs(signedLots);
    row.before = before;
    row.closedPnl = closedPnl;
    row.fee = fee;
    row.isFeeInBase = isFeeInBase;
    fills.append(row);
    const fill = wireFill(row, markets, book.accounts, identifiers);
    if (row.twap === 0) append(block.fills, account.address, fill);
    else append(block.twapFills, account.address, { fill, twapId: row.twap });
  }

  return {
    universe,
    book,
    fills,
    orders,
    candles,
    turnover,
    identifiers,
    marks,
    oracles: ticksOf(),
    lastTicks,
    get now() {
      return block.time;
    },
    get height() {
      return block.height;
    },
    get matched() {
      return matched;
    },
    get block() {
      return block;
    },
    begin(height, time) {
      block = beginBlock(height, time, identifiers.block(height));
    },
    nextOrder: () => ++order,
    nextTransaction: () => ++transaction,
    tradesOf: market => recent[market.index]!,
    match(match) {
      const { market, tick, lots, taker, maker, takerBuys } = match;
      const buyer = takerBuys ? taker : maker;
      const seller = takerBuys ? maker : taker;
      const computed = identifiers.trade(
        takerBuys ? match.takerOrder : match.makerOrder,
        takerBuys ? match.makerOrder : match.takerOrder,
      );
      const tid = collisions.length === 0 ? computed : collidingId(market, computed);
      const isTwap = match.twap !== undefined;
      const rates = [taker.fees.taker, maker.fees.maker];
      row.tid = tid;
      row.transaction = isTwap ? 0 : match.transaction;
      row.liquidated = match.liquidated === undefined ? 0 : match.liquidated.index + 1;
      row.markTick = row.liquidated === 0 ? 0 : marks[market.index]!;
      row.isBackstop = false;
      row.oid = match.takerOrder;
      row.isCrossed = true;
      row.twap = match.twap ?? 0;
      row.direction = 0;
      settle(taker, market, takerBuys ? lots : -lots, tick, rates[0]!);
      row.oid = match.makerOrder;
      row.isCrossed = false;
      row.twap = 0;
      settle(maker, market, takerBuys ? -lots : lots, tick, rates[1]!);
      const trade: WireTrade = {
        coin: market.coin,
        side: takerBuys ? 'B' : 'A',
        px: wireDecimal(tick, market.priceDecimals),
        sz: wireDecimal(lots, market.sizeDecimals),
        time: block.time,
        hash: isTwap ? zeroHash : identifiers.transaction(match.transaction),
        tid,
        users: [buyer.address, seller.address],
      };
      append(block.trades, market.coin, trade);
      const kept = recent[market.index]!;
      kept.push(trade);
      if (kept.length >= replayed * 2) kept.splice(0, replayed);
      candles.add(market, block.time, tick, lots);
      turnover.add(market.index, block.time, lots, tick * lots * market.unit);
      lastTicks[market.index] = tick;
      matched++;
      block.candles.add(market.coin);
      block.books.add(market.coin);
    },
    shift({ account, market, lots, tick, direction, transaction: number, tid, order: oid, liquidated }) {
      row.tid = tid;
      row.transaction = number;
      row.liquidated = liquidated === undefined ? 0 : liquidated.index + 1;
      row.markTick = liquidated === undefined ? 0 : marks[market.index]!;
      row.isBackstop = liquidated !== undefined;
      row.oid = oid ?? 0;
      row.isCrossed = false;
      row.twap = 0;
      row.direction = direction;
      settle(account, market, lots, tick, 0);
    },
    place(draft) {
      const placed = orders.place(draft);
      append(block.orders, draft.account.address, wireOrderUpdate(placed, identifiers));
      return placed;
    },
    record(draft, left, status) {
      const done = orders.record(draft, left, status);
      append(block.orders, draft.account.address, wireOrderUpdate(done, identifiers));
    },
    close(closed, status) {
      orders.close(closed, status, block.time);
      append(block.orders, closed.account.address, wireOrderUpdate(closed, identifiers));
    },
    announce(changed) {
      append(block.orders, changed.account.address, wireOrderUpdate(changed, identifiers));
    },
    collide(across) {
      collisions.push({ across, seen: new Map() });
    },
  };
}
