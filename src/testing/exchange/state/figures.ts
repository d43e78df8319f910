import { type Account, equityOf } from './accounts.ts';
import { wireNumber, wireUsd } from './decimals.ts';
import type { Venue } from './venue.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The periods of `portfolio`, with the spacing of the samples that each is drawn from. */
const periods = [
  { name: 'day', length: day, spacing: 15 * minute },
  { name: 'week', length: 7 * day, spacing: 2 * hour },
  { name: 'month', length: 30 * day, spacing: 8 * hour },
  { name: 'allTime', length: Number.POSITIVE_INFINITY, spacing: day },
] as const;

export type Period = (typeof periods)[number]['name'];

const mostSamples = 130;

interface Sample {
  readonly time: number;
  readonly equity: number;
  readonly netDeposits: number;
  readonly volume: number;
}

/** What an account did in a period. */
export interface PeriodFigures {
  /** Micro-dollars. */
  readonly pnl: number;
  /** PnL over the equity at the beginning and later deposits, as a fraction. */
  readonly roi: number;
  readonly volume: number;
}

/** Equity over time of all accounts, from which profits of periods follow. */
export interface Figures {
  /** Takes samples where it is time; called each minute. */
  sample(): void;
  of(account: Account, period: Period): PeriodFigures;
  /** The answer of `portfolio`. */
  portfolioOf(account: Account): unknown[];
}

export function createFigures(venue: Venue): Figures {
  const { accounts } = venue.book;
  /** By account and period. */
  const samples: Sample[][][] = [];
  const begun: number[] = [];

  const nowOf = (account: Account): Sample => ({
    time: venue.now,
    equity: equityOf(account, venue.universe, venue.marks),
    netDeposits: account.netDeposits,
    volume: account.volume,
  });

  function baseOf(account: Account, index: number): Sample {
    const { length } = periods[index]!;
    const from = venue.now - length;
    if ((begun[account.index] ?? venue.now) >= from) return { time: 0, equity: 0, netDeposits: 0, volume: 0 };
    const kept = samples[account.index]?.[index] ?? [];
    return kept.findLast(({ time }) => time <= from) ?? kept[0] ?? nowOf(account);
  }

  function of(account: Account, period: Period): PeriodFigures {
    const base = baseOf(
      account,
      periods.findIndex(({ name }) => name === period),
    );
    const now = nowOf(account);
    const deposited = now.netDeposits - base.netDeposits;
    const pnl = now.equity - base.equity - deposited;
    const capital = base.equity + Math.max(0, deposited);
    return { pnl, roi: capital > 0 ? pnl / capital : 0, volume: now.volume - base.volume };
  }

  return {
    sample() {
      for (const account of accounts) {
        begun[account.index] ??= venue.now;
        samples[account.index] ??= periods.map(() => []);
        const own = samples[account.index]!;
        let present: Sample | undefined;
        for (const [index, { spacing, length }] of periods.entries()) {
          const kept = own[index]!;
          const last = kept.at(-1);
          if (last !== undefined && venue.now - last.time < spacing) continue;
          present ??= nowOf(account);
          kept.push(present);
          // The one before the period's beginning is still needed.
          if (kept.length > mostSamples || (kept[1] !== undefined && kept[1].time <= venue.now - length))
            kept.shift();
        }
      }
    },
    of,
    portfolioOf(account) {
      const shown = periods.map(({ name }, index) => {
        const history = [...(samples[account.index]?.[index] ?? []), nowOf(account)];
        const base = baseOf(account, index);
        return {
          name,
          data: {
            accountValueHistory: history.map(({ time, equity }) => [time, wireUsd(equity)]),
            pnlHistory: history.map(({ time, equity, netDeposits }) => [
              time,
              wireUsd(equity - base.equity - (netDeposits - base.netDeposits)),
            ]),
            vlm: wireUsd(of(account, name).volume),
          },
        };
      });
      return [
        ...shown.map(({ name, data }) => [name, data]),
        ...shown.map(({ name, data }) => [`perp${name[0]!.toUpperCase()}${name.slice(1)}`, data]),
      ];
    },
  };
}

export function wireFigures({ pnl, roi, volume }: PeriodFigures) {
  return { pnl: wireUsd(pnl), roi: wireNumber(roi, 10), vlm: wireUsd(volume) };
}
