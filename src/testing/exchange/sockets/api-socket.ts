import type { RawData } from 'ws';
import { answerInfo, json } from '../http/info.ts';
import type { AddressMeters, ExchangeLimits } from '../limits.ts';
import type { LiveExchange } from '../live-exchange.ts';
import type { Connection } from './connection.ts';
import { errorFrame, frameOf, pongFrame } from './frame.ts';
import { normaliseSubscription } from './subscription-types.ts';

type Message = Readonly<Record<string, unknown>>;

/** Answers one frame that a client has sent. */
export function receiveFrame(exchange: LiveExchange, connection: Connection, raw: RawData): void {
  if (connection.isFrozen) return;
  exchange.socketCounts.framesReceived += 1;
  const refusal = act(exchange, connection, raw.toString());
  if (refusal !== undefined) connection.sendReply(errorFrame(refusal));
}

/** Does what a frame says; returns why not, in the exchange's words. */
function act(exchange: LiveExchange, connection: Connection, text: string): string | undefined {
  if (!exchange.limits.of(connection.address).framesPerMinute.take()) {
    return `Cannot send more than ${exchange.options.limits.framesPerMinute} messages per minute.`;
  }
  const message = parse(text);
  switch (message?.method) {
    case 'ping':
      connection.sendData(pongFrame);
      return undefined;
    case 'subscribe':
      return subscribe(exchange, connection, message, text);
    case 'unsubscribe':
      return unsubscribe(exchange, connection, message, text);
    case 'post':
      return post(exchange, connection, message, text);
    default:
      return unparsable(text);
  }
}

function parse(text: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Message) : undefined;
  } catch {
    return undefined;
  }
}

const unparsable = (text: string) => `Error parsing JSON into valid websocket request: ${text}`;

function subscribe(
  exchange: LiveExchange,
  connection: Connection,
  message: Message,
  text: string,
): string | undefined {
  const subscription = normaliseSubscription(message.subscription, exchange.universe);
  if (subscription === 'unparsable') return unparsable(text);
  if (subscription === 'invalid') {
    return `Invalid subscription ${JSON.stringify(message.subscription)}`;
  }
  const { key, user, echo } = subscription;
  if (connection.subscriptions.has(key)) return `Already subscribed: ${key}`;
  const meters = exchange.limits.of(connection.address);
  const { limits } = exchange.options;
  if (!meters.subscriptions.take()) {
    return `Cannot subscribe to more than ${limits.subscriptions} channels.`;
  }
  if (user !== undefined && !meters.followUser(user)) {
    meters.subscriptions.give();
    return tooManyUsers(limits);
  }
  connection.subscriptions.set(key, subscription);
  const acknowledge = () =>
    connection.sendReply(frameOf('subscriptionResponse', { method: 'subscribe', subscription: echo }));
  const late = exchange.faults.strikes('late-ack');
  if (late === undefined) acknowledge();
  else {
    connection.countFault('late-ack');
    setTimeout(acknowledge, late.delayMs).unref();
  }
  exchange.topics.add(connection, subscription);
  return undefined;
}

/** Note: the exchange refuses the fifteenth user with a text that allows it. */
function tooManyUsers({ users }: ExchangeLimits): string {
  return `Cannot track more than ${users + 1} total users.`;
}

function unsubscribe(
  exchange: LiveExchange,
  connection: Connection,
  message: Message,
  text: string,
): string | undefined {
  const subscription = normaliseSubscription(message.subscription, exchange.universe);
  if (typeof subscription === 'string') return unparsable(text);
  const { key, echo } = subscription;
  const held = connection.subscriptions.get(key);
  if (held === undefined) return `Already unsubscribed: ${key}`;
  release(exchange, connection, exchange.limits.of(connection.address), key);
  connection.sendReply(frameOf('subscriptionResponse', { method: 'unsubscribe', subscription: echo }));
  return undefined;
}

function release(exchange: LiveExchange, connection: Connection, meters: AddressMeters, key: string): void {
  const subscription = connection.subscriptions.get(key);
  if (subscription === undefined) return;
  connection.subscriptions.delete(key);
  meters.subscriptions.give();
  if (subscription.user !== undefined) meters.unfollowUser(subscription.user);
  exchange.topics.remove(connection, subscription);
}

/** Gives back all that a connection held. */
export function releaseAll(exchange: LiveExchange, connection: Connection): void {
  const meters = exchange.limits.of(connection.address);
  for (const key of [...connection.subscriptions.keys()]) release(exchange, connection, meters, key);
}

function post(
  exchange: LiveExchange,
  connection: Connection,
  message: Message,
  text: string,
): string | undefined {
  const { id, request } = message as { readonly id?: unknown; readonly request?: Message };
  if (typeof id !== 'number' || typeof request !== 'object' || request === null) return unparsable(text);
  const meters = exchange.limits.of(connection.address);
  if (!meters.pendingPosts.take()) return `too many pending post requests id=${id}`;
  void exchange
    .slowness()
    .then(() => connection.sendData(frameOf('post', { id, response: responseTo(exchange, meters, request) })))
    .catch(error => connection.sendReply(errorFrame(`Internal error ${error} id=${id}`)))
    .finally(() => meters.pendingPosts.give());
  return undefined;
}

function responseTo(exchange: LiveExchange, meters: AddressMeters, request: Message): unknown {
  const failed = (payload: string) => ({ type: 'error', payload });
  if (request.type !== 'info')
    return failed('Only requests for information are answered by the local exchange');
  const broken = exchange.faults.strikes('http-status');
  if (broken !== undefined) return failed(`${broken.status} error`);
  const answer = answerInfo(exchange, meters, request.payload);
  if (answer.contentType !== json || answer.status !== 200) return failed(`${answer.body}`);
  const { type } = request.payload as { readonly type: string };
  return { type: 'info', payload: { type, data: JSON.parse(answer.body.toString()) } };
}
