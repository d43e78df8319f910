import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, type SubscribePayload } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { GraphqlContext, Permissions } from '../../schema/graphql/index.ts';
import { formatResult, type Mask } from './answer.ts';
import type { Gateway, Prepared } from './gateway.ts';
import { type Limits, limitError } from './limits.ts';
import { isOriginAllowed, type PermissionRules, permissionsOf } from './permissions.ts';
import type { Receiver, SharedExecution } from './shared-execution.ts';

/** Close code of a subscriber that cannot keep up. The reason is JSON: `{"code":"SLOW_SUBSCRIBER","cursor":"…"}`. */
export const slowSubscriberCode = 4429;

/** How long a closed slow connection may take to read what is left. */
const slowGraceMs = 10_000;

export interface WebsocketOptions {
  readonly gateway: Gateway;
  readonly shared: SharedExecution;
  readonly mask: Mask;
  readonly limits: Limits;
  readonly rules: () => PermissionRules;
  readonly origins: readonly string[];
  readonly path: string;
  contextOf(permissions: Permissions): GraphqlContext;
}

export interface WebsocketEndpoint {
  /** Takes connections that upgrade on the path from an HTTP server. */
  attach(server: Server): void;
  readonly connections: number;
  readonly slowClosed: number;
  /** The most that has waited for one connection so far. */
  readonly mostBufferedBytes: number;
  close(): Promise<void>;
}

type Variables = Readonly<Record<string, unknown>>;

/** What travels from `onSubscribe` to the executors; graphql-ws takes it for execution arguments. */
interface Operation {
  readonly prepared: Prepared;
  readonly variables: Variables;
  readonly context: GraphqlContext;
  readonly socket: WebSocket;
  readonly id: string;
}

export function createWebsocket({
  gateway,
  shared,
  mask,
  limits,
  rules,
  origins,
  path,
  contextOf,
}: WebsocketOptions): WebsocketEndpoint {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.bodyBytes,
    handleProtocols: protocols =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) && GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });
  let slowClosed = 0;
  let mostBufferedBytes = 0;
  const permissions = new WeakMap<object, Permissions>();

  const server = useServer<Record<string, unknown>, Partial<Record<PropertyKey, never>>>(
    {
      schema: gateway.schema,
      connectionInitWaitTimeout: 3_000,
      onConnect(ctx) {
        const { request } = ctx.extra as Extra;
        const given = ctx.connectionParams?.authorization ?? ctx.connectionParams?.Authorization;
        const found = permissionsOf(
          {
            authorization: typeof given === 'string' ? given : request.headers.authorization,
            host: request.headers.host,
          },
          rules(),
        );
        permissions.set(ctx.extra, found);
        return true;
      },
      onSubscribe(ctx, id, payload) {
        // Note: graphql-ws has counted this one already.
        const running = Object.keys(ctx.subscriptions).length;
        if (running > limits.subscriptionsPerConnection) {
          const most = limits.subscriptionsPerConnection;
          return [limitError('subscriptions of a connection', most, running, 'Open another connection.')];
        }
        const { query, operationName, variables } = payload as SubscribePayload;
        const given = (variables ?? {}) as Variables;
        const { prepared, errors } = gateway.prepare(query, operationName ?? undefined, given);
        if (errors) return errors.map(error => mask(error));
        const operation: Operation = {
          prepared,
          variables: given,
          context: contextOf(permissions.get(ctx.extra)!),
          socket: (ctx.extra as Extra).socket as unknown as WebSocket,
          id,
        };
        return {
          schema: gateway.schema,
          document: prepared.document,
          operationName: prepared.operationName,
          contextValue: operation,
        };
      },
      async execute(args) {
        const { prepared, variables, context } = (args as { contextValue: Operation }).contextValue;
        return formatResult(await gateway.execute(prepared, variables, context), mask) as never;
      },
      subscribe: args => subscribe((args as { contextValue: Operation }).contextValue) as never,
      onError: (_ctx, _id, _payload, errors) => errors.map(error => mask(error).toJSON()),
    },
    sockets as never,
    12_000,
  );

  async function subscribe(operation: Operation) {
    const receiver = receiverOf(operation, {
      onBuffered(bytes) {
        if (bytes > mostBufferedBytes) mostBufferedBytes = bytes;
      },
      onSlow() {
        slowClosed += 1;
      },
    });
    const joined = await shared.join({ ...operation, receiver });
    if ('errors' in joined) return { errors: joined.errors.map(error => mask(error)) };
    return parked(joined);
  }

  function refuse(socket: Duplex, status: string): void {
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const pathname = (request.url ?? '').split('?')[0];
    if (pathname !== path) {
      refuse(socket, '404 Not Found');
      return;
    }
    // Note: browsers let any page open a WebSocket anywhere; only the server can refuse foreign ones.
    if (!isOriginAllowed(request.headers.origin, request.headers.host, origins)) {
      refuse(socket, '403 Forbidden');
      return;
    }
    if (sockets.clients.size >= limits.connections) {
      refuse(socket, '503 Service Unavailable');
      return;
    }
    sockets.handleUpgrade(request, socket, head, client => sockets.emit('connection', client, request));
  }

  return {
    attach: httpServer => {
      httpServer.on('upgrade', upgrade);
    },
    get connections() {
      return sockets.clients.size;
    },
    get slowClosed() {
      return slowClosed;
    },
    get mostBufferedBytes() {
      return mostBufferedBytes;
    },
    async close() {
      shared.close();
      for (const client of sockets.clients) client.close(1001, 'the server stops');
      const late = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
      }, 2_000);
      await server.dispose();
      clearTimeout(late);
    },
  };
}

const asText = { binary: false };

/** The connection as the shared executor sees it. */
function receiverOf(
  { socket, id }: Operation,
  { onBuffered, onSlow }: { onBuffered(bytes: number): void; onSlow(): void },
): Receiver {
  return {
    id,
    get open() {
      return socket.readyState === socket.OPEN;
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    offer(frame, most) {
      if (socket.readyState !== socket.OPEN) return 'closed';
      const buffered = socket.bufferedAmount;
      if (buffered > 0) {
        if (buffered + frame.length > most) return 'full';
        onBuffered(buffered + frame.length);
      }
      socket.send(frame, asText);
      return 'sent';
    },
    drained: () =>
      new Promise(resolve => {
        const check = () => {
          if (socket.readyState !== socket.OPEN || socket.bufferedAmount === 0) resolve();
          else setTimeout(check, 5);
        };
        check();
      }),
    closeAsSlow(lastCursor) {
      if (socket.readyState !== socket.OPEN) return;
      onSlow();
      socket.close(slowSubscriberCode, JSON.stringify({ code: 'SLOW_SUBSCRIBER', cursor: lastCursor }));
      setTimeout(() => socket.terminate(), slowGraceMs).unref();
    },
  };
}

/** What graphql-ws waits on while the shared executor does the sending. */
function parked({ leave, ended }: { leave(): void; ended: Promise<void> }): AsyncIterableIterator<never> {
  const iterator: AsyncIterableIterator<never> = {
    async next() {
      await ended;
      return { done: true, value: undefined };
    },
    async return() {
      leave();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
