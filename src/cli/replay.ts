import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import type { App } from '../core/app.ts';
import type { ConfigInput } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import type { LoadedConfig } from '../core/load-config.ts';
import type { Progress } from '../plugin-api/index.ts';
import { stem } from '../plugins/collectors/source-files/list-files.ts';
import { withCollectors, withPreset } from './collectors-of.ts';
import { addConfigOptions, type ConfigFlags, loadConfigOf } from './config-options.ts';
import { CommandEnd, exitCodes } from './failure.ts';
import { createProgressLine, type ProgressLine } from './progress-line.ts';
import { candleLengthOf, minutesOf } from './replay/candle-length.ts';
import { findSources, type ReplaySource } from './replay/find-sources.ts';
import { readSummary, summaryText } from './replay/summary.ts';
import { verifyReplay } from './replay/verify.ts';
import { announce, failureOf, listen, withApp } from './running-app.ts';
import { listenForStop, type StopSignals } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';

interface ReplayFlags extends ConfigFlags {
  readonly speed: string;
  readonly candles?: string;
  readonly accounts?: string;
  readonly companions: boolean;
  readonly mapping?: string;
  readonly fresh?: true;
  readonly verify?: true;
  readonly serve?: true;
  readonly json?: true;
}

/** `hypersonar replay`: history from files through the same pipeline. */
export function replayCommand(terminal: Terminal): Command {
  const command = new Command('replay')
    .argument(
      '<source>',
      "a recording or tape, a node's fills, saved userFills answers, or a CSV file of fills",
    )
    .option(
      '--speed <factor>',
      'times faster than it happened, such as 1 or 60; `max` for as fast as possible',
      'max',
    )
    .option(
      '--candles <path>',
      'folder or file of candles and funding rates (default: what lies beside the source)',
    )
    .option('--accounts <file>', "CSV file of wallets' equity (default: what lies beside the source)")
    .option('--no-companions', 'do not read what lies beside the source')
    .option('--mapping <name>', 'of a CSV file of fills: the name of a shipped mapping, or one as JSON')
    .option('--fresh', 'remove what an earlier replay of this source left, and begin anew')
    .option(
      '--verify',
      'replay twice into empty databases, the second time with the plugins registered in reverse, and compare',
    )
    .option('--serve', 'keep serving GraphQL after the end')
    .option('--json', 'print the summary as JSON')
    .action((source: string, flags: ReplayFlags) => replay(source, flags, terminal));
  return addConfigOptions(command, ['config', 'database', 'tape', 'host', 'port', 'logLevel']);
}

async function replay(named: string, flags: ReplayFlags, terminal: Terminal): Promise<void> {
  const { sources, leftOut } = await findSources(named, flags);
  const folder = path.join('.hypersonar', `replay-${stem(path.basename(path.resolve(named)))}`);
  const kept = { database: path.join(folder, 'database'), tape: path.join(folder, 'tape') };
  const defaults: ConfigInput = {
    log: { level: 'warn' },
    // Results of a history are not mixed with those of another tape.
    ...(flags.database === undefined && process.env.DATABASE_URL === undefined
      ? { database: { url: `pglite://${kept.database}` } }
      : {}),
    tape: { folder: flags.verify ? null : kept.tape, fsync: 'never' },
    // Whoever replays a file wants to see what is in it.
    storage: { trackAll: true },
    ingest: { speed: speedOf(flags.speed) },
  };
  const loaded = withCollectors(
    await loadConfigOf(flags, defaults),
    Object.fromEntries(sources.map(source => [source.collector, configOf(source, flags)])),
  );
  const { config, judgedBy } = await withCandleLength(loaded, sources);
  announce(terminal, [describeSources(sources), ...leftOut, ...judgedBy].join('\n  '));

  const signals = listenForStop(terminal);
  try {
    if (flags.verify) {
      await verifyReplay({ config, sources, terminal, signal: signals.signal });
      return;
    }
    if (flags.fresh)
      for (const place of Object.values(kept)) await rm(place, { recursive: true, force: true });
    const started = performance.now();
    const progress = createProgressLine(terminal);
    const follow = followProgress(progress, sources);
    await withApp(
      { config, mode: 'replay', onProgress: follow.onProgress, signal: signals.signal },
      async app => {
        const before = app.committedSeq;
        const url = flags.serve ? await listen(app) : undefined;
        if (url !== undefined) terminal.note(`Serving at ${url}/ meanwhile.`);
        await untilRead(app, follow, signals);
        progress.clear();
        const elapsedMs = performance.now() - started;
        const summary = await readSummary(app, { elapsedMs, newRows: app.committedSeq - before });
        terminal.out(flags.json ? JSON.stringify(summary, null, 2) : summaryText(summary));
        if (signals.signal.aborted) throw new CommandEnd(exitCodes.interrupted);
        if (url !== undefined) {
          terminal.note(`Serving at ${url}/ until it is stopped.`);
          await Promise.race([signals.stopped, failureOf(app)]);
        } else if (!flags.json) {
          terminal.note(nextSteps(config.config.database.url, named));
        }
      },
    );
  } finally {
    signals.release();
  }
}

/** Has features and categories look at candles of the length that the source has, unless the operator says otherwise. */
async function withCandleLength(
  loaded: LoadedConfig,
  sources: readonly ReplaySource[],
): Promise<{ readonly config: LoadedConfig; readonly judgedBy: readonly string[] }> {
  const candles = sources.find(source => source.collector === 'candles-csv');
  const length = candles && (await candleLengthOf(candles.path));
  if (length === undefined || length === '1m') return { config: loaded, judgedBy: [] };
  const config = withPreset(
    withPreset(loaded, 'market-state', { candleInterval: length }),
    'wallet-categories',
    { candleMinutes: minutesOf(length) },
  );
  return { config, judgedBy: [`wallets are judged by candles of ${length}`] };
}

/** The configuration of a source's collector. */
function configOf({ collector, path: place }: ReplaySource, flags: ReplayFlags): unknown {
  const mapping =
    collector === 'fills-csv' && flags.mapping !== undefined ? { mapping: mappingOf(flags.mapping) } : {};
  return { path: place, ...mapping };
}

function mappingOf(text: string): unknown {
  if (!text.trim().startsWith('{')) return text;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError('CONFIG_INVALID', `Expected --mapping as a name or as JSON, found ${text}.`, {
      cause,
    });
  }
}

function speedOf(text: string): number | null {
  if (text === 'max') return null;
  const speed = Number(text.replace(/^x/, ''));
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new UserError('CONFIG_INVALID', `Expected --speed as a number above 0 or \`max\`, found ${text}.`);
}

function describeSources(sources: readonly ReplaySource[]): string {
  return sources
    .map(
      ({ collector, path: place, companion }) =>
        `${companion ? 'with' : 'replaying'} ${place} (${collector})`,
    )
    .join('\n  ');
}

interface Follow {
  readonly onProgress: (progress: Progress & { readonly plugin: string }) => void;
  show(app: App): void;
}

/** Shows the progress of the slowest source: all of them are merged into one history. */
function followProgress(line: ProgressLine, sources: readonly ReplaySource[]): Follow {
  const latest = new Map<string, Progress>();
  return {
    onProgress({ plugin, ...progress }) {
      latest.set(plugin, progress);
    },
    show(app) {
      const main = latest.get(sources[0]?.collector ?? '');
      const label = path.basename(sources[0]?.path ?? '');
      // A source whose rows must be sorted is read as a whole before the first of them is given away.
      const isSorting = app.committedSeq === 0 && main !== undefined;
      line.show({
        label: isSorting ? `${label}, reading` : label,
        rows: app.committedSeq,
        done: main?.done,
        total: main?.total,
        unit: main?.unit,
      });
    },
  };
}

async function untilRead(app: App, follow: Follow, signals: StopSignals): Promise<void> {
  const showing = setInterval(() => follow.show(app), 200);
  try {
    await Promise.race([app.done, signals.stopped]);
  } finally {
    clearInterval(showing);
  }
}

function nextSteps(database: string, source: string): string {
  if (database.startsWith('pglite-memory:')) return 'The database was in memory and is gone.';
  const quoted = database.includes(' ') ? `'${database}'` : database;
  return [
    'Look further with:',
    `  hypersonar replay ${source} --serve            GraphQL and the page`,
    `  hypersonar report --database ${quoted}`,
    `  hypersonar export leaderboard --out leaderboard.csv --database ${quoted}`,
    `  hypersonar stats --database ${quoted}`,
  ].join('\n');
}
