import { type Account, type Position, unrealisedOf } from './accounts.ts';
import { wireDecimal, wireNumber, wireUsd } from './decimals.ts';
import type { Dex, Universe } from './universe.ts';

interface Sums {
  value: number;
  notional: number;
  signed: number;
  margin: number;
}

const summary = ({ value, notional, signed, margin }: Sums) => ({
  accountValue: wireUsd(value),
  totalNtlPos: wireUsd(notional),
  totalRawUsd: wireUsd(value - signed),
  totalMarginUsed: wireUsd(margin),
});

/** Margin that a position ties up, micro-dollars. An isolated one has what it was opened with, and its profit. */
function marginOf(position: Position, mark: number): number {
  if (!position.market.onlyIsolated) {
    return Math.round(Math.abs(position.lots * mark * position.market.unit) / position.leverage);
  }
  return Math.round(Math.abs(position.cost) / position.leverage) + unrealisedOf(position, mark);
}

/** Equity below which the positions of a dex are closed by force: half of the margin at the greatest leverage. */
export function maintenanceOf(account: Account, dex: number, marks: ArrayLike<number>): number {
  let margin = 0;
  for (const { market, lots } of account.positions.values()) {
    if (lots !== 0 && market.dex === dex) {
      margin += Math.abs(lots * marks[market.index]! * market.unit) / (2 * market.maxLeverage);
    }
  }
  return Math.round(margin);
}

/** What the collateral and the positions of a dex are worth together; of a unified account, with the spot account's USDC. */
export function dexEquityOf(account: Account, dex: number, marks: ArrayLike<number>): number {
  let equity = account.isUnified ? account.usdc : account.collateral[dex]!;
  for (const position of account.positions.values()) {
    if (position.lots !== 0 && position.market.dex === dex) {
      equity += unrealisedOf(position, marks[position.market.index]!);
    }
  }
  return equity;
}

/** The answer of `clearinghouseState` for one dex. */
export function clearinghouseOf(account: Account, dex: Dex, marks: ArrayLike<number>, time: number) {
  const open = [...account.positions.values()]
    .filter(({ lots, market }) => lots !== 0 && market.dex === dex.index)
    .sort((a, b) => a.market.place - b.market.place);
  const all: Sums = { value: 0, notional: 0, signed: 0, margin: 0 };
  const cross: Sums = { value: 0, notional: 0, signed: 0, margin: 0 };
  for (const position of open) {
    const { market, lots } = position;
    const mark = marks[market.index]!;
    const signed = lots * mark * market.unit;
    const margin = marginOf(position, mark);
    const sums = market.onlyIsolated ? [all] : [all, cross];
    for (const sum of sums) {
      sum.notional += Math.abs(signed);
      sum.signed += signed;
      sum.margin += margin;
    }
  }
  // Note: all collateral of a unified account sits in its spot account, so that here only margins and profits are seen.
  all.value = account.isUnified
    ? open.reduce((sum, position) => sum + unrealisedOf(position, marks[position.market.index]!), all.margin)
    : dexEquityOf(account, dex.index, marks);
  cross.value = all.value - (all.margin - cross.margin);
  const maintenance = maintenanceOf(account, dex.index, marks);
  const equity = dexEquityOf(account, dex.index, marks);
  return {
    marginSummary: summary(all),
    crossMarginSummary: summary(cross),
    crossMaintenanceMarginUsed: wireUsd(maintenance),
    withdrawable: wireUsd(Math.max(0, all.value - all.margin)),
    assetPositions: open.map(position => ({
      type: 'oneWay' as const,
      position: positionOf(position, marks[position.market.index]!, equity, maintenance),
    })),
    time,
  };
}

function positionOf(position: Position, mark: number, equity: number, maintenance: number) {
  const { market, lots, cost } = position;
  const value = Math.abs(lots * mark * market.unit);
  const unrealised = unrealisedOf(position, mark);
  const margin = marginOf(position, mark);
  const opened = Math.abs(cost) / position.leverage;
  return {
    coin: market.coin,
    szi: wireDecimal(lots, market.sizeDecimals),
    leverage: market.onlyIsolated
      ? {
          type: 'isolated' as const,
          value: position.leverage,
          rawUsd: wireUsd(margin - lots * mark * market.unit),
        }
      : { type: 'cross' as const, value: position.leverage },
    entryPx: wireNumber(cost / lots / market.unit / 10 ** market.priceDecimals, market.priceDecimals + 2),
    positionValue: wireUsd(value),
    unrealizedPnl: wireUsd(unrealised),
    returnOnEquity: wireNumber(opened === 0 ? 0 : unrealised / opened, 10),
    liquidationPx: liquidationPrice(position, mark, equity, maintenance),
    marginUsed: wireUsd(margin),
    maxLeverage: market.maxLeverage,
    cumFunding: {
      allTime: wireUsd(position.paidEver),
      sinceOpen: wireUsd(position.paidSinceOpen),
      sinceChange: wireUsd(position.paidSinceChange),
    },
  };
}

/** Where the account's equity would meet its maintenance margin, if only this price moved; `null` when nowhere. */
function liquidationPrice(
  position: Position,
  mark: number,
  equity: number,
  maintenance: number,
): string | null {
  const { market, lots } = position;
  const share = 1 / (2 * market.maxLeverage);
  const own = Math.abs(lots) * mark * market.unit * share;
  const tick =
    (equity - lots * mark * market.unit - (maintenance - own)) /
    ((Math.abs(lots) * share - lots) * market.unit);
  return tick > 0 && Number.isFinite(tick)
    ? wireNumber(tick / 10 ** market.priceDecimals, market.priceDecimals + 4)
    : null;
}

/** The answer of `spotClearinghouseState`. */
export function spotStateOf(account: Account, universe: Universe, marks: ArrayLike<number>) {
  let held = 0;
  if (account.isUnified) {
    for (const position of account.positions.values()) {
      if (position.lots !== 0) held += marginOf(position, marks[position.market.index]!);
    }
  }
  const balances = [];
  if (account.usdc !== 0 || account.isUnified) {
    balances.push({
      coin: 'USDC',
      token: 0,
      total: wireUsd(account.usdc),
      hold: wireUsd(Math.max(0, Math.min(held, account.usdc))),
      entryNtl: '0.0',
    });
  }
  for (const [index, { wei, cost }] of [...account.tokens].sort(([a], [b]) => a - b)) {
    const token = universe.tokens[index]!;
    if (wei === 0) continue;
    balances.push({
      coin: token.name,
      token: index,
      total: wireDecimal(wei, token.weiDecimals),
      hold: '0.0',
      entryNtl: wireUsd(cost),
    });
  }
  return { balances };
}
