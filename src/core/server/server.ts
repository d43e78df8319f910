import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphQLSchema } from 'graphql';
import type { GraphqlContext, Permissions } from '../../schema/graphql/index.ts';
import { createMask } from './answer.ts';
import { createFastPath } from './fast-path.ts';
import { createGateway } from './gateway.ts';
import { createHandler, type Handler } from './handler.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { defaultPort, type ServerOptions } from './options.ts';
import { createPages } from './pages.ts';
import { isLoopback, type PermissionRules, permissionsKey } from './permissions.ts';
import { createSharedExecution } from './shared-execution.ts';
import { createWebsocket } from './websocket.ts';
import { createYogaServer } from './yoga.ts';

/** One HTTP server for GraphQL on every transport, the front page, health, readiness and metrics. */
export interface GraphqlServer {
  readonly schema: GraphQLSchema;
  /** Everything over HTTP, to be mounted in another server. Without a token, mutations are refused there. */
  readonly handler: Handler;
  start(): Promise<{ readonly url: string; readonly port: number }>;
  /** Lets running requests end, for at most 5 s, and closes all connections. */
  stop(): Promise<void>;
  /** Serves graphql-ws on another HTTP server that the handler is mounted in. */
  attachWebsocket(server: Server): void;
  statistics(): ServerStatistics;
}

export interface ServerStatistics {
  readonly connections: number;
  /** Distinct subscriptions, each executed once for all who asked for it. */
  readonly sharedSubscriptions: number;
  /** Connections that were closed because they could not keep up. */
  readonly slowClosed: number;
  /** The most that has waited for one connection so far. */
  readonly mostBufferedBytes: number;
}

const stopWithinMs = 5_000;

export function createServer(options: ServerOptions): GraphqlServer {
  const { schema, services, log, host = '127.0.0.1', port = defaultPort, token, origins = [] } = options;
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const mask = createMask(log);
  const gateway = createGateway(schema, limits);
  let listening = false;
  const rules = (): PermissionRules => ({ token, loopback: listening && isLoopback(host) });

  const contexts = new Map<string, GraphqlContext>();
  function contextOf(permissions: Permissions): GraphqlContext {
    const key = permissionsKey(permissions);
    let context = contexts.get(key);
    if (context === undefined) {
      context = { ...services, permissions };
      contexts.set(key, context);
    }
    return context;
  }

  const shared = createSharedExecution({
    ...{ gateway, mask, log, bufferedBytes: limits.bufferedBytes },
    onDelivered: options.onDelivered,
  });
  const websocket = createWebsocket({
    gateway,
    shared,
    mask,
    limits,
    rules,
    origins,
    path: '/graphql',
    contextOf,
  });
  const handler = createHandler({
    fastPath: createFastPath({ gateway, mask, limits, rules, origins, contextOf }),
    yoga: createYogaServer({ gateway, mask, rules, origins, contextOf }),
    pages: createPages({ ...options, services }),
    origins,
    limits,
    mask,
  });
  let server: Server | undefined;

  return {
    schema,
    handler,
    attachWebsocket: other => websocket.attach(other),
    async start() {
      const http = createHttpServer((request, response) => void handler(request, response));
      http.requestTimeout = limits.timeoutMs;
      http.headersTimeout = 10_000;
      http.maxConnections = limits.connections;
      websocket.attach(http);
      await new Promise<void>((resolve, reject) => {
        http.once('error', reject);
        http.listen(port, host, () => {
          http.removeListener('error', reject);
          resolve();
        });
      });
      server = http;
      listening = true;
      const { port: actual } = http.address() as AddressInfo;
      const name = host.includes(':') ? `[${host}]` : host;
      return { url: `http://${name}:${actual}`, port: actual };
    },
    async stop() {
      listening = false;
      const http = server;
      server = undefined;
      const closed = http && new Promise<void>(resolve => http.close(() => resolve()));
      await websocket.close();
      if (http === undefined) return;
      // Note: a connection that is kept alive becomes idle only when its request has ended.
      const idle = setInterval(() => http.closeIdleConnections(), 20);
      const late = setTimeout(() => http.closeAllConnections(), stopWithinMs);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
    },
    statistics: () => ({
      connections: websocket.connections,
      sharedSubscriptions: shared.groups,
      slowClosed: websocket.slowClosed,
      mostBufferedBytes: websocket.mostBufferedBytes,
    }),
  };
}
