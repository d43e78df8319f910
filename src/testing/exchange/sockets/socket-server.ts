import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { leaveExplorer, receiveExplorerFrame } from '../explorer/explorer-socket.ts';
import type { Fault } from '../faults/fault.ts';
import type { LiveExchange } from '../live-exchange.ts';
import { receiveFrame, releaseAll } from './api-socket.ts';
import { type Connection, createConnection } from './connection.ts';

/** The exchange's sockets: `/ws`, and the explorer's at `/explorer-ws`. */
export interface SocketServer {
  /** Takes over a request to upgrade, or refuses it. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** Closes sockets that are idle or too old. */
  sweep(): void;
  /** Does to the sockets what a fault says. */
  strike(fault: Fault & { readonly share: number }): void;
  /** Cuts all sockets off, and gives back what they held at once. */
  cutAll(): void;
  readonly connections: ReadonlySet<Connection>;
  close(): void;
}

const textFrame = { binary: false } as const;
/** What one frame of a client may have, in bytes. */
const longestFrame = 1_024 * 1_024;

export function createSocketServer(exchange: LiveExchange): SocketServer {
  const { options, counts, socketCounts, faults } = exchange;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: longestFrame,
    perMessageDeflate: false,
    autoPong: false,
  });
  const connections = new Set<Connection>();
  const drops = new Map<Connection, () => void>();
  let lastId = 0;

  function refuse(stream: Duplex, status: string): void {
    counts.connectionsRefused += 1;
    stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  function open(socket: WebSocket, stream: Duplex, address: string, path: '/ws' | '/explorer-ws'): void {
    lastId += 1;
    counts.connectionsOpened += 1;
    const connection = createConnection({ id: lastId, address, socket, stream, counts: socketCounts });
    const meters = exchange.limits.of(address);
    const leave = () => {
      if (!connections.delete(connection)) return;
      drops.delete(connection);
      if (path === '/ws') {
        meters.connections.give();
        releaseAll(exchange, connection);
      } else leaveExplorer(exchange, connection);
    };
    connections.add(connection);
    drops.set(connection, leave);
    socket.on('message', raw => {
      if (path === '/ws') receiveFrame(exchange, connection, raw);
      else receiveExplorerFrame(exchange, connection, raw);
    });
    socket.on('ping', data => {
      if (connection.isFrozen) return;
      connection.touch();
      socket.pong(data);
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', leave);
    if (options.greeting) socket.send('Websocket connection established.', textFrame);
  }

  function cut(connection: Connection): void {
    drops.get(connection)?.();
    connection.cut();
  }

  /** Some of the sockets, as many as the share says, one at least while it is above 0. */
  function someOf(share: number): readonly Connection[] {
    const all = [...connections];
    const wanted = Math.min(all.length, Math.ceil(all.length * share));
    for (let index = all.length - 1; index > 0; index -= 1) {
      const other = faults.random.below(index + 1);
      [all[index], all[other]] = [all[other] as Connection, all[index] as Connection];
    }
    return all.slice(0, wanted);
  }

  return {
    connections,
    upgrade(request, stream, head) {
      stream.on('error', () => stream.destroy());
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname !== '/ws' && pathname !== '/explorer-ws') return refuse(stream, '404 Not Found');
      const address = request.socket.remoteAddress ?? 'unknown';
      if (faults.of('ban') !== undefined) return refuse(stream, '403 Forbidden');
      if (faults.strikes('reject-upgrade') !== undefined) return refuse(stream, '502 Bad Gateway');
      const meters = exchange.limits.of(address);
      if (pathname === '/ws') {
        if (!meters.newConnectionsPerMinute.take()) return refuse(stream, '429 Too Many Requests');
        if (!meters.connections.take()) return refuse(stream, '429 Too Many Requests');
      }
      // Note: a handshake that ws refuses or that breaks off never opens; what it took must be given back all the same.
      let opened = false;
      stream.once('close', () => {
        if (!opened && pathname === '/ws') meters.connections.give();
      });
      server.handleUpgrade(request, stream, head, socket => {
        opened = true;
        open(socket, stream, address, pathname);
      });
    },
    sweep() {
      const now = performance.now();
      for (const connection of connections) {
        if (connection.idleMs > options.idleAfterMs) cut(connection);
        else if (now - connection.openedAt > options.rotateAfterMs) connection.close(1_000, 'Expired');
      }
    },
    strike({ kind, share }) {
      if (!['drop', 'half-open', 'rotate', 'ban'].includes(kind)) return;
      for (const connection of kind === 'ban' ? [...connections] : someOf(share)) {
        connection.countFault(kind);
        if (kind === 'half-open') connection.freeze();
        else if (kind === 'rotate') connection.close(1_000, 'Expired');
        else cut(connection);
      }
    },
    cutAll() {
      for (const connection of [...connections]) cut(connection);
    },
    close() {
      this.cutAll();
      server.close();
    },
  };
}
