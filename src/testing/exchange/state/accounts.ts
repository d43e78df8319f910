import type { Market, Universe } from './universe.ts';

export type AccountKind = 'user' | 'subAccount' | 'vault' | 'maker' | 'backstop';

/** Fees as fractions of notional; a negative one is a rebate. */
export interface FeeRates {
  readonly taker: number;
  readonly maker: number;
}

/** What an account holds of a perp. Flat ones stay, for what they paid in funding. */
export interface Position {
  readonly market: Market;
  /** Signed lots. */
  lots: number;
  /** What the open lots cost, signed like them, in micro-dollars. */
  cost: number;
  leverage: number;
  /** Funding paid, in micro-dollars: in all, since the position was opened, and since it last changed. */
  paidEver: number;
  paidSinceOpen: number;
  paidSinceChange: number;
}

/** What an account holds of a token other than USDC. */
export interface TokenBalance {
  /** Units of the token's weiDecimals. */
  wei: number;
  /** What it cost, in micro-dollars. */
  cost: number;
}

/** An account. All money is in integer micro-dollars. */
export interface Account {
  readonly index: number;
  readonly address: string;
  readonly name: string;
  readonly kind: AccountKind;
  readonly fees: FeeRates;
  /** Whether all collateral sits in the spot account. */
  readonly isUnified: boolean;
  /** Whether its orders carry client identifiers. */
  readonly namesOrders: boolean;
  /** Whether it shows its name on the leaderboard. */
  readonly isNamed: boolean;
  readonly master: Account | undefined;
  readonly positions: Map<number, Position>;
  /** Collateral by dex: transfers, closed PnL, fees and funding. A unified account has none here. */
  readonly collateral: number[];
  /** USDC of the spot account. */
  usdc: number;
  readonly tokens: Map<number, TokenBalance>;
  /** Deposits and transfers from outside, less what went there. */
  netDeposits: number;
  volume: number;
  feesPaid: number;
}

export interface AccountDraft {
  readonly address: string;
  readonly name: string;
  readonly kind: AccountKind;
  readonly fees: FeeRates;
  readonly isUnified?: boolean;
  readonly namesOrders?: boolean;
  readonly isNamed?: boolean;
  readonly master?: Account;
}

/** What a trade did to one side of it. The same object for all trades. */
export interface Booked {
  /** Lots before, or of a spot pair the balance in the token's smallest unit. */
  before: number;
  /** Micro-dollars realised by the closed part, before fees. */
  closedPnl: number;
  /** Micro-dollars, or units of the base token. */
  fee: number;
  /** Whether the fee is in the base token of a spot pair. */
  isFeeInBase: boolean;
}

/** All accounts and what they hold. Only `book`, `pay` and the ledger's transfers change money. */
export interface AccountBook {
  readonly accounts: readonly Account[];
  open(draft: AccountDraft): Account;
  of(address: string): Account | undefined;
  position(account: Account, market: Market): Position;
  tokens(account: Account, token: number): TokenBalance;
  /** Books signed lots at a tick for one side. `feeRate` is a fraction of notional. */
  book(account: Account, market: Market, lots: number, tick: number, feeRate: number): Booked;
  /** Adds micro-dollars to the collateral of a dex, or to the spot account of a unified account. */
  pay(account: Account, dex: number, micro: number): void;
  /** Lots outstanding on the long side, by market. */
  readonly openInterest: Float64Array;
}

export function createAccountBook(universe: Universe): AccountBook {
  const accounts: Account[] = [];
  const byAddress = new Map<string, Account>();
  const openInterest = new Float64Array(universe.markets.length);
  const booked: Booked = { before: 0, closedPnl: 0, fee: 0, isFeeInBase: false };

  function position(account: Account, market: Market): Position {
    let found = account.positions.get(market.index);
    if (found === undefined) {
      found = {
        market,
        lots: 0,
        cost: 0,
        leverage: market.maxLeverage,
        paidEver: 0,
        paidSinceOpen: 0,
        paidSinceChange: 0,
      };
      account.positions.set(market.index, found);
    }
    return found;
  }

  function tokens(account: Account, token: number): TokenBalance {
    let found = account.tokens.get(token);
    if (found === undefined) {
      found = { wei: 0, cost: 0 };
      account.tokens.set(token, found);
    }
    return found;
  }

  function pay(account: Account, dex: number, micro: number): void {
    if (account.isUnified) account.usdc += micro;
    else account.collateral[dex] = account.collateral[dex]! + micro;
  }

  function bookPerp(account: Account, market: Market, lots: number, tick: number, feeRate: number): void {
    const held = position(account, market);
    const before = held.lots;
    const after = before + lots;
    const value = lots * tick * market.unit;
    let closedPnl = 0;
    if (before !== 0 && lots > 0 !== before > 0) {
      const closing = Math.abs(lots) < Math.abs(before) ? lots : -before;
      const costOfClosed = closing === -before ? held.cost : Math.round((held.cost * -closing) / before);
      closedPnl = -closing * tick * market.unit - costOfClosed;
      held.cost += (lots - closing) * tick * market.unit - costOfClosed;
    } else {
      held.cost += value;
    }
    if (before === 0 || (after !== 0 && after > 0 !== before > 0)) held.paidSinceOpen = 0;
    held.paidSinceChange = 0;
    held.lots = after;
    openInterest[market.index]! += Math.max(0, after) - Math.max(0, before);
    const fee = Math.round(Math.abs(value) * feeRate);
    pay(account, market.dex, closedPnl - fee);
    account.feesPaid += fee;
    booked.before = before;
    booked.closedPnl = closedPnl;
    booked.fee = fee;
    booked.isFeeInBase = false;
  }

  function bookSpot(
    account: Account,
    market: Market,
    base: NonNullable<Market['base']>,
    lots: number,
    tick: number,
    feeRate: number,
  ): void {
    const held = tokens(account, base.index);
    const before = held.wei;
    const weiPerLot = 10 ** (base.weiDecimals - market.sizeDecimals);
    const wei = lots * weiPerLot;
    const value = lots * tick * market.unit;
    let closedPnl = 0;
    let fee: number;
    // Note: who buys pays in what was bought, who sells in what was got for it.
    const isFeeInBase = lots > 0;
    if (isFeeInBase) {
      fee = Math.round(wei * feeRate);
      held.wei += wei - fee;
      held.cost += value;
      account.usdc -= value;
    } else {
      fee = Math.round(-value * feeRate);
      const costOfSold = -wei === before ? held.cost : Math.round((held.cost * -wei) / before);
      closedPnl = -value - costOfSold;
      held.wei += wei;
      held.cost -= costOfSold;
      account.usdc += -value - fee;
      account.feesPaid += fee;
    }
    booked.before = before;
    booked.closedPnl = closedPnl;
    booked.fee = fee;
    booked.isFeeInBase = isFeeInBase;
  }

  return {
    accounts,
    openInterest,
    open(draft) {
      const account: Account = {
        index: accounts.length,
        address: draft.address,
        name: draft.name,
        kind: draft.kind,
        fees: draft.fees,
        isUnified: draft.isUnified ?? false,
        namesOrders: draft.namesOrders ?? false,
        isNamed: draft.isNamed ?? accounts.length % 20 === 0,
        master: draft.master,
        positions: new Map(),
        collateral: universe.dexes.map(() => 0),
        usdc: 0,
        tokens: new Map(),
        netDeposits: 0,
        volume: 0,
        feesPaid: 0,
      };
      accounts.push(account);
      byAddress.set(account.address, account);
      return account;
    },
    of: address => byAddress.get(address),
    position,
    tokens,
    book(account, market, lots, tick, feeRate) {
      if (market.base === undefined) bookPerp(account, market, lots, tick, feeRate);
      else bookSpot(account, market, market.base, lots, tick, feeRate);
      account.volume += Math.abs(lots) * tick * market.unit;
      return booked;
    },
    pay,
  };
}

/** Profit of a position at a mark, micro-dollars. */
export function unrealisedOf(position: Position, mark: number): number {
  return position.lots * mark * position.market.unit - position.cost;
}

/** What an account is worth, all dexes and the spot account together, micro-dollars; marks in ticks by market. */
export function equityOf(account: Account, universe: Universe, marks: ArrayLike<number>): number {
  let equity = account.usdc;
  for (const micro of account.collateral) equity += micro;
  for (const position of account.positions.values()) {
    if (position.lots !== 0) equity += unrealisedOf(position, marks[position.market.index]!);
  }
  for (const [index, { wei }] of account.tokens) {
    const market = universe.spot[index - 1];
    if (wei !== 0 && market?.base !== undefined) {
      const lots = wei / 10 ** (market.base.weiDecimals - market.sizeDecimals);
      equity += Math.round(lots * marks[market.index]! * market.unit);
    }
  }
  return equity;
}
