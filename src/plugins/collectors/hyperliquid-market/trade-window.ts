/**
 * Remembers the last trades of a coin, so that each is taken once however often it arrives: on two connections while one replaces
 * the other, and in the recent trades that the exchange repeats after each subscription.
 */
export interface TradeWindow {
  /** Takes note of a trade; false when it is known. */
  add(tradeId: number, time: number): boolean;
  has(tradeId: number, time: number): boolean;
  readonly isEmpty: boolean;
}

/** The exchange repeats up to some sixty trades; twice as many are remembered at least. */
const leastTrades = 128;
/** Connections that replace one another, and duplicated messages, are apart by less than this. */
const leastMs = 10_000;

export function tradeWindow(): TradeWindow {
  // Note: ids are not unique over time, so the time is told apart, too.
  let recent = new Map<number, number>();
  let older = new Map<number, number>();
  let began = Number.NEGATIVE_INFINITY;
  const has = (tradeId: number, time: number) => recent.get(tradeId) === time || older.get(tradeId) === time;
  return {
    add(tradeId, time) {
      if (has(tradeId, time)) return false;
      if (recent.size >= leastTrades && time - began >= leastMs) {
        older = recent;
        recent = new Map();
      }
      if (recent.size === 0) began = time;
      recent.set(tradeId, time);
      return true;
    },
    has,
    get isEmpty() {
      return recent.size === 0 && older.size === 0;
    },
  };
}
