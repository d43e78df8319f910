/* A record holds what came to pass in one hour, one day or the whole life; its fields stand side by side in an array. */

/** The hour or day, counted from 1970. */
export const index = 0;
export const pnl = 1;
/** PnL while equity was known. */
export const measuredPnl = 2;
export const volume = 3;
export const trades = 4;
export const episodes = 5;
export const wins = 6;
export const grossWin = 7;
export const grossLoss = 8;
/** The best episode with a profit and the worst with a loss; 0 while there is none. */
export const maxProfit = 9;
export const maxLoss = 10;
export const riskSum = 11;
export const riskCount = 12;
export const makerVolume = 13;
export const knownVolume = 14;
/** Equity at the beginning, USD; NaN while it is not known. */
export const equity = 15;
/** Net deposits, and the most that they ever were. */
export const deposits = 16;
export const mostDeposits = 17;
/** The curve of returns: at the beginning, its highest, its lowest, its largest fall, its last. */
export const first = 18;
export const high = 19;
export const low = 20;
export const fall = 21;
export const last = 22;
export const fields = 23;

// Note: NaN makes V8 keep raw doubles.
const blank: readonly number[] = Array.from({ length: fields }, (_, field) =>
  field === equity || field >= first ? Number.NaN : 0,
);

export const blankRecord = (): number[] => blank.slice();

/** Begins a record at what equity and the curve are. */
export function beginRecord(
  record: number[],
  base: number,
  at: { readonly index: number; readonly equity: number; readonly curve: number },
): void {
  record[base + index] = at.index;
  record[base + equity] = at.equity;
  record[base + first] = at.curve;
  record[base + high] = at.curve;
  record[base + low] = at.curve;
  record[base + fall] = 0;
  record[base + last] = at.curve;
}

/** Moves the curve of a record. */
export function moveCurve(record: number[], base: number, curve: number): void {
  record[base + last] = curve;
  if (curve > record[base + high]!) record[base + high] = curve;
  if (curve < record[base + low]!) record[base + low] = curve;
  const top = record[base + high]!;
  const fallen = top > 0 ? (top - curve) / top : 0;
  if (fallen > record[base + fall]!) record[base + fall] = fallen;
}

/** Enters a deposit, negative for a withdrawal. */
export function addDeposit(record: number[], base: number, amount: number): void {
  record[base + deposits]! += amount;
  if (record[base + deposits]! > record[base + mostDeposits]!)
    record[base + mostDeposits] = record[base + deposits]!;
}

/** Enters an episode that ended. */
export function addEpisode(record: number[], base: number, result: number): void {
  record[base + episodes]! += 1;
  if (result > 0) {
    record[base + wins]! += 1;
    record[base + grossWin]! += result;
  } else record[base + grossLoss]! -= result;
  if (result > record[base + maxProfit]!) record[base + maxProfit] = result;
  if (result < record[base + maxLoss]!) record[base + maxLoss] = result;
}

/** Adds a later record to a sum of earlier ones. */
export function addRecord(sum: number[], from: readonly number[], base: number): void {
  sum[maxProfit] = Math.max(sum[maxProfit]!, from[base + maxProfit]!);
  sum[maxLoss] = Math.min(sum[maxLoss]!, from[base + maxLoss]!);
  for (let field = pnl; field <= knownVolume; field++)
    if (field !== maxProfit && field !== maxLoss) sum[field]! += from[base + field]!;
  sum[mostDeposits] = Math.max(sum[mostDeposits]!, sum[deposits]! + from[base + mostDeposits]!);
  sum[deposits]! += from[base + deposits]!;
  if (Number.isNaN(from[base + equity])) return;
  if (Number.isNaN(sum[equity])) {
    sum[equity] = from[base + equity]!;
    for (let field = first; field <= last; field++) sum[field] = from[base + field]!;
    return;
  }
  const top = sum[high]!;
  const across = top > 0 ? (top - from[base + low]!) / top : 0;
  sum[fall] = Math.max(sum[fall]!, from[base + fall]!, across);
  sum[high] = Math.max(top, from[base + high]!);
  sum[low] = Math.min(sum[low]!, from[base + low]!);
  sum[last] = from[base + last]!;
}
