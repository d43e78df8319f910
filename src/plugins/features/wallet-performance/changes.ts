import { type RowOf, toNumber, type walletPosition } from '../../../plugin-api/index.ts';
import { nameNumber, transactionNumber } from '../names.ts';
import { addRealised } from './equity.ts';
import { dayMs, equityNow, hourMs, placeOf } from './periods.ts';
import * as record from './record.ts';
import * as at from './slots.ts';
import type { PerformanceState } from './state.ts';

const mostBeside = 64;

/** Counts what a position's change brought, in the whole life and in the hour and day of the change. */
export function countChange(
  state: PerformanceState,
  row: RowOf<typeof walletPosition>,
  change: { readonly time: number; readonly counts: boolean; readonly minimumEquityUsd: number },
): void {
  const { n, hours, days } = state;
  const { time, counts, minimumEquityUsd } = change;
  const equity = equityNow(n);
  const enters = counts && (row.action === 'OPEN' || row.action === 'INCREASE' || row.action === 'FLIP');
  const risk =
    enters && equity >= minimumEquityUsd
      ? (Math.abs(toNumber(row.size)) * (row.price ?? Number.NaN)) / equity
      : Number.NaN;
  if (row.fee !== null) n[at.fees] = (Number.isNaN(n[at.fees]) ? 0 : n[at.fees]!) + row.fee;
  n[at.funding]! += row.fundingReceived;
  if (row.episodeHoldingMs !== null) n[at.holdingMs]! += row.episodeHoldingMs;
  const measured = Number.isNaN(equity) ? 0 : row.netPnl;
  const hour = placeOf(hours, Math.floor(time / hourMs));
  const day = placeOf(days, Math.floor(time / dayMs));
  add(n, 0, row, { counts, measured, risk });
  if (hour >= 0) add(hours, hour, row, { counts, measured, risk });
  if (day >= 0) add(days, day, row, { counts, measured, risk });
  addRealised(state, row.netPnl, minimumEquityUsd);
}

function add(
  records: number[],
  base: number,
  row: RowOf<typeof walletPosition>,
  { counts, measured, risk }: { readonly counts: boolean; readonly measured: number; readonly risk: number },
): void {
  records[base + record.pnl]! += row.netPnl;
  records[base + record.measuredPnl]! += measured;
  if (row.episodePnl !== null) record.addEpisode(records, base, row.episodePnl);
  if (!counts || row.notionalUsd === null) return;
  records[base + record.volume]! += row.notionalUsd;
  if (row.taker !== null) {
    records[base + record.knownVolume]! += row.notionalUsd;
    if (!row.taker) records[base + record.makerVolume]! += row.notionalUsd;
  }
  if (Number.isNaN(risk)) return;
  records[base + record.riskSum]! += risk;
  records[base + record.riskCount]! += 1;
}

/** Counts a trade where a match begins an execution: the matches of one coin, transaction and side are one. */
export function countExecution(
  state: PerformanceState,
  event: {
    readonly tsEvent: number;
    readonly payload:
      | { readonly coin: string; readonly hash: string | null; readonly side: 'buy' | 'sell' }
      | { readonly coin: string; readonly hash: string | null; readonly buyer: string | null };
  },
  wallet: string,
): void {
  const { n, hours, days } = state;
  const { payload, tsEvent: time } = event;
  const number = payload.hash === null ? 0 : transactionNumber(payload.hash);
  const buys = 'side' in payload ? payload.side === 'buy' : payload.buyer === wallet;
  // Note: slices of a TWAP order carry a hash of zeros; each is an execution of its own, and NaN equals nothing.
  const id = number === 0 ? Number.NaN : (number + nameNumber(payload.coin)) * (buys ? 1 : -1);
  if (n[at.executionTime] === time) {
    if (n[at.executionId] === id || state.beside.includes(id)) {
      if (number !== 0) return;
    } else if (!Number.isNaN(n[at.executionId]) && state.beside.length < mostBeside) {
      state.beside = [...state.beside, n[at.executionId]!];
    }
  } else if (state.beside.length > 0) state.beside = [];
  n[at.executionId] = id;
  n[at.executionTime] = time;
  n[record.trades]! += 1;
  const hour = placeOf(hours, Math.floor(time / hourMs));
  const day = placeOf(days, Math.floor(time / dayMs));
  if (hour >= 0) hours[hour + record.trades]! += 1;
  if (day >= 0) days[day + record.trades]! += 1;
}
