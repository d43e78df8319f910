import { exitCodes } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Waits for the operator's wish to stop. */
export interface StopSignals {
  /** Aborted at the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** Resolves when {@link signal} aborts. */
  readonly stopped: Promise<void>;
  /** Leaves the signals to the process's own ways again. */
  release(): void;
}

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal asks for a graceful stop; the second ends the process at once. */
export function listenForStop(terminal: Terminal): StopSignals {
  const abort = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const onSignal = () => {
    if (abort.signal.aborted) process.exit(exitCodes.interrupted);
    terminal.note('Stopping; once more to stop at once.');
    abort.abort();
    resolve();
  };
  for (const name of names) process.on(name, onSignal);
  return {
    signal: abort.signal,
    stopped: promise,
    release() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
