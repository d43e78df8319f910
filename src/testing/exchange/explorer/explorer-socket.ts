import type { RawData } from 'ws';
import type { LiveExchange } from '../live-exchange.ts';
import type { Connection } from '../sockets/connection.ts';
import { errorFrame, frameOf, pongFrame } from '../sockets/frame.ts';
import type { ExplorerChannel } from './explorer.ts';

const channels: readonly ExplorerChannel[] = ['explorerBlock', 'explorerTxs'];

const isChannel = (type: unknown): type is ExplorerChannel => channels.includes(type as ExplorerChannel);

/** Answers one frame that a client has sent to the explorer's socket. */
export function receiveExplorerFrame(exchange: LiveExchange, connection: Connection, raw: RawData): void {
  if (connection.isFrozen) return;
  const text = raw.toString();
  const { method, subscription } = parse(text);
  const type = subscription?.type;
  if (method === 'ping') {
    connection.sendData(pongFrame);
  } else if ((method === 'subscribe' || method === 'unsubscribe') && isChannel(type)) {
    if (method === 'subscribe') exchange.explorer.follow(connection, type);
    else exchange.explorer.unfollow(connection, type);
    connection.sendReply(frameOf('subscriptionResponse', { method, subscription: { type } }));
  } else connection.sendReply(errorFrame(`Error parsing JSON into valid websocket request: ${text}`));
}

/** Ends all that the connection follows. */
export function leaveExplorer({ explorer }: LiveExchange, connection: Connection): void {
  for (const channel of channels) explorer.unfollow(connection, channel);
}

interface Frame {
  readonly method?: unknown;
  readonly subscription?: { readonly type?: unknown } | null;
}

function parse(text: string): Frame {
  try {
    return (JSON.parse(text) ?? {}) as Frame;
  } catch {
    return {};
  }
}
