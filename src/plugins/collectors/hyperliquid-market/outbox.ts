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
  /** Told, when there is room again, between which local times drafts of an event found none. */
  readonly full?: (ref: string, from: number, to: number) => void;
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
  /** When the first draft of an event found no room, of those that wait now. */
  let fullSince = new Map<string, number>();
  const wake = () => ready.resolve();
  ctx.signal.addEventListener('abort', wake, { once: true });

  const push = (draft: Collected): void => {
    if (waiting.length >= capacity) {
      const { id } = draft.ref;
      dropped.set(id, (dropped.get(id) ?? 0) + 1);
      if (!fullSince.has(id)) fullSince.set(id, ctx.now);
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
        const holes = fullSince;
        fullSince = new Map();
        for (const [ref, from] of holes) full?.(ref, from, ctx.now);
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
