import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ProbeReport } from './probe.ts';

/** `hypersonar start` in a process of its own, with a probe in it. */
export interface SoakedPlatform {
  readonly url: string;
  readonly pid: number;
  /** How it ended, when it has. */
  readonly ended: { readonly code: number | null; readonly signal: string | null } | undefined;
  /** What it has logged so far. */
  log(): string;
  ask<T>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
  metrics(): Promise<MetricsText>;
  /** What the probe has measured since the last time. */
  report(): Promise<ProbeReport>;
  /** Processor time of each kind of thread since the start, in seconds. */
  threads(): ReadonlyMap<string, number>;
  stop(): Promise<number | null>;
}

export interface SoakedPlatformOptions {
  readonly folder: string;
  readonly exchangeUrl: string;
  /** A folder for a profile of the processor. */
  readonly profile?: string | undefined;
  /** Further arguments of Node. */
  readonly nodeArguments?: readonly string[] | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

const root = path.resolve(import.meta.dirname, '../../..');

export async function startPlatform(options: SoakedPlatformOptions): Promise<SoakedPlatform> {
  const { folder, exchangeUrl, profile } = options;
  const { DATABASE_URL: _, NODE_OPTIONS: __, ...environment } = process.env;
  const child = spawn(
    process.execPath,
    [
      ...(profile === undefined
        ? []
        : ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${profile}`]),
      ...(options.nodeArguments ?? []),
      ...['--import', path.join(import.meta.dirname, 'probe.ts'), path.join(root, 'bin/hypersonar.js')],
      ...['start', '--port', '0', '--exchange', exchangeUrl],
      ...['--database', `pglite://${path.join(folder, 'database')}`, '--tape', path.join(folder, 'tape')],
    ],
    {
      cwd: folder,
      env: { ...environment, ...options.environment, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  let log = '';
  let ended: SoakedPlatform['ended'];
  const end = once(child, 'close').then(([code, signal]) => {
    ended = { code, signal };
    return code as number | null;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', chunk => {
      log += chunk;
    });
  }
  const url = await shownUrl(child, () => log);

  return {
    url,
    get pid() {
      return child.pid as number;
    },
    get ended() {
      return ended;
    },
    log: () => log,
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
    metrics: async () => parseMetrics(await (await fetch(`${url}/metrics`)).text()),
    async report() {
      const answered = once(child, 'message');
      child.send('report');
      return (await answered)[0] as ProbeReport;
    },
    threads: () => threadsOf(child.pid as number),
    async stop() {
      if (ended === undefined) child.kill('SIGTERM');
      return end;
    },
  };
}

async function shownUrl(child: ChildProcess, log: () => string): Promise<string> {
  for (;;) {
    const found = /(http:\/\/[^/\s]+)\/ · collectors: /.exec(log());
    if (found?.[1] !== undefined) return found[1];
    if (child.exitCode !== null) throw new Error(`Expected the platform to start, found:\n${log()}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** Values of metrics by name and labels. */
export interface MetricsText {
  /** The value of one series; NaN where there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
  /** All series of a name that have these labels. */
  all(
    name: string,
    labels?: Readonly<Record<string, string>>,
  ): readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

export function parseMetrics(text: string): MetricsText {
  const series = new Map<string, { labels: Record<string, string>; value: number }[]>();
  for (const line of text.split('\n')) {
    const found = /^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/i.exec(line);
    if (found === null) continue;
    const [, name = '', list = '', value] = found;
    const labels: Record<string, string> = {};
    for (const [, key = '', text = ''] of list.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) labels[key] = text;
    const values = series.get(name) ?? [];
    values.push({ labels, value: Number(value) });
    series.set(name, values);
  }
  const all: MetricsText['all'] = (name, wanted = {}) =>
    (series.get(name) ?? []).filter(({ labels }) =>
      Object.entries(wanted).every(([key, value]) => labels[key] === value),
    );
  return { all, value: (name, labels) => all(name, labels)[0]?.value ?? Number.NaN };
}

/** Processor time by the name of threads; those of one name together. */
function threadsOf(pid: number): Map<string, number> {
  const times = new Map<string, number>();
  const folder = `/proc/${pid}/task`;
  // Note: there is no such folder on other systems, and threads may end while they are listed.
  const read = <T>(list: () => T, otherwise: T): T => {
    try {
      return list();
    } catch {
      return otherwise;
    }
  };
  for (const thread of read(() => readdirSync(folder), [])) {
    const stat = read(() => readFileSync(`${folder}/${thread}/stat`, 'utf8'), '');
    const name = thread === String(pid) ? 'main' : (/\((.*)\)/.exec(stat)?.[1] ?? '');
    const fields = stat.split(') ').at(-1)?.split(' ') ?? [];
    const seconds = (Number(fields[11]) + Number(fields[12])) / 100;
    if (seconds > 0) times.set(name, (times.get(name) ?? 0) + seconds);
  }
  return times;
}
