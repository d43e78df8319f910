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

const chunkRows = 32_768;

/** A part of the log, allocated when it is first needed. */
function createChunk() {
  return {
    accounts: new Int32Array(chunkRows),
    previous: new Float64Array(chunkRows),
    markets: new Uint16Array(chunkRows),
    flags: new Uint8Array(chunkRows),
    directions: new Uint8Array(chunkRows),
    ticks: new Int32Array(chunkRows),
    twaps: new Int32Array(chunkRows),
    liquidated: new Int32Array(chunkRows),
    marks: new Int32Array(chunkRows),
    times: new Float64Array(chunkRows),
    lots: new Float64Array(chunkRows),
    before: new Float64Array(chunkRows),
    closedPnl: new Float64Array(chunkRows),
    fees: new Float64Array(chunkRows),
    orders: new Float64Array(chunkRows),
    trades: new Float64Array(chunkRows),
    transactions: new Float64Array(chunkRows),
  };
}

export function emptyRow(): FillRow {
  return {
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
}

/** Keeps the newest `most` fills of all accounts together, rounded up to whole chunks. */
export function createFillLog(most: number): FillLog {
  const chunks: ReturnType<typeof createChunk>[] = [];
  const chunksAtMost = Math.max(1, Math.ceil(most / chunkRows));
  const capacity = chunksAtMost * chunkRows;
  const last: number[] = [];
  const counts: number[] = [];
  const row = emptyRow();
  let length = 0;

  const chunkOf = (number: number) => chunks[Math.floor(number / chunkRows) % chunksAtMost]!;
  const oldest = () => Math.max(0, length - capacity);

  return {
    get length() {
      return length;
    },
    get oldest() {
      return oldest();
    },
    append(added) {
      const number = length++;
      const at = number % chunkRows;
      if (at === 0 && chunks.length < chunksAtMost) chunks.push(createChunk());
      const chunk = chunkOf(number);
      chunk.accounts[at] = added.account;
      chunk.markets[at] = added.market;
      chunk.flags[at] =
        (added.isBuy ? sideBit : 0) |
        (added.isCrossed ? crossedBit : 0) |
        (added.isFeeInBase ? baseFeeBit : 0) |
        (added.isBackstop ? backstopBit : 0);
      chunk.directions[at] = added.direction;
      chunk.ticks[at] = added.tick;
      chunk.twaps[at] = added.twap;
      chunk.liquidated[at] = added.liquidated;
      chunk.marks[at] = added.markTick;
      chunk.times[at] = added.time;
      chunk.lots[at] = added.lots;
      chunk.before[at] = added.before;
      chunk.closedPnl[at] = added.closedPnl;
      chunk.fees[at] = added.fee;
      chunk.orders[at] = added.oid;
      chunk.trades[at] = added.tid;
      chunk.transactions[at] = added.transaction;
      chunk.previous[at] = last[added.account] ?? -1;
      last[added.account] = number;
      counts[added.account] = (counts[added.account] ?? 0) + 1;
      return number;
    },
    read(number) {
      const at = number % chunkRows;
      const chunk = chunkOf(number);
      const flag = chunk.flags[at]!;
      row.account = chunk.accounts[at]!;
      row.market = chunk.markets[at]!;
      row.isBuy = (flag & sideBit) !== 0;
      row.isCrossed = (flag & crossedBit) !== 0;
      row.isFeeInBase = (flag & baseFeeBit) !== 0;
      row.isBackstop = (flag & backstopBit) !== 0;
      row.direction = chunk.directions[at]!;
      row.tick = chunk.ticks[at]!;
      row.twap = chunk.twaps[at]!;
      row.liquidated = chunk.liquidated[at]!;
      row.markTick = chunk.marks[at]!;
      row.time = chunk.times[at]!;
      row.lots = chunk.lots[at]!;
      row.before = chunk.before[at]!;
      row.closedPnl = chunk.closedPnl[at]!;
      row.fee = chunk.fees[at]!;
      row.oid = chunk.orders[at]!;
      row.tid = chunk.trades[at]!;
      row.transaction = chunk.transactions[at]!;
      return row;
    },
    rowsOf(account, wanted) {
      const rows: number[] = [];
      let number = last[account] ?? -1;
      while (number >= oldest() && rows.length < wanted) {
        rows.push(number);
        number = chunkOf(number).previous[number % chunkRows]!;
      }
      return rows;
    },
    countOf: account => counts[account] ?? 0,
  };
}
