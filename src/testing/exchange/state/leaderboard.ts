import { createRandom } from '../../../simulation/random.ts';
import { equityOf } from './accounts.ts';
import { wireNumber, wireUsd } from './decimals.ts';
import { type Figures, type PeriodFigures, wireFigures } from './figures.ts';
import type { Population } from './population.ts';
import { vaultSummaryOf } from './vault.ts';
import type { Venue } from './venue.ts';

const refreshMs = 300_000;
const shownPeriods = ['day', 'week', 'month', 'allTime'] as const;

interface LeaderboardRow {
  readonly ethAddress: string;
  readonly accountValue: string;
  readonly windowPerformances: readonly (readonly [string, ReturnType<typeof wireFigures>])[];
  readonly prize: number;
  readonly displayName: string | null;
}

/** What the stats host serves: computed anew every five minutes of exchange time, and the same object meanwhile. */
export interface Leaderboard {
  rows(): { readonly leaderboardRows: readonly LeaderboardRow[] };
  vaults(): readonly unknown[];
}

export interface LeaderboardOptions {
  readonly seed: number;
  readonly venue: Venue;
  readonly figures: Figures;
  readonly population: Population;
  readonly size: number | undefined;
}

export function createLeaderboard(options: LeaderboardOptions): Leaderboard {
  const { venue, figures, population, size } = options;
  const strangers = createStrangers(options.seed);
  let shown: { leaderboardRows: readonly LeaderboardRow[] } | undefined;
  let shownAt = 0;

  function rowsNow(): LeaderboardRow[] {
    const rows: LeaderboardRow[] = [];
    for (const account of venue.book.accounts) {
      if (account.kind === 'backstop' || account.master !== undefined || account.volume === 0) continue;
      rows.push({
        ethAddress: account.address,
        accountValue: wireUsd(equityOf(account, venue.universe, venue.marks)),
        windowPerformances: shownPeriods.map(period => [period, wireFigures(figures.of(account, period))]),
        prize: 0,
        displayName: account.isNamed ? account.name : null,
      });
    }
    for (let i = rows.length; i < (size ?? 0); i++) rows.push(strangers(i));
    return rows;
  }

  return {
    rows() {
      if (shown === undefined || venue.now - shownAt >= refreshMs) {
        shown = { leaderboardRows: rowsNow() };
        shownAt = venue.now;
      }
      return shown;
    },
    vaults: () =>
      population.vaults.map(vault => ({
        apr: figures.of(vault.account, 'month').roi * 12,
        pnls: shownPeriods.map(period => [period, [wireUsd(figures.of(vault.account, period).pnl)]]),
        summary: vaultSummaryOf(venue, vault),
      })),
  };
}

/** Rows of traders who never trade here, by their place; each is made once. */
function createStrangers(seed: number): (place: number) => LeaderboardRow {
  const made = new Map<number, LeaderboardRow>();
  return place => {
    const known = made.get(place);
    if (known !== undefined) return known;
    const random = createRandom(seed, `stranger/${place}`);
    const equity = random.logNormal(20_000, 2);
    const figures = (share: number): PeriodFigures => {
      const roi = random.gaussian() * share;
      return {
        roi,
        pnl: Math.round(equity * roi * 1e6),
        volume: Math.round(equity * random.logNormal(8 * share, 1) * 1e6),
      };
    };
    const row: LeaderboardRow = {
      ethAddress: `0x${random.hex(40)}`,
      accountValue: wireNumber(equity, 6),
      windowPerformances: [
        ['day', wireFigures(figures(0.02))],
        ['week', wireFigures(figures(0.06))],
        ['month', wireFigures(figures(0.15))],
        ['allTime', wireFigures(figures(0.5))],
      ],
      prize: 0,
      displayName: place % 25 === 0 ? `trader-${place}` : null,
    };
    made.set(place, row);
    return row;
  };
}
