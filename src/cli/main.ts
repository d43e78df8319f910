import { CommanderError } from 'commander';
import { CommandEnd, exitCodes, printFailure } from './failure.ts';
import { createProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

/*
 * The process's edge: reads the arguments, prints failures, sets the exit code. Whatever is below it throws.
 */

const terminal = processTerminal();

/** Runs a command line and returns the exit code. */
async function main(words: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(terminal, words);
    await program.parseAsync([...words], { from: 'user' });
    return exitCodes.success;
  } catch (error) {
    if (error instanceof CommandEnd) return error.exitCode;
    // Help and version come as errors of exit code 0; commander has printed what there is to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
    printFailure(error, terminal, words.includes('--verbose'));
    return exitCodes.failure;
  }
}

// A reader that has gone, such as `head`, is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.success);
  throw error;
});

process.exitCode = await main(process.argv.slice(2));
