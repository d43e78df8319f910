import type { Time } from '../../../plugin-api/index.ts';

/** What to subscribe to, as it goes over the wire, such as `{ type: 'trades', coin: 'BTC' }`. */
export interface Subscription {
  readonly type: string;
  readonly [field: string]: string | number | boolean | null | undefined;
}

/** An interval of arrival times in which messages of a subscription may have been lost. */
export interface Outage {
  /** When its connection was last known to work: the last message that came, of whatever kind. */
  readonly from: Time;
  /** When the exchange had confirmed the subscription again. */
  readonly to: Time;
  readonly reason: string;
}

/** Called at once as messages arrive; must return at once and not throw. */
export interface SubscriptionHandlers {
  /** The `data` of each message of the subscription, as parsed, with the time at which it arrived. */
  data(data: unknown, receivedAt: Time): void;
  /**
   * Called in place of `data` with what the exchange repeats from before: the first message of `trades` on each connection, which holds
   * recent trades and may hold the newest too, and messages that are marked as snapshots.
   */
  replayed?(data: unknown, receivedAt: Time): void;
  /** Called when a hole has ended. */
  outage?(outage: Outage): void;
  /** Called each time that the exchange has confirmed the subscription; `again` is false at the first time. */
  live?(again: boolean): void;
  /** Called when the exchange has refused the subscription, in its words. It is tried again, ever more rarely. */
  refused?(reason: string): void;
}

/** One subscriber's hold on a subscription. */
export interface Subscribed {
  readonly subscription: Subscription;
  /** Whether the exchange has confirmed it on a connection that works. */
  readonly isLive: boolean;
  /** When its last message arrived, in ms. */
  readonly lastMessageAt: Time | undefined;
  close(): void;
}

/** The part of the exchange's limits that one pool may use; all pools of one address share them. */
export interface SocketLimits {
  /** Open at the same time, one of them kept free for the exchange of an old connection for a new one. */
  readonly connections: number;
  /** Opened within any minute. */
  readonly newConnectionsPerMinute: number;
  /** Held at the same time, over all connections. */
  readonly subscriptions: number;
  /** Distinct wallets that are subscribed to, over all connections. */
  readonly users: number;
  /** Messages sent within any minute, over all connections. */
  readonly framesPerMinute: number;
}

export interface SocketPoolOptions {
  readonly wsUrl: string;
  /** Connections that the subscriptions are spread over; fewer than `limits.connections`. */
  readonly connections: number;
  readonly limits: SocketLimits;
  /** Age at which a connection is replaced, before the server closes it at 3 h. Default 2 h 30 min. */
  readonly rotateAfterMs?: number;
  /** Time between pings. Default 25 s. */
  readonly pingEveryMs?: number;
  /** How long a ping may stay without an answer. Default 10 s. */
  readonly pongWithinMs?: number;
  /** How long a subscription may stay without an answer before it is sent again. Default 10 s. */
  readonly confirmWithinMs?: number;
  /** How long opening a connection may take. Default 10 s. */
  readonly openWithinMs?: number;
  /** The wait before the first try to connect again, and the longest. Defaults 250 ms and 30 s. */
  readonly reconnect?: { readonly firstMs: number; readonly longestMs: number };
  /** How long a subscription that was refused rests before it is sent again, at first and at most. Defaults 10 s and 10 min. */
  readonly rest?: { readonly firstMs: number; readonly longestMs: number };
  /** The longest message that is accepted. Default 16 MiB. */
  readonly longestMessageBytes?: number;
}

export interface ConnectionStatus {
  readonly state: 'waiting' | 'connecting' | 'open';
  /** Why it was last lost or could not be opened, since it was last open. */
  readonly lastError: string | undefined;
  readonly openedAt: Time | undefined;
  readonly lastMessageAt: Time | undefined;
  readonly subscriptions: number;
  readonly confirmed: number;
  /** Whether a new connection is taking its place. */
  readonly isRotating: boolean;
}

export interface SocketPoolStatus {
  readonly connections: readonly ConnectionStatus[];
  readonly subscriptions: number;
  readonly confirmed: number;
  readonly messagesReceived: number;
  readonly bytesReceived: number;
  readonly framesSent: number;
  /** Messages that were cut off, no JSON or no message of the exchange. */
  readonly malformed: number;
  /** Messages that no subscription waited for. */
  readonly unrouted: number;
  /** Connections opened after one was lost. */
  readonly reconnects: number;
  /** Connections that were replaced because of their age or silence. */
  readonly rotations: number;
  /** Subscriptions that the exchange refused, for whatever reason. */
  readonly refusals: number;
  /** Messages that wait for a connection, or for their turn within the limit. */
  readonly waiting: number;
}

/** Subscriptions, kept alive over a fixed set of connections. */
export interface SocketPool {
  /**
   * Subscribes, and subscribes again after each loss, until it is closed. Several subscribers of the same subscription share it; who
   * joins later gets what comes from then on.
   *
   * @throws PluginError when it would exceed the pool's share of the exchange's limits
   */
  subscribe(subscription: Subscription, handlers: SubscriptionHandlers): Subscribed;
  /** Whether nothing arrives for a subscription at present, so that requests may take its place. */
  isDown(subscription: Subscription): boolean;
  status(): SocketPoolStatus;
  /** Closes all connections. The collector's signal does so too. */
  close(): Promise<void>;
}
