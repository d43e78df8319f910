/** Carries items from callbacks to a generator. */
export interface Outbox<Item> {
  push(items: readonly Item[]): void;
  /** Ends the generator with an error. */
  fail(error: unknown): void;
  /** What has come together, as it comes, until `signal` aborts. */
  batches(signal: AbortSignal): AsyncGenerator<readonly Item[]>;
}

export function createOutbox<Item>(): Outbox<Item> {
  let waiting: Item[] = [];
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};
  return {
    push(items) {
      for (const item of items) waiting.push(item);
      if (waiting.length > 0) wake();
    },
    fail(error) {
      failure = { error };
      wake();
    },
    async *batches(signal) {
      signal.addEventListener('abort', () => wake(), { once: true });
      while (!signal.aborted) {
        if (failure !== undefined) throw failure.error;
        if (waiting.length > 0) {
          const taken = waiting;
          waiting = [];
          yield taken;
          continue;
        }
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
    },
  };
}
