import { connect } from 'node:net';
import type { App } from '../../core/app.ts';
import { resolveEndpoints } from '../../plugins/collectors/hyperliquid-connection/endpoints.ts';
import type { Terminal } from '../terminal.ts';
import { standardCollectors } from './live-collectors.ts';

/** How long collectors may take for their first event before somebody looks why, in ms. */
const patienceMs = 5_000;
const againMs = 60_000;
const connectMs = 3_000;

export interface ReachabilityOptions {
  readonly app: App;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly patienceMs?: number;
}

/**
 * Says plainly when nothing comes because an exchange cannot be reached, and when it can be again.
 *
 * Note: only a connection is opened and closed, and only while nothing comes: a request would cost of the budget.
 */
export function watchReachability(options: ReachabilityOptions): void {
  const { app, terminal, signal } = options;
  let told = new Set<string>();

  async function look(): Promise<void> {
    const silent = silentCollectors(app);
    const hosts = new Map<string, string[]>();
    for (const id of silent) {
      for (const host of hostsOf(app, id)) hosts.set(host, [...(hosts.get(host) ?? []), id]);
    }
    const found = await Promise.all(
      [...hosts].map(async ([host, ids]) => ({ host, ids, problem: await problemOf(host) })),
    );
    if (signal.aborted) return;
    const lost = found.filter(({ problem }) => problem !== undefined);
    const names = new Set(lost.map(({ host }) => host));
    if (lost.some(({ host }) => !told.has(host))) {
      const waiting = [...new Set(lost.flatMap(({ ids }) => ids))].sort().join(', ');
      terminal.note(
        `${lost.map(({ host, problem }) => `Cannot reach ${host}: ${problem}.`).join('\n')}\n` +
          `Waiting for it and trying again: ${waiting}. What the database holds is served meanwhile.\n` +
          '`hypersonar demo` shows everything without a network.',
      );
    } else if (told.size > 0 && lost.length === 0) {
      terminal.note(`${[...told].sort().join(', ')} can be reached again.`);
    }
    told = names;
  }

  async function run(): Promise<void> {
    await pause(options.patienceMs ?? patienceMs, signal);
    while (!signal.aborted) {
      await look();
      await pause(told.size > 0 ? patienceMs : againMs, signal);
    }
  }
  void run();
}

/** The exchange's collectors that have brought nothing for too long. */
function silentCollectors(app: App): string[] {
  return app
    .readiness()
    .sources.filter(({ id, stale }) => stale && standardCollectors.includes(id))
    .map(({ id }) => id);
}

function hostsOf(app: App, id: string): string[] {
  const config = app.plan.collectors.find(({ plugin }) => plugin.id === id)!.config;
  const { infoUrl, wsUrl, statsUrl } = resolveEndpoints(config as Parameters<typeof resolveEndpoints>[0]);
  const needed = id === 'hyperliquid-leaderboard' ? [statsUrl] : [infoUrl, wsUrl];
  return [...new Set(needed.map(hostOf))];
}

function hostOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === '' ? (/^(https|wss):$/.test(protocol) ? 443 : 80) : port}`;
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such name is known',
  EAI_AGAIN: 'no name server answers',
  ECONNREFUSED: 'the connection was refused',
  ENETUNREACH: 'there is no network',
  EHOSTUNREACH: 'there is no way to it',
  ETIMEDOUT: 'there was no answer',
};

/** Why a host cannot be connected to; undefined when it can. */
function problemOf(host: string): Promise<string | undefined> {
  const split = host.lastIndexOf(':');
  return new Promise(resolve => {
    const socket = connect({
      host: host.slice(0, split).replace(/^\[|\]$/g, ''),
      port: Number(host.slice(split + 1)),
    });
    const end = (problem: string | undefined): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(connectMs, () => end(`there was no answer within ${connectMs / 1_000} s`));
    socket.once('connect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => end(reasons[error.code ?? ''] ?? error.message));
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
