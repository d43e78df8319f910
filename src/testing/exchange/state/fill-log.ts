/*
 * Fills in columns: what a busy exchange keeps of millions of them would be gigabytes as objects.
 */

const sideBit = 1;
const crossedBit = 2;
const baseFeeBit = 4;
const backstopBit = 8;

/** What a fill's row is made of. */
export interface FillRow {
  account: number;
  market: number;
  isBuy: boolean;
  isCrossed: boolean;
  time: number;
  tick: number;
  lots: number;
  /** Lots, or of a spot pair the token's smallest units. */
  before: number;
  /** Micro-dollars. */
  closedPnl: number;
  fee: number;
  isFeeInBase: boolean;
  oid: number;
  tid: number;
  /** 0 for a hash of zeros. */
  transaction: number;
  /** 0 for a fill of no TWAP. */
  twap: number;
  /** Of the fills' words for what happened; 0 derives them from the change. */
  direction: number;
  /** Index of the liquidated account plus 1, and the mark in ticks; 0 for none. */
  liquidated: number;
  markTick: number;
  isBackstop: boolean;
}

/** Fills of everyone, the newest of them kept. Rows are numbered from 0 and the number is never used again. */
export interface FillLog {
  readonly length: number;
  /** Number of the oldest row that is kept. */
  readonly oldest: number;
  append(row: FillRow): number;
  /** Reads into an object that is used again by the next read. */
  read(row: number): Readonly<FillRow>;
  /** Newest first, no more than so many. */
  rowsOf(account: number, most: number): number[];
  countOf(account: number): number;
}

/** Keeps the newest `most` fills of all accounts together. Columns grow as they are needed. */
export function createFillLog(most: number): FillLog {
  let capacity = Math.min(4_096, most);
  let length = 0;
  let accounts = new Int32Array(capacity);
  let previous = new Float64Array(capacity);
  let markets = new Uint16Array(capacity);
  let flags = new Uint8Array(capacity);
  let directions = new Uint8Array(capacity);
  let ticks = new Int32Array(capacity);
  let twaps = new Int32Array(capacity);
  let liquidated = new Int32Array(capacity);
  let marks = new Int32Array(capacity);
  let numbers = Array.from({ length: 8 }, () => new Float64Array(capacity));
  const last: number[] = [];
  const counts: number[] = [];

  function grow(): void {
    const wider = Math.min(most, capacity * 2);
    const widen = <Column extends { set(from: Column): void; readonly length: number }>(
      column: Column,
      make: (length: number) => Column,
    ): Column => {
      const made = make(wider);
      made.set(column);
      return made;
    };
    accounts = widen(accounts, size => new Int32Array(size));
    previous = widen(previous, size => new Float64Array(size));
    markets = widen(markets, size => new Uint16Array(size));
    flags = widen(flags, size => new Uint8Array(size));
    directions = widen(directions, size => new Uint8Array(size));
    ticks = widen(ticks, size => new Int32Array(size));
    twaps = widen(twaps, size => new Int32Array(size));
    liquidated = widen(liquidated, size => new Int32Array(size));
    marks = widen(marks, size => new Int32Array(size));
    numbers = numbers.map(column => widen(column, size => new Float64Array(size)));
    capacity = wider;
  }

  const read: FillRow = {
    account: 0,
    market: 0,
    isBuy: false,
    isCrossed: false,
    time: 0,
    tick: 0,
    lots: 0,
    before: 0,
    closedPnl: 0,
    fee: 0,
    isFeeInBase: false,
    oid: 0,
    tid: 0,
    transaction: 0,
    twap: 0,
    direction: 0,
    liquidated: 0,
    markTick: 0,
    isBackstop: false,
  };

  return {
    get length() {
      return length;
    },
    get oldest() {
      return Math.max(0, length - capacity);
    },
    append(row) {
      if (length === capacity && capacity < most) grow();
      const number = length++;
      const at = number % capacity;
      accounts[at] = row.account;
      markets[at] = row.market;
      flags[at] =
        (row.isBuy ? sideBit : 0) |
        (row.isCrossed ? crossedBit : 0) |
        (row.isFeeInBase ? baseFeeBit : 0) |
        (row.isBackstop ? backstopBit : 0);
      directions[at] = row.direction;
      ticks[at] = row.tick;
      twaps[at] = row.twap;
      liquidated[at] = row.liquidated;
      marks[at] = row.markTick;
      numbers[0]![at] = row.time;
      numbers[1]![at] = row.lots;
      numbers[2]![at] = row.before;
      numbers[3]![at] = row.closedPnl;
      numbers[4]![at] = row.fee;
      numbers[5]![at] = row.oid;
      numbers[6]![at] = row.tid;
      numbers[7]![at] = row.transaction;
      previous[at] = last[row.account] ?? -1;
      last[row.account] = number;
      counts[row.account] = (counts[row.account] ?? 0) + 1;
      return number;
    },
    read(number) {
      const at = number % capacity;
      const flag = flags[at]!;
      read.account = accounts[at]!;
      read.market = markets[at]!;
      read.isBuy = (flag & sideBit) !== 0;
      read.isCrossed = (flag & crossedBit) !== 0;
      read.isFeeInBase = (flag & baseFeeBit) !== 0;
      read.isBackstop = (flag & backstopBit) !== 0;
      read.direction = directions[at]!;
      read.tick = ticks[at]!;
      read.twap = twaps[at]!;
      read.liquidated = liquidated[at]!;
      read.markTick = marks[at]!;
      read.time = numbers[0]![at]!;
      read.lots = numbers[1]![at]!;
      read.before = numbers[2]![at]!;
      read.closedPnl = numbers[3]![at]!;
      read.fee = numbers[4]![at]!;
      read.oid = numbers[5]![at]!;
      read.tid = numbers[6]![at]!;
      read.transaction = numbers[7]![at]!;
      return read;
    },
    rowsOf(account, wanted) {
      const rows: number[] = [];
      const oldest = Math.max(0, length - capacity);
      let row = last[account] ?? -1;
      while (row >= oldest && rows.length < wanted) {
        rows.push(row);
        row = previous[row % capacity]!;
      }
      return rows;
    },
    countOf: account => counts[account] ?? 0,
  };
}
