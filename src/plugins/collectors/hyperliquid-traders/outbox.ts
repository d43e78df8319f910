import type { CollectorContext, Draft, EventRef, TimeRange } from '../../../plugin-api/index.ts';
import { asDrafts, type Collected } from '../hyperliquid-messages/collected.ts';

/** What waits to be handed to the core. */
export interface Outbox<R extends EventRef> {
  push(drafts: readonly Collected[]): void;
  /** Has `drain` throw, once what waits has been handed over. */
  fail(error: unknown): void;
  /** All that waits, in order, as soon as there is something; ends when the signal aborts. */
  drain(): AsyncGenerator<readonly Draft<R>[]>;
}

export interface OutboxOptions {
  readonly gap: CollectorContext<unknown>['gap'];
  /** Drafts that may wait, as they do while the collector is paused. Default 20,000. */
  readonly mostWaiting?: number;
}

/**
 * Joins many writers into the one stream of a collector. When too much waits, only the last of each state is kept; what must be
 * dropped besides is admitted as a gap.
 */
export function createOutbox<R extends EventRef>(
  signal: AbortSignal,
  { gap, mostWaiting = 20_000 }: OutboxOptions,
): Outbox<R> {
  /** What was dropped, by stream and, of fills, wallet; told when somebody listens again. */
  let dropped = new Map<string, { stream: string; key: string | undefined; from: number; to: number }>();

  function drop({ ref, key, tsEvent }: Collected): void {
    const scope = ref.id === 'fill' ? key : undefined;
    const name = `${ref.id} ${scope ?? ''}`;
    const known: TimeRange = dropped.get(name) ?? { from: tsEvent, to: tsEvent + 1 };
    const range = { from: Math.min(known.from, tsEvent), to: Math.max(known.to, tsEvent + 1) };
    dropped.set(name, { stream: ref.id, key: scope, ...range });
  }

  function shorten(): void {
    const last = new Map<string, Collected>();
    for (const draft of waiting) {
      const name = stateOf(draft);
      if (name !== undefined) last.set(name, draft);
    }
    const kept = waiting.filter(draft => {
      const name = stateOf(draft);
      return name === undefined || last.get(name) === draft;
    });
    // Note: to well below the limit, so that it is not reached again at once.
    const excess = kept.length - Math.floor(mostWaiting * 0.75);
    for (const draft of kept.slice(0, Math.max(0, excess))) drop(draft);
    waiting = kept.slice(Math.max(0, excess));
  }

  function admitGaps(): void {
    const gaps = dropped;
    dropped = new Map();
    for (const { key, ...range } of gaps.values()) {
      const reason = 'too much waited while the collector was paused';
      gap({ ...range, ...(key === undefined ? {} : { key }), reason });
    }
  }

  let waiting: Collected[] = [];
  let failure: { readonly error: unknown } | undefined;
  let wake = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => wake.resolve(), { once: true });
  return {
    push(drafts) {
      if (drafts.length === 0) return;
      for (const draft of drafts) waiting.push(draft);
      if (waiting.length > mostWaiting) shorten();
      wake.resolve();
    },
    fail(error) {
      failure ??= { error };
      wake.resolve();
    },
    async *drain() {
      while (!signal.aborted) {
        admitGaps();
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

/** What a draft states anew as a whole; `undefined` for what happened once. */
function stateOf({ ref, key, payload }: Collected): string | undefined {
  const { coin, orderId } = payload as { readonly coin?: string; readonly orderId?: number };
  switch (ref.id) {
    case 'position':
      return `position ${key} ${coin}`;
    case 'order':
      return `order ${key} ${orderId}`;
    case 'account':
    case 'account-link':
      return `${ref.id} ${key}`;
    default:
      return undefined;
  }
}
