import { type App, type AppOptions, createApp } from '../core/app.ts';
import { packageVersion } from '../core/run-manifest.ts';
import { CommandEnd, exitCodes } from './failure.ts';
import { portProblem } from './port-problem.ts';
import type { Terminal } from './terminal.ts';

/**
 * Makes and starts an application, runs `work`, and stops it again, whatever happens. A signal during the start ends it early.
 */
export async function withApp<T>(
  options: AppOptions & { readonly signal: AbortSignal },
  work: (app: App) => Promise<T>,
): Promise<T> {
  const { signal, ...appOptions } = options;
  const app = await createApp(appOptions);
  // Whoever waits for it sees a failure; nobody has to.
  app.done.catch(() => undefined);
  const aborted = new Promise<'aborted'>(resolve => {
    if (signal.aborted) resolve('aborted');
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  try {
    const starting = app.start().then(() => 'started' as const);
    if ((await Promise.race([starting, aborted])) === 'aborted') {
      starting.catch(() => undefined);
      throw new CommandEnd(exitCodes.interrupted);
    }
    return await work(app);
  } finally {
    await app.stop();
  }
}

/** Rejects when the application fails; never resolves. */
export function failureOf(app: App): Promise<never> {
  return new Promise((_, reject) => app.done.catch(reject));
}

/**
 * Listens as configured and returns the URL.
 *
 * @throws UserError `PORT_UNAVAILABLE` when another process listens there, or it may not be used.
 */
export async function listen(app: App): Promise<string> {
  const { host, port } = app.config.config.server;
  try {
    return (await app.listen()).url;
  } catch (cause) {
    throw portProblem(cause, host, port);
  }
}

/** The first line that a running application shows. */
export function announce(terminal: Terminal, what: string): void {
  terminal.note(`hypersonar ${packageVersion}: ${what}`);
}
