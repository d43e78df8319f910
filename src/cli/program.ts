import { Command } from 'commander';
import { packageVersion } from '../core/run-manifest.ts';
import { checkCommand } from './check.ts';
import { demoCommand } from './demo.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import { replayCommand } from './replay.ts';
import { reportCommand } from './report.ts';
import { startCommand } from './start.ts';
import { statsCommand } from './stats.ts';
import type { Terminal } from './terminal.ts';

/** The whole command line. Its commands throw; nothing in it ends the process. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('hypersonar')
    .description(
      'Real-time analytics for Hyperliquid traders: collectors, features, models, classifiers and signals over one tape.',
    )
    .version(packageVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print what a command does and its options')
    .option('--verbose', 'where an error comes from, and log lines of debugging')
    .showSuggestionAfterError(true)
    .showHelpAfterError('Run it with --help to see what it takes.')
    // Nothing below the process's edge ends the process; commands inherit this.
    .exitOverride()
    .addHelpText(
      'after',
      '\nBegin with:\n' +
        '  hypersonar demo               a made-up market, with no network and no data\n' +
        '  hypersonar replay <source>    history from a file or folder\n' +
        '  hypersonar start              what hypersonar.config.ts says',
    );
  const commands = [
    startCommand,
    demoCommand,
    replayCommand,
    checkCommand,
    explainCommand,
    reportCommand,
    exportCommand,
    statsCommand,
  ];
  for (const make of commands) program.addCommand(make(terminal).copyInheritedSettings(program));
  return program;
}
