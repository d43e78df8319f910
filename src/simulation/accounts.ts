import { type Coin, coins, notionalOf } from './coins.ts';

/** The account that takes over liquidated positions, with the address that it has on the real exchange. */
export const backstopAddress = '0xdfc24b077bc1425ad1dea75bcb6f8158e10df303';

export type Archetype =
  | 'market-maker'
  | 'scalper'
  | 'momentum'
  | 'contrarian'
  | 'whale'
  | 'holder'
  | 'arbitrageur'
  | 'copy-bot'
  | 'retail'
  | 'dormant'
  | 'backstop';

/** Fees as fractions of notional; a negative one is a rebate. */
export interface FeeRates {
  readonly taker: number;
  readonly maker: number;
}

export interface Holding {
  /** Signed lots. */
  lots: number;
  /** What the open lots cost, signed like them, in micro-dollars. */
  cost: number;
}

interface Snapshot {
  readonly time: number;
  readonly equity: number;
  readonly deposits: number;
  readonly volume: number;
}

/** A wallet's account. All money is in integer micro-dollars. */
export interface Account {
  readonly index: number;
  readonly address: string;
  readonly name: string;
  readonly archetype: Archetype;
  readonly fees: FeeRates;
  /** Dollars not in positions: deposits, less what positions cost, less fees, plus funding. */
  cash: number;
  deposits: number;
  feesPaid: number;
  fundingReceived: number;
  realised: number;
  volume: number;
  makerVolume: number;
  executions: number;
  liquidations: number;
  firstTrade: number | undefined;
  readonly holdings: Holding[];
  readonly snapshots: Snapshot[];
}

export interface AccountDraft {
  readonly address: string;
  readonly name: string;
  readonly archetype: Archetype;
  readonly fees: FeeRates;
  readonly depositUsd: number;
}

/** What an account did in a window. */
export interface WindowFigures {
  /** Micro-dollars. */
  readonly pnl: number;
  /** PnL over the equity at the window's beginning plus later deposits, as a fraction. */
  readonly roi: number;
  /** Micro-dollars. */
  readonly volume: number;
}

export function openAccount(index: number, draft: AccountDraft): Account {
  const deposits = Math.round(draft.depositUsd * 1e6);
  return {
    index,
    address: draft.address,
    name: draft.name,
    archetype: draft.archetype,
    fees: draft.fees,
    cash: deposits,
    deposits,
    feesPaid: 0,
    fundingReceived: 0,
    realised: 0,
    volume: 0,
    makerVolume: 0,
    executions: 0,
    liquidations: 0,
    firstTrade: undefined,
    holdings: coins.map(() => ({ lots: 0, cost: 0 })),
    snapshots: [],
  };
}

export function holdingOf(account: Account, coin: Coin): Holding {
  return account.holdings[coin.index]!;
}

/** What one trade did to one side of it. */
export interface Settlement {
  readonly before: number;
  /** Micro-dollars realised by the closed part, before fees. */
  readonly closedPnl: number;
  /** Micro-dollars. */
  readonly fee: number;
}

/** Books `lots` (signed: bought is positive) at `tick`. */
export function settle(account: Account, coin: Coin, lots: number, tick: number, taker: boolean): Settlement {
  const holding = holdingOf(account, coin);
  const before = holding.lots;
  const value = notionalOf(coin, lots, tick);
  const notional = Math.abs(value);
  const fee = Math.round(notional * (taker ? account.fees.taker : account.fees.maker));
  let closedPnl = 0;
  if (before !== 0 && Math.sign(lots) !== Math.sign(before)) {
    const closing = Math.sign(lots) * Math.min(Math.abs(lots), Math.abs(before));
    const costOfClosed = closing === -before ? holding.cost : Math.round((holding.cost * -closing) / before);
    closedPnl = -notionalOf(coin, closing, tick) - costOfClosed;
    holding.cost += notionalOf(coin, lots - closing, tick) - costOfClosed;
  } else {
    holding.cost += value;
  }
  holding.lots += lots;
  account.cash -= value + fee;
  account.feesPaid += fee;
  account.realised += closedPnl;
  account.volume += notional;
  if (!taker) account.makerVolume += notional;
  return { before, closedPnl, fee };
}

/** Equity in micro-dollars: cash plus positions at the given marks (ticks by coin). */
export function equityOf(account: Account, marks: readonly number[]): number {
  let equity = account.cash;
  for (const coin of coins) {
    const { lots } = holdingOf(account, coin);
    if (lots !== 0) equity += notionalOf(coin, lots, marks[coin.index]!);
  }
  return equity;
}

/** Sum of absolute notionals in micro-dollars. */
export function exposureOf(account: Account, marks: readonly number[]): number {
  let exposure = 0;
  for (const coin of coins) {
    const { lots } = holdingOf(account, coin);
    if (lots !== 0) exposure += Math.abs(notionalOf(coin, lots, marks[coin.index]!));
  }
  return exposure;
}

/** Equity below which positions are closed by force: half of the margin at the greatest leverage. */
export function maintenanceOf(account: Account, marks: readonly number[]): number {
  let margin = 0;
  for (const coin of coins) {
    const { lots } = holdingOf(account, coin);
    if (lots !== 0) margin += Math.abs(notionalOf(coin, lots, marks[coin.index]!)) / (2 * coin.maxLeverage);
  }
  return margin;
}

const monthMs = 30 * 86_400_000;

/** Remembers equity, deposits and volume, from which the windows' figures are computed. */
export function remember(account: Account, time: number, marks: readonly number[]): void {
  const { snapshots } = account;
  snapshots.push({
    time,
    equity: equityOf(account, marks),
    deposits: account.deposits,
    volume: account.volume,
  });
  // The one before the month's beginning is still needed.
  let surplus = 0;
  while (surplus + 1 < snapshots.length && snapshots[surplus + 1]!.time <= time - monthMs) surplus++;
  if (surplus > 32) snapshots.splice(0, surplus);
}

/** Figures since `from`; the whole life when no snapshot is as old. */
export function figuresSince(account: Account, from: number, marks: readonly number[]): WindowFigures {
  let base: Snapshot = { time: 0, equity: 0, deposits: 0, volume: 0 };
  for (let i = account.snapshots.length - 1; i >= 0; i--) {
    const snapshot = account.snapshots[i]!;
    if (snapshot.time <= from) {
      base = snapshot;
      break;
    }
  }
  const deposited = account.deposits - base.deposits;
  const pnl = equityOf(account, marks) - base.equity - deposited;
  const capital = base.equity + deposited;
  return { pnl, roi: capital > 0 ? pnl / capital : 0, volume: account.volume - base.volume };
}
