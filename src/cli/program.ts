import { Command } from 'commander';
import { packageVersion } from '../core/run-manifest.ts';
import type { Terminal } from './terminal.ts';

type MakeCommand = (terminal: Terminal) => Command;

interface Listed {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<MakeCommand>;
}

// Note: only the command that is asked for is loaded, so that help and mistakes are answered at once.
const listed: readonly Listed[] = [
  {
    name: 'start',
    summary: 'connect to the exchange, or run what is configured, and serve GraphQL until stopped',
    load: async () => (await import('./start.ts')).startCommand,
  },
  {
    name: 'demo',
    summary: 'run a simulated market through the whole platform: no network, no data, nothing kept',
    load: async () => (await import('./demo.ts')).demoCommand,
  },
  {
    name: 'exchange',
    summary:
      'run a local exchange that speaks the protocol of the real one, for collectors to be tried against',
    load: async () => (await import('./exchange.ts')).exchangeCommand,
  },
  {
    name: 'replay',
    summary: 'run history from a file or folder through the pipeline, and say what came of it',
    load: async () => (await import('./replay.ts')).replayCommand,
  },
  {
    name: 'record',
    summary: 'record what the exchange tells, as it comes, into a folder that can be replayed',
    load: async () => (await import('./record.ts')).recordCommand,
  },
  {
    name: 'check',
    summary: 'run the conformance checks on a plugin',
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    name: 'explain',
    summary: 'print the plan: which plugins run in which order, what each reads and provides',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'report',
    summary: 'the wallet profiling report: categories with confidences, style, scores, transactions and age',
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'export',
    summary: 'write a table, or the latest rows of a ref, to a CSV or Parquet file',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  {
    name: 'stats',
    summary: 'what the database holds: tables, storage filters, detection latency, categories, runs',
    load: async () => (await import('./stats.ts')).statsCommand,
  },
];

/** The command line for these words. Its commands throw; nothing in it ends the process. */
export async function createProgram(terminal: Terminal, words: readonly string[]): Promise<Command> {
  const program = new Command('hypersonar')
    .description(
      'Real-time analytics for Hyperliquid traders: collectors, features, models, classifiers and signals over one tape.',
    )
    .version(packageVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print what a command does and its options')
    .option('--verbose', 'show where an error comes from')
    .showSuggestionAfterError(true)
    .showHelpAfterError('Run it with --help to see what it takes.')
    // Commands inherit this, too.
    .exitOverride()
    .addHelpText(
      'after',
      '\nBegin with:\n' +
        '  hypersonar demo               a made-up market, with no network and no data\n' +
        '  hypersonar replay <source>    history from a file or folder\n' +
        '  hypersonar start              the exchange, live, or what hypersonar.config.ts says',
    );
  for (const { name, summary, load } of listed) {
    const command = words.includes(name) ? (await load())(terminal) : new Command(name);
    program.addCommand(command.description(summary).copyInheritedSettings(program));
  }
  return program;
}
