import type { Account } from './accounts.ts';
import { wireDecimal } from './decimals.ts';
import type { Identifiers } from './identifiers.ts';
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
  /** Place among all orders, and that of the same account's order before it. */
  readonly number: number;
  readonly previous: number;
  /** Place among the account's orders. */
  readonly ofAccount: number;
}

/** The newest orders of everyone, and all open ones. */
export interface OrderLog {
  /** Takes an order in; it is open until it is closed. */
  place(draft: OrderDraft, status?: string): OrderRecord;
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

export function createOrderLog(identifiers: Identifiers, most: number): OrderLog {
  const ring: OrderRecord[] = [];
  const byOid = new Map<number, OrderRecord>();
  const open = new Map<number, Map<number, OrderRecord>>();
  const last: number[] = [];
  const counts: number[] = [];
  let length = 0;

  function keep(draft: OrderDraft, left: number, status: string): OrderRecord {
    const { index } = draft.account;
    const order: OrderRecord = {
      ...draft,
      left,
      status,
      statusTime: draft.time,
      number: length,
      previous: last[index] ?? -1,
      ofAccount: counts[index] ?? 0,
    };
    const evicted = ring[length % most];
    if (evicted !== undefined && open.get(evicted.account.index)?.has(evicted.oid) !== true) {
      byOid.delete(evicted.oid);
    }
    ring[length % most] = order;
    last[index] = length;
    counts[index] = order.ofAccount + 1;
    byOid.set(order.oid, order);
    length++;
    return order;
  }

  const isForgotten = (order: OrderRecord) =>
    order.ofAccount < (counts[order.account.index] ?? 0) - mostOfAccount;

  return {
    place(draft, status = 'open') {
      const order = keep(draft, draft.lots, status);
      let own = open.get(draft.account.index);
      if (own === undefined) {
        own = new Map();
        open.set(draft.account.index, own);
      }
      own.set(order.oid, order);
      return order;
    },
    record: keep,
    close(order, status, time) {
      order.status = status;
      order.statusTime = time;
      open.get(order.account.index)?.delete(order.oid);
      if (order.number < length - most) byOid.delete(order.oid);
    },
    openOf: account => [...(open.get(account.index)?.values() ?? [])],
    historyOf(account, wanted) {
      const found: OrderRecord[] = [];
      let number = last[account.index] ?? -1;
      while (number >= 0 && number >= length - most && found.length < wanted) {
        const order = ring[number % most]!;
        found.push(order);
        number = order.previous;
      }
      return found;
    },
    find(account, identifier) {
      if (typeof identifier === 'number') {
        const order = byOid.get(identifier);
        if (order?.account !== account) return undefined;
        return order.status !== 'open' && isForgotten(order) ? undefined : order;
      }
      if (!account.namesOrders) return undefined;
      const named = (order: OrderRecord) => identifiers.client(order.oid) === identifier;
      return this.openOf(account).find(named) ?? this.historyOf(account, mostOfAccount).find(named);
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
