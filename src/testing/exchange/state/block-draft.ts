import type { Block } from './exchange-state.ts';
import type {
  WireFill,
  WireFunding,
  WireLedgerUpdate,
  WireOrderUpdate,
  WireTrade,
  WireTransaction,
  WireTwapFill,
  WireTwapHistory,
  WireUserEvent,
} from './wire.ts';

/** A block while it is made. */
export interface BlockDraft extends Block {
  readonly trades: Map<string, WireTrade[]>;
  readonly fills: Map<string, WireFill[]>;
  readonly twapFills: Map<string, WireTwapFill[]>;
  readonly twapHistory: Map<string, WireTwapHistory[]>;
  readonly orders: Map<string, WireOrderUpdate[]>;
  readonly fundings: Map<string, WireFunding[]>;
  readonly ledger: Map<string, WireLedgerUpdate[]>;
  readonly userEvents: Map<string, WireUserEvent[]>;
  readonly candles: Set<string>;
  readonly books: Set<string>;
  readonly actions: WireTransaction[];
}

export function beginBlock(height: number, time: number, hash: string): BlockDraft {
  return {
    height,
    time,
    hash,
    trades: new Map(),
    fills: new Map(),
    twapFills: new Map(),
    twapHistory: new Map(),
    orders: new Map(),
    fundings: new Map(),
    ledger: new Map(),
    userEvents: new Map(),
    candles: new Set(),
    books: new Set(),
    actions: [],
  };
}

/** Adds a value to the list of a key. */
export function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

export function isEmpty(block: Block): boolean {
  return (
    block.trades.size === 0 &&
    block.fills.size === 0 &&
    block.twapFills.size === 0 &&
    block.twapHistory.size === 0 &&
    block.orders.size === 0 &&
    block.fundings.size === 0 &&
    block.ledger.size === 0 &&
    block.userEvents.size === 0 &&
    block.books.size === 0 &&
    block.actions.length === 0
  );
}
