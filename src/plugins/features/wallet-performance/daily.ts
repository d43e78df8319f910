import { addMoments } from '../moments.ts';
import type { WalletPerformanceConfig } from './config.ts';
import * as record from './record.ts';
import * as at from './slots.ts';
import type { PerformanceState } from './state.ts';

/* Statistics of whole UTC days. A day without events is a day with no PnL and, where equity is known, a return of 0. */

const blank: readonly number[] = Array.from({ length: at.dailySlots }, (_, slot) =>
  slot === at.openDay || slot === at.openPnl || slot === at.pnlFirst || slot === at.pnlLast ? Number.NaN : 0,
);

/** Takes the days before `today` that are not in the statistics yet. */
export function closeDays(state: PerformanceState, today: number, config: WalletPerformanceConfig): void {
  const n = state.n;
  if (Number.isNaN(n[at.firstDay])) return;
  if (Number.isNaN(n[at.closedDay])) n[at.closedDay] = n[at.firstDay]! - 1;
  if (n[at.closedDay]! >= today - 1) return;
  if (state.daily.length === 0) state.daily = blank.slice();
  const { days, daily } = state;
  let pnl = 0;
  if (days.length === 0) {
    if (n[at.firstDay]! > n[at.closedDay]!)
      pnl = closeDay(state, n, { base: 0, day: n[at.firstDay]!, config });
  } else {
    for (let base = 0; base < days.length; base += record.fields) {
      const day = days[base + record.index]!;
      if (day <= n[at.closedDay]! || day >= today) continue;
      closeIdle(state, day - 1, config);
      pnl = closeDay(state, days, { base, day, config });
    }
  }
  if (n[at.closedDay]! < today - 1) pnl = 0;
  closeIdle(state, today - 1, config);
  daily[at.openDay] = today - 1;
  daily[at.openPnl] = pnl;
}

function closeDay(
  state: PerformanceState,
  records: readonly number[],
  {
    base,
    day,
    config,
  }: { readonly base: number; readonly day: number; readonly config: WalletPerformanceConfig },
): number {
  const pnl = records[base + record.pnl]!;
  addPnl(state.daily, pnl, 1);
  const first = records[base + record.first]!;
  if (first > 0) addReturn(state.daily, records[base + record.last]! / first - 1, { times: 1, config });
  state.n[at.closedDay] = day;
  return pnl;
}

function closeIdle(state: PerformanceState, until: number, config: WalletPerformanceConfig): void {
  const n = state.n;
  const times = until - n[at.closedDay]!;
  if (times <= 0) return;
  addPnl(state.daily, 0, times);
  const measured = Math.min(times, until - n[at.equityDay]!);
  if (measured > 0) addReturn(state.daily, 0, { times: measured, config });
  n[at.closedDay] = until;
}

function addPnl(daily: number[], pnl: number, times: number): void {
  if (daily[at.days] === 0) daily[at.pnlFirst] = pnl;
  else daily[at.pnlProducts]! += daily[at.pnlLast]! * pnl;
  daily[at.pnlProducts]! += pnl * pnl * (times - 1);
  daily[at.days]! += times;
  daily[at.pnlSum]! += pnl * times;
  daily[at.pnlSquares]! += pnl * pnl * times;
  daily[at.pnlLast] = pnl;
}

function addReturn(
  daily: number[],
  value: number,
  { times, config }: { readonly times: number; readonly config: WalletPerformanceConfig },
): void {
  const excess = value - config.riskFreeDailyRate;
  addMoments(daily, at.returnMean, daily[at.returns]!, { value: excess, times });
  daily[at.returns]! += times;
  if (excess < 0) daily[at.shortfalls]! += excess * excess * times;
}

/** Pairs the last closed day's PnL with the benchmark's return of that day. */
export function addBenchmark(
  state: PerformanceState,
  today: number,
  benchmark: number | null | undefined,
): void {
  const { daily } = state;
  if (daily.length === 0 || daily[at.openDay] !== today - 1) return;
  const pnl = daily[at.openPnl]!;
  daily[at.openDay] = Number.NaN;
  if (benchmark === null || benchmark === undefined) return;
  daily[at.common]! += 1;
  daily[at.benchmarkSum]! += benchmark;
  daily[at.benchmarkSquares]! += benchmark * benchmark;
  daily[at.benchmarkPnl]! += benchmark * pnl;
  daily[at.commonPnl]! += pnl;
  daily[at.commonSquares]! += pnl * pnl;
}

export interface ReturnRatios {
  readonly sharpe: number;
  readonly sortino: number;
}

interface ReturnSums {
  readonly count: number;
  readonly mean: number;
  /** Sums of squares: of the deviations from the mean, of all, and of those below 0. */
  readonly spread: number;
  readonly squares: number;
  readonly shortfall: number;
}

const unknown: ReturnRatios = { sharpe: Number.NaN, sortino: Number.NaN };

/** Share of the sum of squares up to which a spread is but rounding. */
const roundingShare = 1e-12;

function ratios({ count, mean, spread, squares, shortfall }: ReturnSums): ReturnRatios {
  const noise = squares * roundingShare;
  return {
    sharpe: spread > noise ? mean / Math.sqrt(spread / (count - 1)) : Number.NaN,
    sortino: shortfall > noise ? mean / Math.sqrt(shortfall / count) : Number.NaN,
  };
}

/** Mean excess return over its sample deviation and over its downside deviation, of all whole days; NaN of too few. */
export function lifeRatios({ daily }: PerformanceState, config: WalletPerformanceConfig): ReturnRatios {
  if (daily.length === 0 || daily[at.returns]! < config.minimumDays) return unknown;
  const count = daily[at.returns]!;
  const mean = daily[at.returnMean]!;
  const spread = daily[at.returnSquares]!;
  const squares = spread + count * mean * mean;
  return ratios({ count, mean, spread, squares, shortfall: daily[at.shortfalls]! });
}

/** The same of the last `length` whole days before `today`. */
export function recentRatios(
  { n, days }: PerformanceState,
  { today, length }: { readonly today: number; readonly length: number },
  config: WalletPerformanceConfig,
): ReturnRatios {
  const from = Math.max(today - length, n[at.equityDay]!);
  const count = today - from;
  if (!(count >= config.minimumDays)) return unknown;
  const records = days.length === 0 ? n : days;
  const end = days.length === 0 ? record.fields : days.length;
  const idle = -config.riskFreeDailyRate;
  let seen = 0;
  let sum = 0;
  let squares = 0;
  let shortfall = 0;
  const add = (excess: number, times: number) => {
    seen += times;
    sum += excess * times;
    squares += excess * excess * times;
    if (excess < 0) shortfall += excess * excess * times;
  };
  for (let base = 0; base < end; base += record.fields) {
    const day = days.length === 0 ? n[at.firstDay]! : records[base + record.index]!;
    const first = records[base + record.first]!;
    if (day < from || day >= today || !(first > 0)) continue;
    add(records[base + record.last]! / first - 1 - config.riskFreeDailyRate, 1);
  }
  add(idle, count - seen);
  const mean = sum / count;
  return ratios({ count, mean, spread: squares - sum * mean, squares, shortfall });
}

/** Sample deviation of daily PnL; NaN of too few days. */
export function pnlDeviation({ daily }: PerformanceState, minimumDays: number): number {
  const days = daily[at.days] ?? 0;
  if (days < minimumDays) return Number.NaN;
  return Math.sqrt(Math.max(0, daily[at.pnlSquares]! - daily[at.pnlSum]! ** 2 / days) / (days - 1));
}

/** Lag-one autocorrelation of daily PnL; NaN of too few days or of days that are all alike. */
export function pnlPersistence({ daily }: PerformanceState, minimumDays: number): number {
  const days = daily[at.days] ?? 0;
  if (days < minimumDays + 1) return Number.NaN;
  const sum = daily[at.pnlSum]!;
  const mean = sum / days;
  const spread = daily[at.pnlSquares]! - sum * mean;
  const together =
    daily[at.pnlProducts]! -
    mean * (2 * sum - daily[at.pnlFirst]! - daily[at.pnlLast]!) +
    (days - 1) * mean * mean;
  if (!(spread > daily[at.pnlSquares]! * roundingShare)) return Number.NaN;
  return Math.max(-1, Math.min(1, together / spread));
}

/** Pearson correlation of daily PnL with the benchmark's daily return; NaN of too few days or where either never varies. */
export function benchmarkCorrelation({ daily }: PerformanceState, minimumDays: number): number {
  const days = daily[at.common] ?? 0;
  if (days < minimumDays) return Number.NaN;
  const x = daily[at.benchmarkSum]!;
  const y = daily[at.commonPnl]!;
  const spreadX = daily[at.benchmarkSquares]! - (x * x) / days;
  const spreadY = daily[at.commonSquares]! - (y * y) / days;
  if (!(spreadX > 0 && spreadY > daily[at.commonSquares]! * roundingShare)) return Number.NaN;
  const together = daily[at.benchmarkPnl]! - (x * y) / days;
  return Math.max(-1, Math.min(1, together / Math.sqrt(spreadX * spreadY)));
}
