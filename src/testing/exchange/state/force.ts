import { type Account, unrealisedOf } from './accounts.ts';
import { append } from './block-draft.ts';
import { dexEquityOf, maintenanceOf } from './clearinghouse.ts';
import { wireDecimal, wireUsd } from './decimals.ts';
import { directions } from './fill-wire.ts';
import type { Ledger } from './ledger.ts';
import type { Quotes } from './quotes.ts';
import type { Twaps } from './twaps.ts';
import type { Market } from './universe.ts';
import type { Vault } from './vault.ts';
import type { Venue } from './venue.ts';

/** What the exchange does to accounts whether they like it or not. */
export interface Force {
  /** Liquidates the account when it cannot keep its positions. */
  check(account: Account): void;
  /** Closes all positions of an account. */
  liquidate(account: Account): void;
  /** Tells of a liquidation that was traded elsewhere, and has the backstop pay what the account cannot. */
  conclude(account: Account, closed: readonly ClosedPosition[]): void;
  /** Reduces a position against the most profitable ones of the other side. */
  autoDeleverage(account: Account, market: Market): void;
  /** Closes every position of a market at its mark, and delists it. */
  settle(market: Market): void;
  /** Gives the positions of a vault's children to their parent. */
  netChildren(vault: Vault): void;
  /** Moves lots from one account to the other at the mark, with no public trade. */
  handOver(transfer: HandOver): void;
}

export interface ClosedPosition {
  readonly market: Market;
  /** Signed lots before. */
  readonly lots: number;
}

interface HandOver {
  readonly from: Account;
  readonly to: Account;
  readonly market: Market;
  /** Signed: what `from` gives away. */
  readonly lots: number;
  readonly tick: number;
  readonly fromDirection: number;
  readonly toDirection: number;
  readonly liquidated?: Account;
}

export interface ForceOptions {
  readonly venue: Venue;
  readonly ledger: Ledger;
  readonly quotes: Quotes;
  readonly twaps: Twaps;
  readonly backstop: Account;
}

/** Of a larger position than this, the book gets half, and the liquidator's vault the rest. */
const largestForBook = 60_000e6;

export function createForce({ venue, ledger, quotes, twaps, backstop }: ForceOptions): Force {
  const { book, marks, universe } = venue;
  let liquidations = 0;

  function cancelOrders(account: Account, status: string, market?: Market): void {
    const orders = venue.orders
      .openOf(account)
      .filter(order => market === undefined || order.market === market);
    for (const order of orders) {
      quotes.forget(order);
      venue.close(order, status);
    }
    if (orders.length === 0) return;
    const cancelled = orders.map(({ oid, market: { coin } }) => ({ coin, oid }));
    append(venue.block.userEvents, account.address, { nonUserCancel: cancelled });
  }

  function handOver(transfer: HandOver): void {
    const { from, to, market, lots, tick, liquidated } = transfer;
    const orders = [venue.nextOrder(), venue.nextOrder()] as const;
    const shared = {
      market,
      tick,
      transaction: venue.nextTransaction(),
      tid: venue.identifiers.trade(orders[0], orders[1]),
      ...(liquidated === undefined ? {} : { liquidated }),
    };
    venue.shift({
      ...shared,
      account: from,
      lots: -lots,
      direction: transfer.fromDirection,
      order: orders[0],
    });
    venue.shift({ ...shared, account: to, lots, direction: transfer.toDirection, order: orders[1] });
  }

  function close(account: Account, market: Market, lots: number): void {
    const notional = Math.abs(lots) * marks[market.index]! * market.unit;
    const forBook = notional > largestForBook ? Math.trunc(lots / 2) : lots;
    quotes.take({ taker: account, market, isBuy: lots < 0, lots: Math.abs(forBook), liquidated: account });
    if (forBook === lots) return;
    handOver({
      from: account,
      to: backstop,
      market,
      lots: lots - forBook,
      tick: marks[market.index]!,
      fromDirection: lots > 0 ? directions.liquidatedLong : directions.liquidatedShort,
      toDirection: directions.derived,
      liquidated: account,
    });
  }

  function conclude(account: Account, closed: readonly ClosedPosition[]): void {
    const notional = closed.reduce(
      (sum, { market, lots }) => sum + Math.abs(lots) * marks[market.index]! * market.unit,
      0,
    );
    const value = universe.dexes.reduce((sum, { index }) => sum + account.collateral[index]!, account.usdc);
    ledger.note(account, {
      type: 'liquidation',
      liquidatedNtlPos: wireUsd(notional),
      accountValue: wireUsd(value),
      leverageType: 'Cross',
      liquidatedPositions: closed.map(({ market, lots }) => ({
        coin: market.coin,
        szi: wireDecimal(lots, market.sizeDecimals),
      })),
    });
    append(venue.block.userEvents, account.address, {
      liquidation: {
        lid: ++liquidations,
        liquidator: backstop.address,
        liquidated_user: account.address,
        liquidated_ntl_pos: wireUsd(notional),
        liquidated_account_value: wireUsd(value),
      },
    });
    for (const { index } of universe.dexes) {
      const missing = -account.collateral[index]!;
      const isFlat = ![...account.positions.values()].some(
        ({ lots, market }) => lots !== 0 && market.dex === index,
      );
      if (missing <= 0 || !isFlat) continue;
      ledger.internalTransfer(backstop, account, missing);
      if (index > 0) ledger.toDex(account, index, missing);
    }
    if (account.isUnified && account.usdc < 0) ledger.internalTransfer(backstop, account, -account.usdc);
  }

  function liquidateDexes(account: Account, isWanted: (dex: number) => boolean): void {
    const closed: ClosedPosition[] = [];
    cancelOrders(account, 'liquidatedCanceled');
    twaps.terminate(account);
    for (const { market, lots } of account.positions.values()) {
      if (lots !== 0 && isWanted(market.dex)) closed.push({ market, lots });
    }
    for (const { market, lots } of closed) close(account, market, lots);
    if (closed.length > 0) conclude(account, closed);
  }

  return {
    handOver,
    conclude,
    check(account) {
      if (account === backstop || account.kind === 'maker' || account.positions.size === 0) return;
      if (account.isUnified) {
        let equity = account.usdc;
        for (const position of account.positions.values()) {
          if (position.lots !== 0) equity += unrealisedOf(position, marks[position.market.index]!);
        }
        const margin = universe.dexes.reduce(
          (sum, { index }) => sum + maintenanceOf(account, index, marks),
          0,
        );
        if (equity < margin) liquidateDexes(account, () => true);
        return;
      }
      for (const { index } of universe.dexes) {
        const margin = maintenanceOf(account, index, marks);
        if (margin > 0 && dexEquityOf(account, index, marks) < margin) {
          liquidateDexes(account, dex => dex === index);
        }
      }
    },
    liquidate: account => liquidateDexes(account, () => true),
    autoDeleverage(account, market) {
      const mark = marks[market.index]!;
      const { lots } = book.position(account, market);
      const others = book.accounts
        .map(other => ({ other, position: other.positions.get(market.index) }))
        .filter(({ other, position }) => other !== account && (position?.lots ?? 0) * lots < 0)
        .sort((a, b) => unrealisedOf(b.position!, mark) - unrealisedOf(a.position!, mark));
      let left = lots;
      for (const { other, position } of others) {
        if (left === 0) break;
        const moved = Math.sign(left) * Math.min(Math.abs(left), Math.abs(position!.lots));
        const direction = directions.autoDeleveraging;
        handOver({
          from: account,
          to: other,
          market,
          lots: moved,
          tick: mark,
          fromDirection: direction,
          toDirection: direction,
        });
        left -= moved;
      }
    },
    settle(market) {
      market.isDelisted = true;
      for (const account of book.accounts) {
        cancelOrders(account, 'delistedCanceled', market);
        const lots = account.positions.get(market.index)?.lots ?? 0;
        if (lots === 0) continue;
        venue.shift({
          account,
          market,
          lots: -lots,
          tick: marks[market.index]!,
          direction: directions.settlement,
          transaction: 0,
          tid: 0,
        });
      }
    },
    netChildren(vault) {
      for (const { account } of vault.children) {
        for (const { market, lots } of account.positions.values()) {
          if (lots === 0) continue;
          const direction = directions.netChildVaults;
          handOver({
            from: account,
            to: vault.account,
            market,
            lots,
            tick: marks[market.index]!,
            fromDirection: direction,
            toDirection: direction,
          });
        }
      }
    },
  };
}
