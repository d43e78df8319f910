import type { order, RowOf } from '../../plugin-api/index.ts';
import type { TapeEvent } from '../event.ts';

const minuteMs = 60_000;
/** Orders whose end is waited for; the oldest of more are forgotten. */
const mostOrders = 50_000;
/** Statuses after which an order goes on. */
const lasting: ReadonlySet<string> = new Set(['open', 'triggered']);

/**
 * Decides which changes of orders are stored: with all that becomes of it, each order that has stood for a minute, and of each
 * wallet the first so many that are placed in a minute. A market maker places and takes back tens of orders a second, which would
 * come to more than everything else; what is filled of them is in the fills.
 *
 * Note: what it remembers is lost by a restart. An order that was left out may then have its end stored, which tells nothing wrong.
 */
export function createOrderFilter(perMinute: number): (event: TapeEvent) => boolean {
  /** Whether an order is stored, by wallet and id, while it lasts. */
  const decided = new Map<string, boolean>();
  const placed = new Map<string, { minute: number; count: number }>();

  function isAmongFirst(user: string, minute: number): boolean {
    const known = placed.get(user);
    if (known?.minute === minute) return ++known.count <= perMinute;
    placed.set(user, { minute, count: 1 });
    return perMinute > 0;
  }

  return ({ payload, tsEvent }) => {
    const { user, orderId, status, placedAt } = payload as unknown as RowOf<typeof order>;
    const key = `${user}:${orderId}`;
    const keeps =
      tsEvent - placedAt >= minuteMs ||
      (decided.get(key) ?? isAmongFirst(user, Math.floor(tsEvent / minuteMs)));
    decided.delete(key);
    if (lasting.has(status)) {
      decided.set(key, keeps);
      if (decided.size > mostOrders) decided.delete(decided.keys().next().value as string);
    }
    return keeps;
  };
}
