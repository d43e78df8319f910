import { dayMs, hourMs, openPeriods, placeOf } from './periods.ts';
import * as record from './record.ts';
import * as at from './slots.ts';
import type { PerformanceState } from './state.ts';

/*
 * The curve of returns. Between two statements of equity it moves with realised PnL over the equity last told. Where the
 * source tells total PnL, too, a new statement corrects it by what was really gained, unrealised PnL included, over the equity
 * before plus half of the deposits since (modified Dietz 1966), so that a deposit is no gain and a withdrawal no loss.
 */

/** Takes in realised PnL. */
export function addRealised(state: PerformanceState, amount: number, minimumEquityUsd: number): void {
  const n = state.n;
  if (Number.isNaN(n[at.accountValue]) || amount === 0) return;
  n[at.realisedSince]! += amount;
  if (!(n[at.accountValue]! >= minimumEquityUsd)) return;
  setCurve(state, n[at.curveTold]! * Math.max(0, 1 + n[at.realisedSince]! / n[at.accountValue]!));
}

/** Takes in equity as told, with total PnL where the source tells it (NaN where not). */
export function tellEquity(
  state: PerformanceState,
  told: { readonly value: number; readonly totalPnl: number; readonly time: number },
  minimumEquityUsd: number,
): void {
  const n = state.n;
  const before = n[at.accountValue]!;
  openPeriods(state, told.time);
  if (Number.isNaN(before)) {
    n[at.curveTold] = 1;
    n[at.curve] = 1;
    n[at.equityDay] = Math.floor(told.time / dayMs);
    n[at.accountValue] = told.value;
    beginCurves(state, told.value);
  } else {
    const gain = told.totalPnl - n[at.totalPnl]!;
    const known = !Number.isNaN(gain);
    const flow = known ? told.value - before - gain : 0;
    const base = before + flow / 2;
    const gained = known ? gain : n[at.realisedSince]!;
    if (base >= minimumEquityUsd) setCurve(state, n[at.curveTold]! * Math.max(0, 1 + gained / base));
    n[at.curveTold] = n[at.curve]!;
    if (known) deposit(state, flow, told.time);
  }
  n[at.accountValue] = told.value;
  n[at.totalPnl] = told.totalPnl;
  n[at.realisedSince] = 0;
  // Note: a wallet that has lost everything begins a new curve with its next money; its largest fall stays on record.
  if (n[at.curve] === 0 && told.value >= minimumEquityUsd) {
    n[at.curve] = 1;
    n[at.curveTold] = 1;
  }
}

function beginCurves({ n, hours, days }: PerformanceState, value: number): void {
  const begin = (records: number[], base: number) =>
    record.beginRecord(records, base, { index: records[base]!, equity: value, curve: 1 });
  begin(n, 0);
  if (hours.length > 0) begin(hours, hours.length - record.fields);
  if (days.length > 0) begin(days, days.length - record.fields);
}

function setCurve({ n, hours, days }: PerformanceState, curve: number): void {
  n[at.curve] = curve;
  record.moveCurve(n, 0, curve);
  if (hours.length > 0) record.moveCurve(hours, hours.length - record.fields, curve);
  if (days.length > 0) record.moveCurve(days, days.length - record.fields, curve);
}

function deposit({ n, hours, days }: PerformanceState, amount: number, time: number): void {
  record.addDeposit(n, 0, amount);
  const hour = placeOf(hours, Math.floor(time / hourMs));
  if (hour >= 0) record.addDeposit(hours, hour, amount);
  const day = placeOf(days, Math.floor(time / dayMs));
  if (day >= 0) record.addDeposit(days, day, amount);
}

/** Return on the equity at the beginning plus the most that was ever deposited on top of it; NaN while equity is not known. */
export function returnOf(sum: readonly number[], minimumEquityUsd: number): number {
  const base = sum[record.equity]! + sum[record.mostDeposits]!;
  return Number.isNaN(base) ? Number.NaN : sum[record.measuredPnl]! / Math.max(base, minimumEquityUsd);
}
