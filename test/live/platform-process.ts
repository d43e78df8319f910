import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ConfigInput } from '../../src/core/config.ts';
import { type RunningCommand, startCommand } from '../cli/run-command.ts';

/** `hypersonar start` in a process of its own, on a folder of its own, with what it has collected kept over its ends. */
export interface PlatformProcess {
  /** Where it serves; another one after each start. */
  readonly url: string;
  /** What all its processes have logged, as lines of JSON, or said. */
  readonly log: string;
  start(): Promise<void>;
  /** Ends it without a word. */
  kill(): Promise<void>;
  /** Ends it as an operator does; answers its exit code. */
  stop(): Promise<number | null>;
  /** Sends a query; throws for errors. */
  ask<T>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
  /** The status and text of another path, such as `/ready`. */
  get(path: string): Promise<{ readonly status: number; readonly text: string }>;
}

export interface PlatformProcessOptions {
  /** Holds its configuration, its database and its tape. */
  readonly folder: string;
  /** Root of the exchange. */
  readonly exchange: string;
  readonly config: ConfigInput;
}

export const databaseOf = (folder: string): string => `pglite://${path.join(folder, 'database')}`;
export const tapeOf = (folder: string): string => path.join(folder, 'tape');

export async function createPlatformProcess(options: PlatformProcessOptions): Promise<PlatformProcess> {
  const { folder, exchange, config } = options;
  await writeFile(path.join(folder, 'hypersonar.config.json'), JSON.stringify(config));
  let running: RunningCommand | undefined;
  let before = '';
  let url = '';

  const platform: PlatformProcess = {
    get url() {
      return url;
    },
    get log() {
      return before + (running === undefined ? '' : running.err + running.out);
    },
    async start() {
      running = startCommand(
        [
          ...['start', '--port', '0', '--exchange', exchange],
          ...['--database', databaseOf(folder), '--tape', tapeOf(folder)],
        ],
        { cwd: folder },
      );
      const [, shown] = await running.shown(/(http:\/\/[^/\s]+)\/ · collectors: /);
      url = shown ?? '';
    },
    async kill() {
      running?.child.kill('SIGKILL');
      await ended();
    },
    async stop() {
      running?.child.kill('SIGTERM');
      return ended();
    },
    async ask(query, variables = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = (await response.json()) as { data: never; errors?: unknown };
      if (errors !== undefined) throw new Error(`${query} was answered with ${JSON.stringify(errors)}`);
      return data;
    },
    async get(path) {
      const response = await fetch(`${url}${path}`);
      return { status: response.status, text: await response.text() };
    },
  };

  async function ended(): Promise<number | null> {
    if (running === undefined) return null;
    const { code, out, err } = await running.ended;
    before += err + out;
    running = undefined;
    return code;
  }
  return platform;
}
