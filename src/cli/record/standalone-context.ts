import { steadyClock, systemClock } from '../../core/clock.ts';
import { createHttp } from '../../core/collectors/limited-fetch.ts';
import type { AppLogger } from '../../core/log.ts';
import { openRequestBudgets } from '../../core/request-budgets-of-app.ts';
import type { Rejection } from '../../plugin-api/index.ts';
import type { ConnectionContext } from '../../plugins/collectors/hyperliquid-connection/connection-context.ts';

/** What connections need, without an application around them. */
export interface StandaloneContext extends ConnectionContext {
  close(): Promise<void>;
}

export function standaloneContext(options: {
  readonly signal: AbortSignal;
  readonly log: AppLogger;
  /** Through which the processes of this machine share what the exchange allows it. */
  readonly budgetFile: string | undefined;
  readonly reject: (rejection: Rejection) => void;
}): StandaloneContext {
  const { signal, log } = options;
  const budgets = openRequestBudgets({
    store: { engine: 'pglite', query: async () => [] },
    file: options.budgetFile,
    clock: steadyClock,
    log,
  });
  return {
    get now() {
      return systemClock.now();
    },
    log,
    random: Math.random,
    signal,
    sleep: ms => systemClock.sleep(ms, signal),
    http: createHttp({ clock: systemClock, signal, timeoutMs: 10_000, requestsPerMinute: 600 }),
    budget: (name, size) => budgets.get(name, size),
    reject: options.reject,
    close: () => budgets.close(),
  };
}
