/**
 * Remembers the last trades of a coin, so that each is taken once however often it arrives: on two connections while one replaces
 * the other, and in the recent trades that the exchange repeats after each subscription.
 */
export interface TradeWindow {
  /** Takes note of a trade; false when it is known. */
  add(tradeId: number, time: number): boolean;
  has(tradeId: number, time: number): boolean;
  /** Which in the order of their arrival a trade was, from 1; undefined for one that is not remembered. */
  placeOf(tradeId: number, time: number): number | undefined;
  /** How many have arrived. */
  readonly arrived: number;
  readonly isEmpty: boolean;
}

interface Arrival {
  readonly time: number;
  readonly place: number;
}

/** The exchange repeats up to some sixty trades; twice as many are remembered at least. */
const leastTrades = 128;
/** Connections that replace one another, and duplicated messages, are apart by less than this. */
const leastMs = 10_000;

export function tradeWindow(): TradeWindow {
  // Note: ids are not unique over time, so the time is told apart, too.
  let recent = new Map<number, Arrival>();
  let older = new Map<number, Arrival>();
  let began = Number.NEGATIVE_INFINITY;
  let arrived = 0;
  const find = (tradeId: number, time: number): Arrival | undefined => {
    const newer = recent.get(tradeId);
    if (newer?.time === time) return newer;
    const old = older.get(tradeId);
    return old?.time === time ? old : undefined;
  };
  const has = (tradeId: number, time: number) => find(tradeId, time) !== undefined;
  return {
    add(tradeId, time) {
      if (has(tradeId, time)) return false;
      if (recent.size >= leastTrades && time - began >= leastMs) {
        older = recent;
        recent = new Map();
      }
      if (recent.size === 0) began = time;
      arrived += 1;
      recent.set(tradeId, { time, place: arrived });
      return true;
    },
    has,
    placeOf: (tradeId, time) => find(tradeId, time)?.place,
    get arrived() {
      return arrived;
    },
    get isEmpty() {
      return recent.size === 0 && older.size === 0;
    },
  };
}
