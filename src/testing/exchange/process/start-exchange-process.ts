import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { wallTime } from '../exchange-clock.ts';
import type { ActiveFault, Fault, PlannedFault } from '../faults/fault.ts';
import type { describeExchange } from '../http/admin.ts';
import type { LimitName, LimitUse } from '../limits.ts';
import type { ExchangeOptions } from '../options.ts';
import type { ExchangeAddresses } from '../serve-exchange.ts';
import type { Provocation } from '../state/exchange-state.ts';
import type { ChildMessage, ParentMessage } from './messages.ts';

/** A local exchange in a process of its own. */
export interface ExchangeProcess extends ExchangeAddresses {
  readonly pid: number;
  /** How the limits have been used by all clients together since the process began. */
  limits(): Promise<Record<LimitName, LimitUse>>;
  describe(): Promise<ReturnType<typeof describeExchange>>;
  /** The exact positions of a user: signed decimals by coin. */
  positionsOf(user: string): Promise<ReadonlyMap<string, string>>;
  users(): Promise<readonly string[]>;
  /** How many trades there were of each coin since the process began, up to the block at `now`. */
  trades(): Promise<{ readonly now: number; readonly byCoin: Readonly<Record<string, number>> }>;
  inject(fault: Fault): Promise<ActiveFault>;
  run(plan: readonly PlannedFault[]): Promise<void>;
  provoke(provocation: Provocation): Promise<void>;
  clearFaults(): Promise<void>;
  /**
   * Ends the process without a word, and starts another one at the same port after a while. It has the same past, made anew from
   * the seed, up to the moment at which it starts; only what was provoked is forgotten.
   */
  crash(downMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** How long it may take to stop by itself, ms. */
const stopMs = 2_000;

/**
 * Starts a local exchange in a process of its own, so that it has a core for itself and can be killed.
 *
 * @param signal gives up a start that lasts
 */
export async function startExchangeProcess(
  options: ExchangeOptions = {},
  signal?: AbortSignal,
): Promise<ExchangeProcess> {
  // Note: the start is chosen here, so that a process that takes over makes the same past.
  const startedAt = options.startedAt ?? Math.floor(wallTime());
  const fixed = { ...options, startedAt, start: options.start ?? startedAt };
  let child: ChildProcess;
  let addresses: ExchangeAddresses;
  ({ child, addresses } = await launch(fixed, signal));

  async function ask<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${addresses.adminUrl}/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T & { readonly error?: string };
    if (!response.ok) throw new Error(`The local exchange refused ${path}: ${answer.error}`);
    return answer;
  }

  return {
    ...addresses,
    get pid() {
      return child.pid as number;
    },
    limits: async () => (await ask<{ limits: Record<LimitName, LimitUse> }>('limits')).limits,
    describe: () => ask('state'),
    positionsOf: async user =>
      new Map(Object.entries(await ask<Record<string, string>>(`positions/${user}`))),
    users: () => ask('users'),
    trades: () => ask('trades'),
    inject: fault => ask('faults', fault),
    run: async plan => void (await ask('faults', plan)),
    provoke: async provocation => void (await ask('provoke', provocation)),
    clearFaults: async () => void (await ask('clear', {})),
    async crash(downMs = 0) {
      await end(child, () => child.kill('SIGKILL'));
      if (downMs > 0) await new Promise(resolve => setTimeout(resolve, downMs));
      // Note: faults of the plan have had their turn.
      const again = { ...fixed, port: addresses.port, faults: [] };
      ({ child, addresses } = await launch(again));
    },
    async stop() {
      const late = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await end(child, () => child.disconnect());
      clearTimeout(late);
    },
  };
}

async function launch(options: ExchangeOptions, signal?: AbortSignal) {
  signal?.throwIfAborted();
  const { url } = import.meta;
  const file = fileURLToPath(new URL(url.endsWith('.ts') ? './child.ts' : './child.js', url));
  const child = fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  const message: ParentMessage = { options };
  const ended = once(child, 'exit').then(([code]) => ({
    failed: `its process ended with ${code ?? 'a signal'} before it served`,
  }));
  const answered = once(child, 'message').then(([answer]) => answer as ChildMessage);
  child.send(message);
  const giveUp = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', giveUp, { once: true });
  const answer: ChildMessage = await Promise.race([answered, ended]);
  signal?.removeEventListener('abort', giveUp);
  if ('started' in answer) return { child, addresses: answer.started };
  throw new Error(`The local exchange did not start: ${answer.failed}`);
}

async function end(child: ChildProcess, ask: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  ask();
  await ended;
}
