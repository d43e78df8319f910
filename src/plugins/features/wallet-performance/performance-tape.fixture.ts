import { leaderboardLine } from '../../../../test/fixtures/wallet-rows.ts';
import { alice, fillOf, runFeatures } from '../../../../test/support/feature-run.ts';
import { fill, type Window, walletPerformance } from '../../../plugin-api/index.ts';
import type { TapeBuilder } from '../../../testing/tape-builder.ts';
import { marketStateFeature } from '../market-state/index.ts';
import { walletLedgerFeature } from '../wallet-ledger/index.ts';
import { walletPerformanceFeature } from './index.ts';

export const plugins = [marketStateFeature, walletLedgerFeature, walletPerformanceFeature];
/** A Monday, 00:00 UTC. */
export const start = Date.UTC(2026, 0, 5);
export const hour = 3_600_000;
export const day = 24 * hour;

/** Alice's row when the tape has ended, or at `until`. */
export async function performanceOf(tape: TapeBuilder, until?: number) {
  const run = await runFeatures(plugins, tape.events, until === undefined ? {} : { until });
  const row = run.row(walletPerformance, alice)!;
  const window = (name: Window) => row.windows.find(item => item.window === name)!;
  return { row, window };
}

let ids = 0;
/** Alice buys ten coins at 100 and sells them a second later, without fees: an episode of `pnl`. */
export function episode(tape: TapeBuilder, at: number, pnl: number): TapeBuilder {
  ids += 2;
  return tape
    .add(fill, {
      key: alice,
      at,
      payload: fillOf({ size: '10', tradeId: ids, hash: `0x${String(ids).padStart(64, '7')}` }),
    })
    .add(fill, {
      key: alice,
      at: at + 1_000,
      payload: fillOf({
        tradeId: ids + 1,
        side: 'sell',
        size: '10',
        price: String(100 + pnl / 10),
        startPosition: '10.0',
        closedPnl: String(pnl),
        crossed: false,
        hash: `0x${String(ids).padStart(64, '8')}`,
      }),
    });
}

/** A statement of alice's equity by her account. */
export const equity = (at: number, accountValue: number, totalPnl: number | null = null) => ({
  key: alice,
  at,
  payload: {
    user: alice,
    accountValue: String(accountValue),
    totalPnl: totalPnl === null ? null : String(totalPnl),
  },
});

/** A statement of alice's equity by the exchange's leaderboard. */
export const listed = (at: number, accountValue: number, allPnl: number) => ({
  key: alice,
  at,
  payload: leaderboardLine(alice, { accountValue: String(accountValue), allPnl: String(allPnl) }),
});
