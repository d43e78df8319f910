import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { App } from '../core/app.ts';
import { UserError } from '../core/errors.ts';
import { withCollectors, withPreset } from './collectors-of.ts';
import { addConfigOptions, type ConfigFlags, loadConfigOf } from './config-options.ts';
import { openMarket } from './demo/kept-market.ts';
import { type DemoMarket, prepareMarket } from './demo/market.ts';
import { duration, grouped } from './numbers.ts';
import { createProgressLine } from './progress-line.ts';
import { announce, failureOf, listen, withApp } from './running-app.ts';
import { listenForStop } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';

interface DemoFlags extends ConfigFlags {
  readonly seed: string;
  readonly rate: string;
  readonly wallets: string;
  readonly days: string;
  readonly folder?: string;
}

/** A history of so many days takes longer to read than the exchange takes to make it. */
const longHistoryDays = 30;

/** `hypersonar demo`: a made-up market on a local exchange, read in as the real one is. */
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
  let market: DemoMarket | undefined;
  try {
    const options = {
      seed: numberOf('--seed', flags.seed),
      tradesPerSecond: numberOf('--rate', flags.rate),
      wallets: numberOf('--wallets', flags.wallets),
      historyDays: numberOf('--days', flags.days),
    };
    const loaded = await loadConfigOf(flags, {
      log: { level: 'warn' },
      database: {
        url: folder === undefined ? 'pglite-memory://' : `pglite://${path.join(folder, 'database')}`,
      },
      // There are few wallets, and all of them are worth following.
      storage: { trackAll: true },
      selection: { minScore: 0, extended: { most: 450, score: 0, top: 1_000 } },
      // A made-up market need not survive a loss of power.
      tape: { folder: folder === undefined ? null : path.join(folder, 'tape'), fsync: 'never' },
    });
    const kept = await openMarket(options, folder, Date.now());
    market = await prepareMarket(options, kept);
    if (kept.isKept) terminal.note('The simulated exchange makes its past anew, up to now…');
    // Note: with a short history, or one that was read before, it would not be ready when it is asked.
    if (kept.isKept || options.historyDays < longHistoryDays) {
      await Promise.race([market.open(), signals.stopped]);
    }
    // Note: every simulated wallet begins flat, so that its first trade opens a position whose history is whole.
    const preset = withPreset(loaded, 'wallet-ledger', { assumeFlat: true });
    const config = withCollectors(preset, market.collectors);
    await withApp({ config, mode: 'simulated', signal: signals.signal }, async app => {
      terminal.note(banner(await listen(app), folder));
      const running = untilLive(app, market as DemoMarket, terminal, signals.signal, started);
      await Promise.race([running, signals.stopped, failureOf(app)]);
      await Promise.race([signals.stopped, failureOf(app)]);
    });
    terminal.note(
      flags.folder === undefined ? 'Stopped; nothing is kept.' : `Stopped; kept in ${flags.folder}.`,
    );
  } finally {
    await market?.stop();
    signals.release();
  }
}

function numberOf(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new UserError('CONFIG_INVALID', `Expected ${flag} as a number, found ${text}.`);
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

/** Shows how history is read in, then lets the exchange trade at its full rate. */
async function untilLive(
  app: App,
  market: DemoMarket,
  terminal: Terminal,
  signal: AbortSignal,
  started: number,
): Promise<void> {
  const progress = createProgressLine(terminal);
  let opening: Promise<void> | undefined;
  try {
    for (;;) {
      // The exchange makes its past while the rest of the history is read.
      if (app.committedSeq > 0 || app.phase === 'live') opening ??= market.open();
      const read = app.plugins().find(plugin => plugin.id === 'simulated-history')?.progress;
      if (signal.aborted || (app.phase === 'live' && app.committedSeq >= (read?.total ?? 0))) break;
      progress.show({
        label: 'history',
        rows: app.committedSeq,
        done: app.committedSeq,
        total: read?.total,
        unit: 'rows',
      });
      await sleep(100);
    }
  } finally {
    progress.clear();
  }
  if (signal.aborted) return;
  const history = app.committedSeq;
  await opening;
  await market.goLive();
  terminal.note(
    `${grouped(history)} events of history in ${duration(performance.now() - started)}; the market goes on in real time.`,
  );
}
