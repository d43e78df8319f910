import { HypersonarError, PlanError } from '../core/errors.ts';
import { PluginError } from '../plugin-api/index.ts';
import type { Terminal } from './terminal.ts';

/** Exit codes of the process. */
export const exitCodes = {
  success: 0,
  /** The work failed; standard error says what was expected, what was found and what to do. */
  failure: 1,
  /** The command line was not understood. */
  usage: 2,
  /** Interrupted before the work was done. */
  interrupted: 130,
} as const;

/** Ends a command with an exit code after everything has been said. */
export class CommandEnd extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`exit code ${exitCode}`);
    this.name = 'CommandEnd';
    this.exitCode = exitCode;
  }
}

/** Says why a command failed: coded errors as they are, with the stack only where it was asked for. */
export function printFailure(error: unknown, terminal: Terminal, verbose: boolean): void {
  if (error instanceof HypersonarError || error instanceof PluginError) {
    terminal.note(`hypersonar: ${error.code}\n${error.message}`);
    if (error instanceof HypersonarError && !(error instanceof PlanError)) {
      terminal.note(`More about it: docs/errors.md#${error.code.toLowerCase()}`);
    }
  } else {
    const message = error instanceof Error ? error.message : String(error);
    terminal.note(`hypersonar: this should not have happened: ${message}`);
    if (!verbose) terminal.note('Run it again with --verbose to see where, and report it.');
  }
  if (verbose && error instanceof Error) terminal.note(stackOf(error));
}

function stackOf(error: Error): string {
  const stack = error.stack ?? String(error);
  return error.cause instanceof Error ? `${stack}\nCaused by: ${stackOf(error.cause)}` : stack;
}
