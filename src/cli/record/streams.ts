import { UserError } from '../../core/errors.ts';
import type { Subscription } from '../../plugins/collectors/hyperliquid-connection/socket-types.ts';

/** A stream that can be recorded: one channel of the exchange. */
export interface RecordedStream {
  readonly name: string;
  /** What one subscription of it is for. */
  readonly per: 'coin' | 'market' | 'user';
  /** The event that it becomes in a replay; gaps are noted under its name. */
  readonly event: string;
  readonly doc: string;
}

/** The channels that a replay understands. */
export const recordedStreams: readonly RecordedStream[] = [
  { name: 'trades', per: 'coin', event: 'trade', doc: 'the public tape' },
  { name: 'bbo', per: 'coin', event: 'book', doc: 'best bid and ask' },
  { name: 'l2Book', per: 'coin', event: 'book', doc: 'order books of 20 levels' },
  { name: 'candle', per: 'coin', event: 'candle', doc: 'candles of --interval' },
  { name: 'activeAssetCtx', per: 'coin', event: 'mark', doc: 'prices, open interest, funding' },
  { name: 'allMids', per: 'market', event: 'mark', doc: 'mid prices of all markets' },
  { name: 'userFills', per: 'user', event: 'fill', doc: 'fills of --users' },
  { name: 'userTwapSliceFills', per: 'user', event: 'fill', doc: 'TWAP fills of --users' },
  { name: 'userFundings', per: 'user', event: 'funding-payment', doc: 'funding of --users' },
  { name: 'orderUpdates', per: 'user', event: 'order', doc: 'orders of --users' },
  { name: 'clearinghouseState', per: 'user', event: 'position', doc: 'positions of --users' },
];

/** A subscription, and the file that its messages go to. */
export interface RecordedSubscription {
  readonly stream: RecordedStream;
  /** The market or wallet; undefined where it is for all markets. */
  readonly key: string | undefined;
  readonly subscription: Subscription;
}

/** The streams of a list of names, in its order. */
export function streamsOf(text: string): readonly RecordedStream[] {
  const names = [...new Set(listOf(text))];
  const unknown = names.filter(name => !recordedStreams.some(stream => stream.name === name));
  if (names.length > 0 && unknown.length === 0) {
    return names.map(name => recordedStreams.find(stream => stream.name === name)!);
  }
  const known = recordedStreams.map(({ name, doc }) => `  ${name.padEnd(20)} ${doc}`).join('\n');
  throw new UserError(
    'CONFIG_INVALID',
    `Expected --streams as names with commas between them, found ${unknown.length > 0 ? unknown.join(', ') : 'none'}. There are:\n${known}`,
  );
}

/** The parts of a text with commas between them. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');
}

/** What has to be subscribed to for streams of these markets and wallets. */
export function subscriptionsOf(
  streams: readonly RecordedStream[],
  of: { readonly coins: readonly string[]; readonly users: readonly string[]; readonly interval: string },
): readonly RecordedSubscription[] {
  return streams.flatMap((stream): RecordedSubscription[] => {
    const type = stream.name;
    if (stream.per === 'market') return [{ stream, key: undefined, subscription: { type } }];
    if (stream.per === 'user') {
      return of.users.map(user => ({ stream, key: user, subscription: { type, user } }));
    }
    const interval = type === 'candle' ? { interval: of.interval } : {};
    return of.coins.map(coin => ({ stream, key: coin, subscription: { type, coin, ...interval } }));
  });
}
