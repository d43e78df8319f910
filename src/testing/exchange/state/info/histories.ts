import type { Account } from '../accounts.ts';
import { readDecimal, wireDecimal, wireNumber } from '../decimals.ts';
import { wireFill } from '../fill-wire.ts';
import { wirePayment } from '../funding.ts';
import { wireFrontendOrder, wireHistoricalOrder, wireOrder } from '../order-log.ts';
import type { Dex } from '../universe.ts';
import type { WireFill, WireFundingUpdate, WireTwapFill } from '../wire.ts';
import type { World } from '../world.ts';
import { answer, brokenAnswer, dexIn, integerIn, ofUser, type Responder, rows } from './request.ts';

/** The most fills and orders that one answer has, and the most of a user that can be paged to. */
const pageRows = 2_000;
const reachableFills = 10_000;
const ledgerRows = 500;

/** A user's fills, newest first: of TWAPs, or all others. */
function* fillsOf(world: World, account: Account, ofTwaps: boolean): Generator<WireFill> {
  const { fills, universe, book, identifiers } = world.venue;
  for (const number of fills.rowsOf(account.index, reachableFills)) {
    const row = fills.read(number);
    if (row.twap > 0 === ofTwaps) yield wireFill(row, universe.markets, book.accounts, identifiers);
  }
}

function take<Item>(items: Iterable<Item>, most: number): Item[] {
  const taken: Item[] = [];
  for (const item of items) {
    if (taken.length === most) break;
    taken.push(item);
  }
  return taken;
}

/** The newest fills, newest first; those of TWAPs are elsewhere. */
export function newestFills(world: World, account: Account | undefined, isAggregated: boolean): WireFill[] {
  if (account === undefined) return [];
  const fills = fillsOf(world, account, false);
  return isAggregated ? take(aggregated(fills), pageRows) : take(fills, pageRows);
}

export function newestTwapFills(world: World, account: Account | undefined): WireTwapFill[] {
  if (account === undefined) return [];
  return take(fillsOf(world, account, true), pageRows).map(fill => ({ fill, twapId: fill.twapId! }));
}

/** Merges a taker's fills of one order in one block, as `aggregateByTime` asks for; newest first in and out. */
export function* aggregated(newestFirst: Iterable<WireFill>): Generator<WireFill> {
  let parts: WireFill[] = [];
  for (const fill of newestFirst) {
    const [first] = parts;
    const isSame = first !== undefined && first.oid === fill.oid && first.time === fill.time && fill.crossed;
    if (first !== undefined && !isSame) {
      yield merged(parts);
      parts = [];
    }
    parts.push(fill);
  }
  if (parts.length > 0) yield merged(parts);
}

const decimals = 8;
const count = (text: string) => readDecimal(text, decimals) ?? 0;
const sumOf = (parts: readonly WireFill[], field: 'sz' | 'closedPnl' | 'fee') =>
  wireDecimal(
    parts.reduce((sum, part) => sum + count(part[field]), 0),
    decimals,
  );

function merged(newestFirst: readonly WireFill[]): WireFill {
  const oldest = newestFirst.at(-1)!;
  if (newestFirst.length === 1) return oldest;
  const size = newestFirst.reduce((sum, { sz }) => sum + Number(sz), 0);
  const value = newestFirst.reduce((sum, { sz, px }) => sum + Number(sz) * Number(px), 0);
  return {
    ...oldest,
    px: wireNumber(value / size, 6),
    sz: sumOf(newestFirst, 'sz'),
    closedPnl: sumOf(newestFirst, 'closedPnl'),
    fee: sumOf(newestFirst, 'fee'),
  };
}

/** Answers the fills of a time range, both ends included: the oldest page of it, or with `reversed` the newest. */
function fillsByTime(ofTwaps: boolean): Responder {
  return ofUser((account, request, world) => {
    const from = integerIn(request.startTime, -1);
    const to = integerIn(request.endTime, Number.MAX_SAFE_INTEGER);
    if (from === undefined || from < 0 || to === undefined) return undefined;
    if (account === undefined) return rows([]);
    const inRange: WireFill[] = [];
    for (const fill of fillsOf(world, account, ofTwaps)) {
      if (fill.time < from) break;
      if (fill.time <= to) inRange.push(fill);
    }
    const wanted = request.aggregateByTime === true ? [...aggregated(inRange)] : inRange;
    const page = request.reversed === true ? wanted.slice(0, pageRows) : wanted.reverse().slice(0, pageRows);
    return rows(ofTwaps ? page.map(fill => ({ fill, twapId: fill.twapId })) : page);
  });
}

export function openOrdersOf(world: World, account: Account | undefined, dex: Dex) {
  if (account === undefined) return [];
  // Orders of spot pairs come with those of the main dex.
  return world.venue.orders.openOf(account).filter(({ market }) => market.dex === dex.index);
}

export function historicalOrdersOf(world: World, account: Account | undefined) {
  if (account === undefined) return [];
  const { orders, identifiers } = world.venue;
  return orders.historyOf(account, pageRows).map(order => wireHistoricalOrder(order, identifiers));
}

const orderStatus: Responder = ofUser((account, { oid }, world) => {
  if (!Number.isSafeInteger(oid) && !(typeof oid === 'string' && /^0x[0-9a-f]{32}$/i.test(oid)))
    return undefined;
  const identifier = typeof oid === 'string' ? oid.toLowerCase() : (oid as number);
  const order = account === undefined ? undefined : world.venue.orders.find(account, identifier);
  if (order === undefined) return answer({ status: 'unknownOid' });
  return answer({ status: 'order', order: wireHistoricalOrder(order, world.venue.identifiers) });
});

/** Funding payments of a time range, oldest first. */
export function fundingsOf(
  world: World,
  account: Account | undefined,
  from: number,
  to: number,
): WireFundingUpdate[] {
  if (account === undefined) return [];
  return world.funding
    .paymentsOf(account, reachableFills)
    .filter(({ time }) => time >= from && time <= to)
    .reverse()
    .map(payment => {
      const { time, ...delta } = wirePayment(payment);
      return {
        time,
        hash: world.venue.identifiers.transaction(payment.transaction),
        delta: { type: 'funding' as const, ...delta },
      };
    });
}

const userFunding: Responder = ofUser((account, request, world) => {
  const from = integerIn(request.startTime, 0);
  const to = integerIn(request.endTime, Number.MAX_SAFE_INTEGER);
  if (from === undefined || to === undefined) return undefined;
  return rows(fundingsOf(world, account, from, to).slice(0, ledgerRows));
});

const ledgerUpdates: Responder = ofUser((account, request, world) => {
  const from = integerIn(request.startTime, 0);
  const to = integerIn(request.endTime, Number.MAX_SAFE_INTEGER);
  if (from === undefined || to === undefined) return undefined;
  if (account === undefined) return rows([]);
  return rows(world.ledger.of(account).filter(({ time }) => time >= from && time <= to));
});

const fundingHistory: Responder = (request, world) => {
  const { coin } = request;
  const from = integerIn(request.startTime, -1);
  const to = integerIn(request.endTime, Number.MAX_SAFE_INTEGER);
  if (typeof coin !== 'string' || from === undefined || from < 0 || to === undefined) return undefined;
  const market = world.venue.universe.byCoin(coin);
  if (market === undefined) return brokenAnswer;
  const inRange = world.funding.ratesOf(market).filter(({ time }) => time >= from && time <= to);
  return rows(
    inRange.slice(0, ledgerRows).map(({ time, rate, premium }) => ({
      coin,
      fundingRate: wireNumber(rate, 10),
      premium,
      time,
    })),
  );
};

export const historyResponders: Readonly<Record<string, Responder>> = {
  userFills: ofUser((account, request, world) =>
    rows(newestFills(world, account, request.aggregateByTime === true)),
  ),
  userFillsByTime: fillsByTime(false),
  userTwapSliceFills: ofUser((account, _, world) => rows(newestTwapFills(world, account))),
  userTwapSliceFillsByTime: fillsByTime(true),
  openOrders: ofUser((account, request, world) => {
    const dex = dexIn(request, world);
    if (dex === undefined) return brokenAnswer;
    return answer(openOrdersOf(world, account, dex).map(order => wireOrder(order, world.venue.identifiers)));
  }),
  frontendOpenOrders: ofUser((account, request, world) => {
    const dex = dexIn(request, world);
    if (dex === undefined) return brokenAnswer;
    return answer(
      openOrdersOf(world, account, dex).map(order => wireFrontendOrder(order, world.venue.identifiers)),
    );
  }),
  historicalOrders: ofUser((account, _, world) => rows(historicalOrdersOf(world, account))),
  orderStatus,
  userFunding,
  userNonFundingLedgerUpdates: ledgerUpdates,
  fundingHistory,
};
