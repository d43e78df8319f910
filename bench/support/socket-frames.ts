/*
 * The exchange's side of bench/socket-dispatch.ts, in a process of its own: confirms subscriptions, and writes frames of trades that
 * were made beforehand as fast as they are taken.
 */
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

interface Order {
  /** The path of the connection that gets them. */
  readonly path: string;
  /** How often the frames of all coins are written. */
  readonly rounds: number;
  readonly coins: readonly string[];
  readonly tradesEach: number;
}

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
const sockets = new Map<string, { readonly socket: WebSocket; readonly raw: Socket }>();

server.on('listening', () => process.send?.({ port: (server.address() as AddressInfo).port }));
server.on('connection', (socket, request) => {
  sockets.set(request.url ?? '', { socket, raw: request.socket as Socket });
  socket.on('message', data => {
    const message = JSON.parse(String(data)) as { method: string };
    if (message.method === 'ping') socket.send('{"channel":"pong"}');
    else socket.send(JSON.stringify({ channel: 'subscriptionResponse', data: message }));
  });
});

process.on('message', async ({ path, rounds, coins, tradesEach }: Order) => {
  const { raw } = sockets.get(path)!;
  const round = Buffer.concat(coins.map((coin, place) => frameOf(tradesOf(coin, place, tradesEach))));
  for (let n = 0; n < rounds; n++) {
    if (!raw.write(round)) await new Promise(resolve => raw.once('drain', resolve));
  }
});

function tradesOf(coin: string, place: number, count: number): string {
  const user = (n: number) => `0x${n.toString(16).padStart(40, 'b')}`;
  const trades = Array.from({ length: count }, (_, n) => ({
    ...{ coin, side: n % 2 === 0 ? 'A' : 'B', px: '84133.0', sz: '0.02279', time: 1790231124037 + n },
    hash: `0x${(place * 31 + n).toString(16).padStart(64, 'c')}`,
    ...{ tid: 140238147810435 + place * 7 + n, users: [user(place), user(n + 1_000)] },
  }));
  return JSON.stringify({ channel: 'trades', data: trades });
}

/** A text frame as a server writes it. */
function frameOf(text: string): Buffer {
  const body = Buffer.from(text);
  const header =
    body.length < 126
      ? Buffer.from([0x81, body.length])
      : Buffer.from([0x81, 126, body.length >> 8, body.length & 255]);
  return Buffer.concat([header, body]);
}
