import {
  account,
  defineFeature,
  fill,
  fundingPayment,
  leaderboard,
  marketState,
  optional,
  position,
  toNumber,
  trade,
  tradersOf,
  walletPerformance,
  walletPosition,
} from '../../../plugin-api/index.ts';
import { nameNumber } from '../names.ts';
import { countChange, countExecution } from './changes.ts';
import { countCoin } from './coins.ts';
import { walletPerformanceConfig } from './config.ts';
import { addBenchmark, closeDays } from './daily.ts';
import { tellEquity } from './equity.ts';
import { hold } from './holdings.ts';
import { dayMs, openPeriods } from './periods.ts';
import { performanceRow } from './row.ts';
import * as at from './slots.ts';
import { initialPerformance, type PerformanceState } from './state.ts';
import { wishWake } from './wakes.ts';

/**
 * Measures how well a wallet does in the last day, week and month and over its whole life: PnL, return, drawdown, Sharpe and
 * Sortino ratios, episodes, risk, and the figures of the performance list.
 */
export const walletPerformanceFeature = defineFeature({
  id: 'wallet-performance',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Measures how well a wallet does in the last day, week and month and over its whole life.',
  config: walletPerformanceConfig,
  on: [trade, fill, position, fundingPayment, account, leaderboard],
  inputs: { ledger: walletPosition, market: optional(marketState) },
  output: walletPerformance,
  key(event) {
    const payload = event.payload;
    if ('user' in payload) return payload.user;
    return tradersOf(payload);
  },
  initial: initialPerformance,
  update(state: PerformanceState, event, ctx) {
    const n = state.n;
    const time = event.tsEvent;
    const config = ctx.config;
    if (!(time >= n[at.firstSeen]!)) n[at.firstSeen] = time;
    if (!(time <= n[at.lastSeen]!)) n[at.lastSeen] = time;
    noteKind(n, event.type, time);
    closeDays(state, Math.floor(ctx.now / dayMs), config);
    openPeriods(state, time);
    if (n[at.seen]! > 0) wishWake(state, ctx);
    if (event.type === 'account') {
      const { accountValue, totalPnl } = event.payload;
      const total = totalPnl === null ? Number.NaN : toNumber(totalPnl);
      const value = toNumber(accountValue);
      tellEquity(state, { source: at.fromAccount, value, totalPnl: total, time }, config);
      return;
    }
    if (event.type === 'leaderboard') {
      const { accountValue, allPnl } = event.payload;
      const value = toNumber(accountValue);
      tellEquity(state, { source: at.fromLeaderboard, value, totalPnl: toNumber(allPnl), time }, config);
      return;
    }
    const coin = event.payload.coin;
    const row = ctx.inputs.ledger([ctx.key, coin]);
    if (row === undefined) return;
    // Note: a liquidation may be known as one only after the change itself has been told.
    const isChange = row.action !== null && (row.action !== 'LIQUIDATED' || row.sizeBefore !== row.size);
    const counts = isChange && row.action !== 'RECONCILED' && row.source !== 'snapshot';
    countCoin(state, nameNumber(coin), {
      notionalUsd: counts ? (row.notionalUsd ?? 0) : 0,
      gaps: row.gaps,
      truncated: row.truncated,
    });
    countChange(state, row, { time, counts, minimumEquityUsd: config.minimumEquityUsd });
    if (counts && (event.type === 'trade' || event.type === 'fill')) countExecution(state, event, ctx.key);
    hold(state, coin, {
      size: toNumber(row.size),
      entry: row.entryPrice ?? Number.NaN,
      price: row.price ?? Number.NaN,
    });
  },
  wake(state: PerformanceState, ctx) {
    const today = Math.floor((ctx.now - ctx.config.dayDelayMs) / dayMs);
    closeDays(state, today, ctx.config);
    addBenchmark(state, today, ctx.inputs.market(ctx.config.benchmarkCoin)?.previousDayReturn);
    if (ctx.now >= state.n[at.nextWake]!) state.n[at.nextWake] = Number.NaN;
    wishWake(state, ctx);
  },
  value: performanceRow,
});

function noteKind(n: number[], type: string, time: number): void {
  if (type === 'trade' || type === 'fill') {
    n[at.seen] = at.seenActive;
    if (!(time <= n[at.lastTraded]!)) n[at.lastTraded] = time;
  } else if (type === 'funding-payment') n[at.seen] = at.seenActive;
  else if (type !== 'leaderboard' && n[at.seen] !== at.seenActive) n[at.seen] = at.seenStated;
}
