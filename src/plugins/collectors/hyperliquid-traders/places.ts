import type { CollectorContext } from '../../../plugin-api/index.ts';
import type {
  SocketPool,
  Subscribed,
  Subscription,
  SubscriptionHandlers,
} from '../hyperliquid-connection/socket-types.ts';

/** The subscriptions of one trader, opened and closed together. */
export interface Place {
  readonly user: string;
  /** Whether the exchange has confirmed all of them. */
  readonly isLive: boolean;
  close(): void;
}

export type PlaceSubscription = readonly [Subscription, SubscriptionHandlers];

/** Subscribes to all that is wanted of a trader; `undefined` where the pool has no room for it now. */
export function openPlace(
  pool: Pick<SocketPool, 'subscribe'>,
  user: string,
  wanted: readonly PlaceSubscription[],
  log: CollectorContext<unknown>['log'],
): Place | undefined {
  const subscribed: Subscribed[] = [];
  try {
    for (const [subscription, handlers] of wanted) subscribed.push(pool.subscribe(subscription, handlers));
  } catch (error) {
    for (const each of subscribed) each.close();
    log.warn('the socket has no place for a trader now', { trader: user, error });
    return undefined;
  }
  return {
    user,
    get isLive() {
      return subscribed.every(each => each.isLive);
    },
    close() {
      for (const each of subscribed) each.close();
    },
  };
}
