import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import type { App } from '../core/app.ts';
import { UserError } from '../core/errors.ts';
import { withCollectors, withPreset } from './collectors-of.ts';
import { addConfigOptions, type ConfigFlags, loadConfigOf } from './config-options.ts';
import { duration, grouped } from './numbers.ts';
import { createProgressLine } from './progress-line.ts';
import { announce, failureOf, listen, withApp } from './running-app.ts';
import { listenForStop, type StopSignals } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';

interface DemoFlags extends ConfigFlags {
  readonly seed: string;
  readonly rate: string;
  readonly wallets: string;
  readonly days: string;
  readonly folder?: string;
}

/** `hypersonar demo`: a made-up market through the whole platform. */
export function demoCommand(terminal: Terminal): Command {
  const command = new Command('demo')
    .option('--seed <number>', 'another seed is another market', '7')
    .option('--rate <number>', 'trades per second', '8')
    .option('--wallets <number>', 'wallets at the beginning', '220')
    .option('--days <number>', 'days of history before the present', '65')
    .option(
      '--folder <path>',
      'keep database and tape there, and go on from them; by default they are in memory',
    )
    .action((flags: DemoFlags) => demo(flags, terminal));
  return addConfigOptions(command, ['host', 'port', 'logLevel']);
}

async function demo(flags: DemoFlags, terminal: Terminal): Promise<void> {
  const started = performance.now();
  announce(
    terminal,
    'DEMO with a SIMULATED market. Every wallet, price and trade in it is made up; nothing comes from an exchange.',
  );
  const signals = listenForStop(terminal);
  const { folder } = flags;
  try {
    const market = {
      seed: numberOf('--seed', flags.seed),
      tradesPerSecond: numberOf('--rate', flags.rate),
      wallets: numberOf('--wallets', flags.wallets),
      historyDays: numberOf('--days', flags.days),
      present: await presentOf(folder),
    };
    const loaded = await loadConfigOf(flags, {
      log: { level: 'warn' },
      database: {
        url: folder === undefined ? 'pglite-memory://' : `pglite://${path.join(folder, 'database')}`,
      },
      // There are few wallets, and all of them are worth following.
      storage: { trackAll: true },
      // A made-up market need not survive a loss of power.
      tape: { folder: folder === undefined ? null : path.join(folder, 'tape'), fsync: 'never' },
    });
    // Note: every simulated wallet begins flat, so that its first trade opens a position whose history is whole.
    const preset = withPreset(loaded, 'wallet-ledger', { assumeFlat: true });
    const config = withCollectors(preset, { 'simulated-history': market, 'simulated-market': market });
    await withApp({ config, mode: 'simulated', signal: signals.signal }, async app => {
      terminal.note(banner(await listen(app), folder));
      await untilLive(app, terminal, signals, started);
      await Promise.race([signals.stopped, failureOf(app)]);
    });
    terminal.note(
      flags.folder === undefined ? 'Stopped; nothing is kept.' : `Stopped; kept in ${flags.folder}.`,
    );
  } finally {
    signals.release();
  }
}

function numberOf(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new UserError('CONFIG_INVALID', `Expected ${flag} as a number, found ${text}.`);
}

/** When the market's present began: now, or, of a market that is kept, when it was first started. */
async function presentOf(folder: string | undefined): Promise<number> {
  const present = Math.floor(Date.now() / 1_000) * 1_000;
  if (folder === undefined) return present;
  const file = path.join(folder, 'demo.json');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return (JSON.parse(kept) as { present: number }).present;
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify({ simulated: true, present })}\n`);
  return present;
}

function banner(url: string, folder: string | undefined): string {
  return [
    '',
    `  Page      ${url}/`,
    `  GraphQL   ${url}/graphql   (GraphiQL in a browser, with example queries)`,
    `  Health    ${url}/health`,
    `  Metrics   ${url}/metrics`,
    '',
    `  Simulated data${folder === undefined ? ', kept nowhere' : `, kept in ${folder}`}. Ctrl+C stops it.`,
    '',
  ].join('\n');
}

/** Shows how history is read in, until the market is live. */
async function untilLive(app: App, terminal: Terminal, signals: StopSignals, started: number): Promise<void> {
  const progress = createProgressLine(terminal);
  const live = Promise.withResolvers<void>();
  const looking = setInterval(() => {
    const read = app.plugins().find(plugin => plugin.id === 'simulated-history')?.progress;
    if (app.phase === 'live' && app.committedSeq >= (read?.total ?? 0)) live.resolve();
    else
      progress.show({
        label: 'history',
        rows: app.committedSeq,
        done: app.committedSeq,
        total: read?.total,
        unit: 'rows',
      });
  }, 100);
  try {
    await Promise.race([live.promise, signals.stopped, failureOf(app)]);
  } finally {
    clearInterval(looking);
    progress.clear();
  }
  if (signals.signal.aborted) return;
  terminal.note(
    `${grouped(app.committedSeq)} events of history in ${duration(performance.now() - started)}; the market goes on in real time.`,
  );
}
