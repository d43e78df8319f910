import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { createEvmRpc } from './evm/rpc.ts';
import type { Faults } from './faults/faults.ts';
import { createAdmin, describeExchange } from './http/admin.ts';
import { createRouter } from './http/router.ts';
import { createStatsHost } from './http/stats-host.ts';
import type { LimitName, LimitUse } from './limits.ts';
import { createLiveExchange, type LiveExchange } from './live-exchange.ts';
import { createNodeFileWriter } from './node-files/writer.ts';
import type { ResolvedOptions } from './options.ts';
import { createSocketServer } from './sockets/socket-server.ts';
import type { ExchangeState } from './state/exchange-state.ts';

/** Where a local exchange answers. */
export interface ExchangeAddresses {
  readonly port: number;
  /** The root, such as `http://127.0.0.1:4100`. */
  readonly url: string;
  /** `POST` of information requests. */
  readonly infoUrl: string;
  readonly wsUrl: string;
  /** The folder that holds `leaderboard` and `vaults`. */
  readonly statsUrl: string;
  /** The explorer's socket. */
  readonly explorerUrl: string;
  /** `POST` of the explorer's requests. */
  readonly explorerHttpUrl: string;
  /** HyperEVM's JSON-RPC. */
  readonly evmUrl: string;
  readonly adminUrl: string;
}

/** A local exchange in this process. */
export interface Exchange extends ExchangeAddresses {
  readonly state: ExchangeState;
  readonly faults: Faults;
  /** How the limits have been used by all clients together. */
  limits(): Record<LimitName, LimitUse>;
  /** What `GET /admin/state` says. */
  describe(): ReturnType<typeof describeExchange>;
  /** Lets exchange time pass at once, and sends out what that brings. */
  advance(milliseconds: number): Promise<void>;
  /** Cuts off all sockets and stops listening for a while, then goes on with the same state at the same port. */
  restart(downMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** How often blocks are made, in milliseconds of wall time: the most that serving adds to a frame's age. */
const turnMs = 8;
const sweepMs = 100;

/** Serves a state: what `startExchange` does with the market that it makes. */
export async function serveExchange(options: ResolvedOptions, state: ExchangeState): Promise<Exchange> {
  const exchange: LiveExchange = createLiveExchange(options, state, fault => {
    if (fault.kind === 'restart') void restart(fault.durationMs);
    else if (fault.kind === 'clock-leap') exchange.clock.leap(fault.leapMs ?? 0);
    else if (fault.kind === 'tid-collision') provokeCollision(exchange);
    else if (fault.kind === 'nan-premium') provokeNanPremiums(exchange, fault.share);
    else sockets.strike(fault);
  });
  const sockets = createSocketServer(exchange);
  const stats = createStatsHost(state, options.leaderboardMs);
  const router = createRouter({
    exchange,
    stats,
    evm: createEvmRpc({ seed: options.seed, start: options.start, state }),
    admin: createAdmin(exchange, advance),
  });
  const server = createServer((request, response) => void router(request, response));
  server.on('upgrade', (request, stream, head) => sockets.upgrade(request, stream, head));
  server.keepAliveTimeout = 60_000;

  async function listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, options.host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return (server.address() as AddressInfo).port;
  }

  /** Whether it could listen at the port again: another process may have taken it for a moment. */
  const listens = (port: number) =>
    listen(port).then(
      () => true,
      () => false,
    );

  async function close(): Promise<void> {
    sockets.cutAll();
    exchange.limits.forget();
    const closed = new Promise<void>(resolve => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  let stopped = false;
  let restarting: Promise<void> | undefined;
  async function restart(downMs = 0): Promise<void> {
    restarting ??= (async () => {
      await close();
      await new Promise(resolve => setTimeout(resolve, downMs));
      while (!stopped && !(await listens(port))) await new Promise(resolve => setTimeout(resolve, 100));
    })().finally(() => {
      restarting = undefined;
    });
    return restarting;
  }

  async function advance(milliseconds: number): Promise<void> {
    exchange.clock.leap(milliseconds);
    while (!stopped && exchange.clock.now() - state.now > 1_000) {
      const before = state.now;
      exchange.turn();
      if (state.now === before) break;
      await new Promise(resolve => setImmediate(resolve));
    }
    exchange.turn();
  }

  // Note: the first leaderboard takes a while to make; nobody waits for frames yet.
  await stats.leaderboard(false);
  await advance(0);
  const port = await listen(options.port);
  if (options.nodeFiles !== undefined) exchange.nodeFiles.add(createNodeFileWriter(options.nodeFiles));
  let lastTurn = performance.now();
  const turning = setInterval(() => {
    const now = performance.now();
    exchange.counts.longestPauseMs = Math.max(exchange.counts.longestPauseMs, Math.round(now - lastTurn));
    lastTurn = now;
    exchange.turn();
  }, turnMs);
  const sweeping = setInterval(() => sockets.sweep(), sweepMs);
  exchange.faults.run(options.faults);

  return {
    ...addressesOf(options.host, port),
    state,
    faults: exchange.faults,
    limits: () => exchange.limits.uses(),
    describe: () => describeExchange(exchange),
    advance,
    restart,
    async stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(turning);
      clearInterval(sweeping);
      exchange.faults.clear();
      await restarting;
      for (const writer of exchange.nodeFiles) writer.close();
      sockets.close();
      if (server.listening) await close();
    },
  };
}

/** The addresses of an exchange at a host and port. */
export function addressesOf(host: string, port: number): ExchangeAddresses {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const authority = `${name.includes(':') ? `[${name}]` : name}:${port}`;
  const url = `http://${authority}`;
  return {
    port,
    url,
    infoUrl: `${url}/info`,
    wsUrl: `ws://${authority}/ws`,
    statsUrl: `${url}/Mainnet`,
    explorerUrl: `ws://${authority}/explorer-ws`,
    explorerHttpUrl: `${url}/explorer`,
    evmUrl: `${url}/evm`,
    adminUrl: `${url}/admin`,
  };
}

function provokeCollision({ state, faults }: LiveExchange): void {
  state.provoke({ kind: 'tid-collision', across: faults.random.pick(['coins', 'blocks']) });
}

function provokeNanPremiums({ state, faults }: LiveExchange, share: number): void {
  const perps = state.coins.filter(coin => !coin.startsWith('@') && !coin.includes('/'));
  for (const coin of perps) {
    if (faults.random.chance(share)) state.provoke({ kind: 'nan-premium', coin });
  }
}
