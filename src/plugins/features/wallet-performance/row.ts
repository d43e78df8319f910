import type { RowOf, walletPerformance, windows } from '../../../plugin-api/index.ts';
import type { WalletPerformanceConfig } from './config.ts';
import {
  benchmarkCorrelation,
  lifeRatios,
  pnlDeviation,
  pnlPersistence,
  type ReturnRatios,
  recentRatios,
} from './daily.ts';
import { returnOf } from './equity.ts';
import { valueHoldings } from './holdings.ts';
import {
  dayMs,
  equityNow,
  hourMs,
  idleAfterMs,
  lastSeenOf,
  monthDays,
  sumSince,
  weekDays,
} from './periods.ts';
import * as record from './record.ts';
import * as at from './slots.ts';
import type { PerformanceState } from './state.ts';

type Row = RowOf<typeof walletPerformance>;
type WindowRow = Row['windows'][number];

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
const ratio = (sum: number, count: number): number => (count > 0 ? sum / count : Number.NaN);

interface RowContext {
  readonly now: number;
  readonly config: WalletPerformanceConfig;
  readonly inputs: {
    market(coin: string): { readonly price: number | null } | undefined;
  };
}

/** What the windows can tell. */
interface Told {
  /** Whether anything of the wallet was seen that could have brought PnL. */
  readonly roi: boolean;
  readonly drawdown: boolean;
  readonly minimumEquityUsd: number;
}

export function performanceRow(state: PerformanceState, ctx: RowContext): Row | undefined {
  const { n, hours, days } = state;
  const config = ctx.config;
  // Note: of a wallet that nothing but the exchange's leaderboard has named, that tells more than a row of zeros would.
  if (Number.isNaN(n[at.seen])) return undefined;
  const today = Math.floor(ctx.now / dayMs);
  const hour = Math.floor(ctx.now / hourMs);
  const day = sumSince(hours, n, { after: hour - 24, first: n[at.firstHour]! });
  const week = sumSince(days, n, { after: today - weekDays, first: n[at.firstDay]! });
  const month = sumSince(days, n, { after: today - monthDays, first: n[at.firstDay]! });
  const none: ReturnRatios = { sharpe: Number.NaN, sortino: Number.NaN };
  const told: Told = {
    roi: n[at.seen] === at.seenActive,
    drawdown: today - n[at.equityDay]! >= config.minimumDays,
    minimumEquityUsd: config.minimumEquityUsd,
  };
  const rows = [
    windowRow('day', day, none, told),
    windowRow('week', week, recentRatios(state, { today, length: weekDays }, config), told),
    windowRow('month', month, recentRatios(state, { today, length: monthDays }, config), told),
    windowRow('all', n, lifeRatios(state, config), told),
  ];
  let windowsKnown = 0;
  let positive = 0;
  for (const { window, roi } of rows) {
    if (window === 'all' || roi === null) continue;
    windowsKnown++;
    if (roi > 0) positive++;
  }
  const { gross, unrealised } = valueHoldings(state, coin => ctx.inputs.market(coin)?.price);
  const equity = equityNow(n);
  const lastSeen = lastSeenOf(n);
  const volume = n[record.volume]!;
  return {
    firstSeen: n[at.firstSeen]!,
    lastSeen,
    idle: ctx.now - lastSeen >= idleAfterMs,
    accountValue: known(n[at.accountValue]!),
    accountValueTime: known(n[n[at.source] === at.fromLeaderboard ? at.leaderboardTime : at.accountTime]!),
    windows: rows,
    consistency: known(ratio(positive, windowsKnown)),
    meanHoldingMs: known(ratio(n[at.holdingMs]!, n[record.episodes]!)),
    concentration: volume > 0 ? Math.min(1, n[at.squaredVolume]! / (volume * volume)) : null,
    leverageUse: equity > 0 ? known(gross / equity) : null,
    correlationToBtc: known(benchmarkCorrelation(state, config.minimumDays)),
    pnlVolatility: known(pnlDeviation(state, config.minimumDays)),
    persistence: known(pnlPersistence(state, config.minimumDays)),
    realisedPnl: n[record.pnl]!,
    fees: known(n[at.fees]!),
    funding: n[at.funding]!,
    openPositions: state.held.length,
    grossNotionalUsd: known(gross),
    // Note: positions that the told equity could not carry were closed in a way that no feed has told.
    unrealisedPnl: gross > config.greatestLeverage * Math.max(0, equity) ? null : known(unrealised),
    truncated: n[at.truncated]! > 0,
    gaps: n[at.gaps]!,
  };
}

function windowRow(
  window: (typeof windows)[number],
  sum: readonly number[],
  { sharpe, sortino }: ReturnRatios,
  told: Told,
): WindowRow {
  const ended = sum[record.episodes]!;
  return {
    window,
    pnl: sum[record.pnl]!,
    roi: told.roi ? known(returnOf(sum, told.minimumEquityUsd)) : null,
    volume: sum[record.volume]!,
    trades: sum[record.trades]!,
    winRate: known(ratio(sum[record.wins]!, ended)),
    avgRiskRatio: known(ratio(sum[record.riskSum]!, sum[record.riskCount]!)),
    maxDrawdown: told.drawdown && !Number.isNaN(sum[record.equity]) ? known(sum[record.fall]!) : null,
    maxProfit: sum[record.maxProfit]! > 0 ? sum[record.maxProfit]! : null,
    maxLoss: sum[record.maxLoss]! < 0 ? sum[record.maxLoss]! : null,
    sharpe: known(sharpe),
    sortino: known(sortino),
    profitFactor: sum[record.grossLoss]! > 0 ? sum[record.grossWin]! / sum[record.grossLoss]! : null,
    makerShare: known(ratio(sum[record.makerVolume]!, sum[record.knownVolume]!)),
  };
}
