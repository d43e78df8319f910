import { isObject, type JsonObject } from '../hyperliquid-messages/values.ts';

/** What a text on the exchange's error channel says. */
export type Refusal =
  /** It is subscribed to already, which is as good as a confirmation. */
  | { readonly kind: 'already'; readonly subscription: JsonObject | undefined }
  /** The end of a subscription that was none. */
  | { readonly kind: 'not-subscribed' }
  /** It will not be accepted as it is. */
  | { readonly kind: 'invalid'; readonly subscription: JsonObject | undefined }
  /** A limit of the address was reached. It does not say by which message. */
  | { readonly kind: 'limit'; readonly limit: 'users' | 'subscriptions' | 'frames' }
  | { readonly kind: 'other' };

const limits = [
  [/^Cannot track more than \d+ total users/i, 'users'],
  [/^Cannot subscribe to more than \d+ channels/i, 'subscriptions'],
  [/^Cannot send more than \d+ messages per minute/i, 'frames'],
] as const;

/** Reads a text of the error channel. */
export function readRefusal(text: string): Refusal {
  for (const [pattern, limit] of limits) if (pattern.test(text)) return { kind: 'limit', limit };
  if (text.startsWith('Already unsubscribed')) return { kind: 'not-subscribed' };
  const echoed = echoOf(text);
  if (text.startsWith('Already subscribed')) return { kind: 'already', subscription: echoed };
  if (text.startsWith('Invalid subscription')) return { kind: 'invalid', subscription: echoed };
  if (text.startsWith('Error parsing JSON into valid websocket request')) {
    if (echoed?.method === 'unsubscribe') return { kind: 'not-subscribed' };
    return {
      kind: 'invalid',
      subscription: isObject(echoed?.subscription) ? echoed.subscription : undefined,
    };
  }
  return { kind: 'other' };
}

/** The object within a text; escaped once more where a frame was quoted as a string. */
function echoOf(text: string): JsonObject | undefined {
  const object = /\{.*\}/s.exec(text)?.[0];
  if (object === undefined) return undefined;
  for (const candidate of [object, object.replaceAll('\\"', '"')]) {
    try {
      const value: unknown = JSON.parse(candidate);
      if (isObject(value)) return value;
    } catch {
      // Note: an echo that cannot be read tells no more than no echo.
    }
  }
  return undefined;
}
