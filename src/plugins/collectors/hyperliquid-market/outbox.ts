import type { CollectorContext } from '../../../plugin-api/index.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';

/** Carries drafts from the callbacks of sockets to the generator that hands them to the core. */
export interface Outbox {
  push(draft: Collected): void;
  pushAll(drafts: readonly Collected[]): void;
  /** Wakes the reader with nothing, so that gaps which were reported are passed on. */
  wake(): void;
  /** Ends the reader with an error. */
  fail(error: unknown): void;
  /** What has come together, as it comes, until the collector stops. */
  batches(): AsyncGenerator<readonly Collected[]>;
  readonly size: number;
  /** Drafts that found no room, by ref. */
  readonly dropped: ReadonlyMap<string, number>;
}

export interface OutboxOptions {
  /** The most drafts that wait. Default a million, which is minutes of the busiest market. */
  readonly capacity?: number;
  /** Told when drafts of an event find no room; once, until there was room again. */
  readonly full?: (ref: string, at: number) => void;
}

const batchSize = 4_096;

export function createOutbox(
  ctx: Pick<CollectorContext<unknown>, 'signal' | 'now'>,
  { capacity = 1_000_000, full }: OutboxOptions = {},
): Outbox {
  let waiting: Collected[] = [];
  let ready = Promise.withResolvers<void>();
  let failure: { readonly error: unknown } | undefined;
  const dropped = new Map<string, number>();
  let isFull = new Set<string>();
  const wake = () => ready.resolve();
  ctx.signal.addEventListener('abort', wake, { once: true });

  const push = (draft: Collected): void => {
    if (waiting.length >= capacity) {
      const { id } = draft.ref;
      dropped.set(id, (dropped.get(id) ?? 0) + 1);
      if (!isFull.has(id)) full?.(id, ctx.now);
      isFull.add(id);
      return;
    }
    waiting.push(draft);
    if (waiting.length === 1) wake();
  };
  return {
    push,
    pushAll(drafts) {
      for (const draft of drafts) push(draft);
    },
    wake,
    fail(error) {
      failure = { error };
      wake();
    },
    async *batches() {
      while (!ctx.signal.aborted) {
        await ready.promise;
        ready = Promise.withResolvers();
        if (failure !== undefined) throw failure.error;
        const taken = waiting;
        waiting = [];
        isFull = new Set();
        // Note: an empty batch has the core take up the gaps that were reported.
        if (taken.length === 0) yield taken;
        for (let from = 0; from < taken.length; from += batchSize) {
          yield taken.length <= batchSize ? taken : taken.slice(from, from + batchSize);
        }
      }
    },
    get size() {
      return waiting.length;
    },
    dropped,
  };
}
