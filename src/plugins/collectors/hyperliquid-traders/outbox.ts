import type { Draft, EventRef } from '../../../plugin-api/index.ts';
import { asDrafts, type Collected } from '../hyperliquid-messages/collected.ts';

/** What waits to be handed to the core. */
export interface Outbox<R extends EventRef> {
  push(drafts: readonly Collected[]): void;
  /** Has `drain` throw, once what waits has been handed over. */
  fail(error: unknown): void;
  /** All that waits, in order, as soon as there is something; ends when the signal aborts. */
  drain(): AsyncGenerator<readonly Draft<R>[]>;
}

/** Joins many writers into the one stream of a collector. */
export function createOutbox<R extends EventRef>(signal: AbortSignal): Outbox<R> {
  let waiting: Collected[] = [];
  let failure: { readonly error: unknown } | undefined;
  let wake = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => wake.resolve(), { once: true });
  return {
    push(drafts) {
      if (drafts.length === 0) return;
      for (const draft of drafts) waiting.push(draft);
      wake.resolve();
    },
    fail(error) {
      failure ??= { error };
      wake.resolve();
    },
    async *drain() {
      while (!signal.aborted) {
        if (waiting.length > 0) {
          const drafts = waiting;
          waiting = [];
          yield asDrafts<R>(drafts);
        } else if (failure !== undefined) {
          throw failure.error;
        } else {
          wake = Promise.withResolvers();
          await wake.promise;
        }
      }
    },
  };
}
