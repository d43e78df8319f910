import type { Identifiers } from '../../../simulation/identifiers.ts';
import type { Account } from './accounts.ts';
import { wireDecimal } from './decimals.ts';
import type { Market } from './universe.ts';
import type { WireFrontendOrder, WireHistoricalOrder, WireOrder, WireOrderUpdate } from './wire.ts';

/** When a trigger order acts: at a mark above or below a price. */
export interface Trigger {
  readonly tick: number;
  readonly isAbove: boolean;
  readonly isTakeProfit: boolean;
  /** Whether it closes the whole position; such an order has no size of its own. */
  readonly isPosition: boolean;
}

export interface OrderDraft {
  readonly oid: number;
  readonly account: Account;
  readonly market: Market;
  readonly isBuy: boolean;
  readonly tick: number;
  readonly lots: number;
  readonly time: number;
  readonly tif: 'Gtc' | 'Ioc' | 'Alo' | 'FrontendMarket' | 'LiquidationMarket' | null;
  readonly reduceOnly?: boolean;
  readonly trigger?: Trigger;
}

export interface OrderRecord extends OrderDraft {
  /** Lots that are still open. */
  left: number;
  status: string;
  statusTime: number;
  isOpen: boolean;
  /** Whether it is no longer in its account's history. */
  isForgotten: boolean;
}

/** The newest orders of everyone, and all open ones. */
export interface OrderLog {
  /** Takes an order in; it is open until it is closed. */
  place(draft: OrderDraft): OrderRecord;
  /** Takes an order in that is done at once. */
  record(draft: OrderDraft, left: number, status: string): OrderRecord;
  close(order: OrderRecord, status: string, time: number): void;
  openOf(account: Account): OrderRecord[];
  /** Newest first. */
  historyOf(account: Account, most: number): OrderRecord[];
  find(account: Account, identifier: number | string): OrderRecord | undefined;
}

/** An order can no longer be asked for after so many later ones of its account. */
const mostOfAccount = 2_000;

/** Keeps `most` orders of all accounts together, shared evenly, and no more than 2,000 of one; open ones besides. */
export function createOrderLog(identifiers: Identifiers, most: number): OrderLog {
  const rings: { readonly orders: OrderRecord[]; next: number }[] = [];
  const byOid = new Map<number, OrderRecord>();
  const open: (Map<number, OrderRecord> | undefined)[] = [];
  let accounts = 0;

  function keep(draft: OrderDraft, left: number, status: string, isOpen: boolean): OrderRecord {
    const { index } = draft.account;
    let ring = rings[index];
    if (ring === undefined) {
      ring = { orders: [], next: 0 };
      rings[index] = ring;
      accounts++;
    }
    const order: OrderRecord = { ...draft, left, status, statusTime: draft.time, isOpen, isForgotten: false };
    byOid.set(order.oid, order);
    const limit = Math.max(50, Math.min(mostOfAccount, Math.floor(most / accounts)));
    if (ring.orders.length < limit) ring.orders.push(order);
    else {
      const at = ring.next % ring.orders.length;
      const forgotten = ring.orders[at]!;
      forgotten.isForgotten = true;
      if (!forgotten.isOpen) byOid.delete(forgotten.oid);
      ring.orders[at] = order;
      ring.next = at + 1;
    }
    return order;
  }

  function historyOf(account: Account, wanted: number): OrderRecord[] {
    const ring = rings[account.index];
    if (ring === undefined) return [];
    const { orders, next } = ring;
    return [...orders.slice(next), ...orders.slice(0, next)].slice(-wanted).reverse();
  }

  const openOf = (account: Account) => [...(open[account.index]?.values() ?? [])];

  return {
    place(draft) {
      const order = keep(draft, draft.lots, 'open', true);
      let own = open[draft.account.index];
      if (own === undefined) {
        own = new Map();
        open[draft.account.index] = own;
      }
      own.set(order.oid, order);
      return order;
    },
    record: (draft, left, status) => keep(draft, left, status, false),
    close(order, status, time) {
      order.status = status;
      order.statusTime = time;
      order.isOpen = false;
      open[order.account.index]?.delete(order.oid);
      if (order.isForgotten) byOid.delete(order.oid);
    },
    openOf,
    historyOf,
    find(account, identifier) {
      if (typeof identifier === 'number') {
        const order = byOid.get(identifier);
        return order?.account === account ? order : undefined;
      }
      if (!account.namesOrders) return undefined;
      const isNamed = (order: OrderRecord) => identifiers.client(order.oid) === identifier;
      return openOf(account).find(isNamed) ?? historyOf(account, mostOfAccount).find(isNamed);
    },
  };
}

const sideOf = (order: OrderRecord) => (order.isBuy ? 'B' : 'A') as 'B' | 'A';
const priceOf = (order: OrderRecord) => wireDecimal(order.tick, order.market.priceDecimals);
const sizeOf = (order: OrderRecord, lots: number) =>
  wireDecimal(order.trigger?.isPosition === true ? 0 : lots, order.market.sizeDecimals);

/** An order as `openOrders` and the `orderUpdates` channel write it. */
export function wireOrder(order: OrderRecord, identifiers: Identifiers): WireOrder {
  return {
    coin: order.market.coin,
    side: sideOf(order),
    limitPx: priceOf(order),
    sz: sizeOf(order, order.left),
    oid: order.oid,
    timestamp: order.time,
    origSz: sizeOf(order, order.lots),
    ...(order.account.namesOrders ? { cloid: identifiers.client(order.oid) } : {}),
    ...(order.reduceOnly === true ? { reduceOnly: true as const } : {}),
  };
}

/** An order as `frontendOpenOrders`, `historicalOrders` and `orderStatus` write it. */
export function wireFrontendOrder(order: OrderRecord, identifiers: Identifiers): WireFrontendOrder {
  const { trigger, market } = order;
  const triggerText = trigger === undefined ? '0.0' : wireDecimal(trigger.tick, market.priceDecimals);
  return {
    coin: market.coin,
    side: sideOf(order),
    limitPx: priceOf(order),
    sz: sizeOf(order, order.left),
    oid: order.oid,
    timestamp: order.time,
    triggerCondition:
      trigger === undefined ? 'N/A' : `Price ${trigger.isAbove ? 'above' : 'below'} ${triggerText}`,
    isTrigger: trigger !== undefined,
    triggerPx: triggerText,
    children: [],
    isPositionTpsl: trigger?.isPosition ?? false,
    reduceOnly: order.reduceOnly ?? false,
    orderType: typeOf(order),
    origSz: sizeOf(order, order.lots),
    tif: order.tif,
    cloid: order.account.namesOrders ? identifiers.client(order.oid) : null,
  };
}

function typeOf({ trigger, tif }: OrderRecord): string {
  if (trigger !== undefined) return trigger.isTakeProfit ? 'Take Profit Market' : 'Stop Market';
  return tif === 'FrontendMarket' ? 'Market' : 'Limit';
}

export function wireOrderUpdate(order: OrderRecord, identifiers: Identifiers): WireOrderUpdate {
  return {
    order: wireOrder(order, identifiers),
    status: order.status,
    statusTimestamp: order.statusTime,
  };
}

export function wireHistoricalOrder(order: OrderRecord, identifiers: Identifiers): WireHistoricalOrder {
  return {
    order: wireFrontendOrder(order, identifiers),
    status: order.status,
    statusTimestamp: order.statusTime,
  };
}
