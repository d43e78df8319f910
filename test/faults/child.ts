import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ConfigInput } from '../../src/core/config.ts';

export interface ReplaySetup {
  readonly config: ConfigInput;
  readonly database: string;
  readonly tape: string;
}

export interface ReplayChild {
  readonly process: ChildProcess;
  /** Resolves with the newest committed event once it is at least `seq`, or when the process has ended. */
  committed(seq: number): Promise<number>;
  started(): Promise<void>;
  /** Resolves with the last line when the process has ended. */
  ended(): Promise<string>;
  kill(): Promise<void>;
}

/** Starts a process that replays; `limits` is a line of shell that comes before it, such as `ulimit -f 100`. */
export function startReplayChild(setup: ReplaySetup, { limits = ':' } = {}): ReplayChild {
  const child = path.join(import.meta.dirname, 'replay-child.ts');
  const command = [process.execPath, '--conditions=hypersonar-source', child, JSON.stringify(setup)];
  const spawned = spawn('/bin/bash', ['-c', `${limits}; exec "$@"`, 'replay', ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = '';
  let isStarted = false;
  let committed = 0;
  let waiting: (() => void)[] = [];
  const lines = createInterface({ input: spawned.stdout! });
  const notify = (): void => {
    const all = waiting;
    waiting = [];
    for (const resume of all) resume();
  };
  lines.on('line', line => {
    last = line;
    if (line === 'started') isStarted = true;
    if (/^\d+$/.test(line)) committed = Number(line);
    notify();
  });
  const exit = once(spawned, 'close').then(notify);
  const isOver = (): boolean => spawned.exitCode !== null || spawned.signalCode !== null;
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition() && !isOver()) await new Promise<void>(resolve => waiting.push(resolve));
  };
  return {
    process: spawned,
    async committed(seq) {
      await until(() => committed >= seq || last === 'done');
      return committed;
    },
    started: () => until(() => isStarted),
    async ended() {
      await exit;
      return last;
    },
    async kill() {
      spawned.kill('SIGKILL');
      await exit;
    },
  };
}
