import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** What subscribers have got: how late each item was, in ms from the exchange's time, since they were asked last. */
export interface Delivered {
  readonly alerts: readonly number[];
  readonly criticalAlerts: readonly number[];
  readonly positions: readonly number[];
  readonly signals: readonly number[];
}

export interface Subscribers {
  take(): Delivered;
  /** When something was last delivered more than a second late, by `performance.now()`. */
  readonly lastLateAt: number;
  /** Sockets that ended, and errors. */
  readonly failures: readonly string[];
  readonly subscriptions: number;
  close(): Promise<void>;
}

interface Item {
  readonly item: { readonly eventTime: number; readonly severity?: string; readonly action?: string } | null;
  readonly gap: unknown;
}

/** Each trader's own subscriptions are spread over sockets of so many. */
const perSocket = 90;

const lateMs = 1_000;

const positions = `subscription ($trader: String) {
  positionChanged(trader: $trader) { cursor gap { reason } item { eventTime address coin action sizeAfter } }
}`;
const alerts = 'subscription { alertRaised { cursor gap { reason } item { eventTime severity title } } }';
const signals = 'subscription { signalEmitted { cursor gap { reason } item { eventTime ref key } } }';

/** Subscribes to everything once, and once to each of some traders, as dashboards do. */
export function subscribe(url: string, traders: readonly string[]): Subscribers {
  const clients: Client[] = [];
  const failures: string[] = [];
  let closing = false;
  let subscriptions = 0;
  let lastLateAt = 0;
  const noteLate = (ms: number) => {
    if (ms > lateMs) lastLateAt = performance.now();
  };
  const open = (): Client => {
    const client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: false,
      onNonLazyError: error => {
        if (!closing) failures.push(String(error));
      },
      on: {
        closed: event => {
          if (!closing) failures.push(`a socket ended: ${(event as { reason?: string }).reason ?? ''}`);
        },
      },
    });
    clients.push(client);
    return client;
  };
  const empty = () => ({ alerts: [], criticalAlerts: [], positions: [], signals: [] });
  let late: Record<keyof Delivered, number[]> = empty();

  function follow(client: Client, query: string, variables: object, note: (item: Item, ms: number) => void) {
    subscriptions++;
    client.subscribe<Record<string, Item>>(
      { query, variables: variables as Record<string, unknown> },
      {
        next({ data, errors }) {
          if (errors !== undefined) failures.push(JSON.stringify(errors));
          const delivered = Object.values(data ?? {})[0];
          if (delivered?.gap) failures.push(`a gap: ${JSON.stringify(delivered.gap)}`);
          if (delivered?.item) note(delivered, Date.now() - delivered.item.eventTime);
        },
        error: error => void (closing || failures.push(JSON.stringify(error))),
        complete: () => void (closing || failures.push('a subscription ended')),
      },
    );
  }

  const client = open();
  // Note: what was reconciled had been missed, so that its time says nothing of how long it took.
  const note = ({ item }: Item, ms: number) => {
    if (item?.action === 'RECONCILED') return;
    late.positions.push(ms);
    noteLate(ms);
  };
  follow(client, positions, {}, note);
  follow(client, signals, {}, (_, ms) => late.signals.push(ms));
  follow(client, alerts, {}, ({ item }, ms) => {
    late.alerts.push(ms);
    noteLate(ms);
    if (item?.severity === 'CRITICAL') late.criticalAlerts.push(ms);
  });
  for (let from = 0; from < traders.length; from += perSocket) {
    const own = open();
    for (const trader of traders.slice(from, from + perSocket)) {
      follow(own, positions, { trader }, note);
    }
  }
  return {
    failures,
    get lastLateAt() {
      return lastLateAt;
    },
    get subscriptions() {
      return subscriptions;
    },
    take() {
      const taken = late;
      late = empty();
      return taken;
    },
    async close() {
      closing = true;
      await Promise.all(clients.map(each => each.dispose()));
    },
  };
}
