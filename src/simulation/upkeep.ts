import { type Account, equityOf, figuresSince, holdingOf, maintenanceOf, remember } from './accounts.ts';
import { coins, notionalOf } from './coins.ts';
import type { Exchange } from './exchange.ts';
import type { Pace } from './phase.ts';

const hour = 3_600_000;
const day = 24 * hour;
const shownLevels = 10;
/** Interest part of the funding rate per hour, and the bound of the rest, as on the real exchange. */
const interestPerHour = 0.0000125;
const fundingPeriods = 8;
const clampRate = 0.0005;
/** Accounts of at least this equity are shown in turn, micro-dollars. */
const shownEquity = 1e12;

/** What the exchange does by itself: prices, liquidations, funding, and what it shows of its state. */
export interface Upkeep {
  /** Begins again with the present pace. */
  restart(): void;
}

export function createUpkeep(exchange: Exchange, pace: () => Pace): Upkeep {
  let generation = 0;
  let shown = 0;
  const premiums = coins.map(() => ({ sum: 0, count: 0 }));
  const turnovers: number[][] = [];

  /** Repeats an action at each multiple of a period. */
  function every(periodMs: number, action: () => void): void {
    if (periodMs === 0) return;
    const asked = generation;
    const next = exchange.now - (exchange.now % periodMs) + periodMs;
    exchange.at(next, () => {
      if (asked !== generation) return;
      action();
      every(periodMs, action);
    });
  }

  function step(): void {
    exchange.advance();
    for (const coin of coins) {
      const premium = premiums[coin.index]!;
      premium.sum += exchange.prices.premium(coin);
      premium.count++;
    }
    for (const account of exchange.accounts) liquidate(account);
  }

  function liquidate(account: Account): void {
    // Note: cash is negative only with a long position, and a loss without one shows in cash at once; the common case
    // of an account without positions costs one look at each coin.
    const margin = maintenanceOf(account, exchange.marks);
    if (margin === 0 || account === exchange.backstop) return;
    if (equityOf(account, exchange.marks) >= margin) return;
    account.liquidations++;
    for (const coin of coins) exchange.flatten(account, coin, true);
    // What the account cannot pay, the backstop vault does.
    if (account.cash < 0) {
      exchange.backstop.cash += account.cash;
      account.cash = 0;
    }
  }

  function funding(): void {
    for (const coin of coins) {
      const premium = premiums[coin.index]!;
      if (premium.count === 0) continue;
      const mean = premium.sum / premium.count;
      premium.sum = 0;
      premium.count = 0;
      const rate =
        mean / fundingPeriods +
        Math.max(
          -clampRate / fundingPeriods,
          Math.min(clampRate / fundingPeriods, interestPerHour - mean / fundingPeriods),
        );
      const rounded = Math.round(rate * 1e9) / 1e9;
      let residue = 0;
      for (const account of exchange.accounts) {
        const { lots } = holdingOf(account, coin);
        if (lots === 0) continue;
        const amount = -Math.round(notionalOf(coin, lots, exchange.marks[coin.index]!) * rounded);
        account.cash += amount;
        account.fundingReceived += amount;
        residue -= amount;
      }
      // Rounding leaves some micro-dollars; the vault settles them, so that money stays the same.
      exchange.backstop.cash += residue;
      exchange.backstop.fundingReceived += residue;
      exchange.emit({ type: 'funding', time: exchange.now, coin, rate: rounded, premium: mean });
    }
    turnovers.push([...exchange.turnover]);
    if (turnovers.length > 25) turnovers.shift();
  }

  function showMarks(): void {
    const base = turnovers.at(-24) ?? turnovers[0];
    for (const coin of coins) {
      exchange.dayVolume[coin.index] = exchange.turnover[coin.index]! - (base?.[coin.index] ?? 0);
      exchange.refresh(coin);
      exchange.showMark(coin);
    }
  }

  function showBooks(): void {
    for (const coin of coins) {
      const book = exchange.bookOf(coin);
      exchange.emit({
        type: 'book',
        time: exchange.now,
        coin,
        bids: book.levels(1, shownLevels),
        asks: book.levels(-1, shownLevels),
      });
    }
  }

  function showLeaderboard(): void {
    const { now, marks } = exchange;
    for (const account of exchange.accounts) {
      if (account.firstTrade === undefined || account === exchange.backstop) continue;
      remember(account, now, marks);
      exchange.emit({
        type: 'leaderboard',
        time: now,
        account,
        equity: equityOf(account, marks),
        day: figuresSince(account, now - day, marks),
        week: figuresSince(account, now - 7 * day, marks),
        month: figuresSince(account, now - 30 * day, marks),
        all: figuresSince(account, 0, marks),
      });
    }
  }

  /** One large account after the other, as somebody who asks the exchange would see it. */
  function showState(): void {
    const { now, marks, accounts } = exchange;
    for (let tried = 0; tried < accounts.length; tried++) {
      shown = (shown + 1) % accounts.length;
      const account = accounts[shown]!;
      const equity = equityOf(account, marks);
      if (equity < shownEquity || account === exchange.backstop) continue;
      exchange.emit({ type: 'account', time: now, account, equity, pnl: equity - account.deposits });
      for (const coin of coins) {
        const { lots, cost } = holdingOf(account, coin);
        if (lots === 0) continue;
        const mark = marks[coin.index]!;
        exchange.emit({
          type: 'position',
          time: now,
          account,
          coin,
          lots,
          cost,
          mark,
          leverage: coin.maxLeverage,
        });
      }
      return;
    }
  }

  return {
    restart() {
      generation++;
      const present = pace();
      every(present.stepMs, step);
      every(hour, funding);
      every(present.markMs, showMarks);
      every(present.bookMs, showBooks);
      every(present.leaderboardMs, showLeaderboard);
      every(present.stateMs, showState);
      if (present.stateMs > 0) showLeaderboard();
    },
  };
}
