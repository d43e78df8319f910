import type { Identifiers } from '../../../simulation/identifiers.ts';
import type { Account } from './accounts.ts';
import { wireDecimal, wireUsd } from './decimals.ts';
import type { FillRow } from './fill-log.ts';
import type { Market } from './universe.ts';
import type { WireFill } from './wire.ts';

/** The words for changes that no trade made; the number in a row is the place here plus 1. */
const words = [
  'Auto-Deleveraging',
  'Settlement',
  'Net Child Vaults',
  'Liquidated Cross Long',
  'Liquidated Cross Short',
] as const;

export const directions = {
  derived: 0,
  autoDeleveraging: 1,
  settlement: 2,
  netChildVaults: 3,
  liquidatedLong: 4,
  liquidatedShort: 5,
} as const;

/** The exchange's words for a change of a signed position. */
function directionOf(before: number, change: number): string {
  const after = before + change;
  if (before !== 0 && after !== 0 && before > 0 !== after > 0) {
    return before > 0 ? 'Long > Short' : 'Short > Long';
  }
  const isLong = before > 0 || (before === 0 && after > 0);
  return `${Math.abs(after) > Math.abs(before) ? 'Open' : 'Close'} ${isLong ? 'Long' : 'Short'}`;
}

/** A row of the log as the wire writes it. */
export function wireFill(
  row: Readonly<FillRow>,
  markets: readonly Market[],
  accounts: readonly Account[],
  identifiers: Identifiers,
): WireFill {
  const market = markets[row.market]!;
  const account = accounts[row.account]!;
  const { base } = market;
  const beforeDecimals = base === undefined ? market.sizeDecimals : base.weiDecimals;
  const spotDirection = row.isBuy ? 'Buy' : 'Sell';
  const perpDirection =
    row.direction === 0
      ? directionOf(row.before, row.isBuy ? row.lots : -row.lots)
      : words[row.direction - 1]!;
  return {
    coin: market.coin,
    px: wireDecimal(row.tick, market.priceDecimals),
    sz: wireDecimal(row.lots, market.sizeDecimals),
    side: row.isBuy ? 'B' : 'A',
    time: row.time,
    startPosition: wireDecimal(row.before, beforeDecimals),
    dir: base === undefined ? perpDirection : spotDirection,
    closedPnl: wireUsd(row.closedPnl),
    hash: identifiers.transaction(row.transaction),
    oid: row.oid,
    crossed: row.isCrossed,
    fee: row.isFeeInBase ? wireDecimal(row.fee, base!.weiDecimals) : wireUsd(row.fee),
    tid: row.tid,
    ...(account.namesOrders ? { cloid: identifiers.client(row.oid) } : {}),
    ...(row.liquidated > 0
      ? {
          liquidation: {
            liquidatedUser: accounts[row.liquidated - 1]!.address,
            markPx: wireDecimal(row.markTick, market.priceDecimals),
            method: row.isBackstop ? ('backstop' as const) : ('market' as const),
          },
        }
      : {}),
    feeToken: row.isFeeInBase ? base!.name : 'USDC',
    twapId: row.twap === 0 ? null : row.twap,
  };
}
