import { dayMs, hourMs, openPeriods, placeOf } from './periods.ts';
import * as record from './record.ts';
import * as at from './slots.ts';
import type { PerformanceState } from './state.ts';

/*
 * The curve of returns. Between two statements of equity it moves with realised PnL over the equity last told. Where the
 * source tells total PnL, too, a new statement corrects it by what was really gained, unrealised PnL included, over the equity
 * before plus half of the deposits since (modified Dietz 1966), so that a deposit is no gain and a withdrawal no loss.
 *
 * Sources may mean different things by equity: one tells that of one market, another that of all. A gain is measured between
 * two statements of one source only; where another takes over, the curve goes on from where it is.
 */

/** A statement of equity. */
export interface Statement {
  /** `fromAccount` or `fromLeaderboard`. */
  readonly source: number;
  readonly value: number;
  /** NaN where the source does not tell it. */
  readonly totalPnl: number;
  readonly time: number;
}

interface EquityConfig {
  readonly minimumEquityUsd: number;
  readonly accountFreshMs: number;
}

/** Takes in realised PnL. */
export function addRealised(state: PerformanceState, amount: number, minimumEquityUsd: number): void {
  const n = state.n;
  if (Number.isNaN(n[at.accountValue]) || amount === 0) return;
  n[at.realisedSince]! += amount;
  if (!(n[at.accountValue]! >= minimumEquityUsd)) return;
  setCurve(state, n[at.curveTold]! * Math.max(0, 1 + n[at.realisedSince]! / n[at.accountValue]!));
}

/** Takes in equity as told, unless the same source has told a later one or a better source a fresh one. */
export function tellEquity(state: PerformanceState, told: Statement, config: EquityConfig): void {
  const n = state.n;
  if (!isWanted(n, told, config.accountFreshMs)) return;
  const before = n[at.accountValue]!;
  openPeriods(state, told.time);
  if (Number.isNaN(before)) beginCurve(state, told);
  else if (n[at.source] === told.source) correctCurve(state, told, config.minimumEquityUsd);
  else {
    n[at.curveTold] = n[at.curve]!;
    // Note: what the sources differ by counts as a deposit, so that no return is measured against the smaller of two scopes.
    deposit(state, told.value - before - n[at.realisedSince]!, told.time);
  }
  n[at.source] = told.source;
  n[at.accountValue] = told.value;
  n[at.totalPnl] = told.totalPnl;
  n[at.realisedSince] = 0;
  // Note: a wallet that has lost everything begins a new curve with its next money; its largest fall stays on record.
  if (n[at.curve] === 0 && told.value >= config.minimumEquityUsd) {
    n[at.curve] = 1;
    n[at.curveTold] = 1;
  }
}

/** Notes when a source spoke; answers whether it is to be heard. */
function isWanted(n: number[], told: Statement, accountFreshMs: number): boolean {
  const own = told.source === at.fromAccount ? at.accountTime : at.leaderboardTime;
  if (told.time < n[own]!) return false;
  n[own] = told.time;
  return told.source === at.fromAccount
    ? !(n[at.leaderboardTime]! - told.time >= accountFreshMs)
    : !(told.time - n[at.accountTime]! < accountFreshMs);
}

function beginCurve(state: PerformanceState, told: Statement): void {
  const { n, hours, days } = state;
  n[at.curveTold] = 1;
  n[at.curve] = 1;
  n[at.equityDay] = Math.floor(told.time / dayMs);
  const begin = (records: number[], base: number) =>
    record.beginRecord(records, base, { index: records[base]!, equity: told.value, curve: 1 });
  begin(n, 0);
  if (hours.length > 0) begin(hours, hours.length - record.fields);
  if (days.length > 0) begin(days, days.length - record.fields);
}

function correctCurve(state: PerformanceState, told: Statement, minimumEquityUsd: number): void {
  const n = state.n;
  const before = n[at.accountValue]!;
  const gain = told.totalPnl - n[at.totalPnl]!;
  const known = !Number.isNaN(gain);
  const flow = known ? told.value - before - gain : 0;
  const base = before + flow / 2;
  const gained = known ? gain : n[at.realisedSince]!;
  if (base >= minimumEquityUsd) setCurve(state, n[at.curveTold]! * Math.max(0, 1 + gained / base));
  n[at.curveTold] = n[at.curve]!;
  if (known) deposit(state, flow, told.time);
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
