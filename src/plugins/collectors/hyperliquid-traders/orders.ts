import { type CollectorContext, order } from '../../../plugin-api/index.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import { decodeOrder } from '../hyperliquid-messages/accounts.ts';
import { type Collected, collected } from '../hyperliquid-messages/collected.ts';
import { isObject } from '../hyperliquid-messages/values.ts';
import { dexOf, mainDex } from './markets.ts';

type OrderDraft = Collected<typeof order>;

export interface OrderKeeperOptions {
  readonly ctx: Pick<CollectorContext<unknown>, 'now' | 'log' | 'reject' | 'signal'>;
  readonly client: Pick<InfoClient, 'request'>;
  readonly perTrader: number;
  readonly tell: (drafts: readonly OrderDraft[]) => void;
}

/** The open orders of traders, and what becomes of them. */
export interface OrderKeeper {
  /** Takes a whole list of the open orders of a trader on one exchange; the main one's holds those of spot, too. */
  takeOpen(user: string, dex: string, orders: readonly unknown[], receivedAt: number): void;
  /** Takes changes of orders as the socket tells them; those before `from` are history. */
  takeChanges(
    user: string,
    changes: readonly unknown[],
    at: { readonly from: number; readonly receivedAt: number },
  ): void;
  forget(user: string): void;
}

/** Orders whose end is asked for after one list; of further ones it is only said that they are open no more. */
const mostLookups = 20;
/** Lookups that may wait at the same time. */
const mostWaiting = 500;
/** The status of an order that is open no more, where nobody has asked why. */
const gone = 'gone';

export function createOrderKeeper({ ctx, client, perTrader, tell }: OrderKeeperOptions): OrderKeeper {
  /** By trader, the open orders by their ids. */
  const open = new Map<string, Map<number, OrderDraft>>();
  let lookups = 0;

  function ordersOf(user: string): Map<number, OrderDraft> {
    let orders = open.get(user);
    if (orders === undefined) {
      orders = new Map();
      open.set(user, orders);
    }
    return orders;
  }

  function reject(user: string, reason: string): void {
    ctx.reject({ source: `orders of ${user}`, reason });
  }

  async function lookUp(user: string, last: OrderDraft): Promise<void> {
    lookups += 1;
    try {
      const answer: unknown = await client.request(
        { type: 'orderStatus', user, oid: last.payload.orderId },
        { priority: 'low' },
      );
      const found =
        isObject(answer) && isObject(answer.order) ? decodeOrder(user, answer.order, ctx.now) : undefined;
      if (typeof found === 'string') reject(user, found);
      // Note: the exchange forgets orders after some two thousand later ones.
      tell([found === undefined || typeof found === 'string' ? ended(last, ctx.now) : found]);
    } catch (error) {
      if (ctx.signal.aborted) return;
      ctx.log.debug('what became of an order could not be asked', { user, error });
      tell([ended(last, ctx.now)]);
    } finally {
      lookups -= 1;
    }
  }

  return {
    takeOpen(user, dex, orders, receivedAt) {
      const known = ordersOf(user);
      const drafts: OrderDraft[] = [];
      const listed = new Set<number>();
      const decoded: OrderDraft[] = [];
      for (const raw of orders) {
        const draft = decodeOrder(user, raw, receivedAt);
        if (typeof draft === 'string') reject(user, draft);
        else decoded.push(draft);
      }
      // Note: the newest ones are kept; market makers have thousands.
      decoded.sort(
        (a, b) => b.payload.placedAt - a.payload.placedAt || b.payload.orderId - a.payload.orderId,
      );
      const isWhole = decoded.length <= perTrader;
      const oldest = decoded[perTrader - 1]?.payload.placedAt ?? Number.NEGATIVE_INFINITY;
      for (const draft of decoded.slice(0, perTrader)) {
        const { orderId, placedAt, size } = draft.payload;
        listed.add(orderId);
        const before = known.get(orderId);
        if (before === undefined)
          drafts.push(collected(order, user, placedAt, openDedupe(draft), draft.payload));
        else if (before.payload.size !== size) drafts.push(draft);
        known.set(orderId, draft);
      }
      const ends: OrderDraft[] = [];
      for (const [orderId, last] of known) {
        if (listed.has(orderId) || (dexOf(last.payload.coin) ?? mainDex) !== dex) continue;
        known.delete(orderId);
        if (isWhole || last.payload.placedAt > oldest) ends.push(last);
      }
      for (const [index, last] of ends.entries()) {
        if (index < mostLookups && lookups < mostWaiting) void lookUp(user, last);
        else drafts.push(ended(last, receivedAt));
      }
      tell(drafts);
    },
    takeChanges(user, changes, { from, receivedAt }) {
      const known = ordersOf(user);
      const drafts: OrderDraft[] = [];
      for (const raw of changes) {
        const draft = decodeOrder(user, raw, receivedAt);
        if (typeof draft === 'string') {
          reject(user, draft);
          continue;
        }
        if (draft.tsEvent < from) continue;
        const { orderId, status } = draft.payload;
        if (status !== 'open') known.delete(orderId);
        else if (known.size < perTrader) known.set(orderId, draft);
        drafts.push(draft);
      }
      tell(drafts.sort((a, b) => a.tsEvent - b.tsEvent));
    },
    forget: user => void open.delete(user),
  };
}

function openDedupe({ payload: { user, orderId, placedAt, size } }: OrderDraft): string {
  return `${user}:${orderId}:open:${placedAt}:${size}`;
}

function ended(last: OrderDraft, time: number): OrderDraft {
  const { user, orderId, size } = last.payload;
  return collected(order, user, time, `${user}:${orderId}:${gone}:${size}`, {
    ...last.payload,
    status: gone,
  });
}
