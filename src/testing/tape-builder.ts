import type { TapeEvent } from '../core/event.ts';
import type { EventRef, RowOf } from '../plugin-api/index.ts';

/** Writes a tape by hand, for tests. */
export interface TapeBuilder {
  /** Appends an event; `at` is its event time, and it is known `delayMs` later (default: at once). */
  add<R extends EventRef>(
    ref: R,
    event: {
      readonly key: string;
      readonly at: number;
      readonly payload: RowOf<R>;
      readonly dedupe?: string;
      readonly delayMs?: number;
    },
  ): TapeBuilder;
  /** The events so far, in order, numbered from 1. */
  readonly events: readonly TapeEvent[];
}

/**
 * Starts an empty tape.
 *
 * @example
 * const tape = tapeBuilder().add(mark, { key: 'BTC', at: 1_000, payload: { coin: 'BTC', mid: '100', ... } });
 */
export function tapeBuilder(source = 'test'): TapeBuilder {
  const events: TapeEvent[] = [];
  const builder: TapeBuilder = {
    add(ref, { key, at, payload, dedupe, delayMs = 0 }) {
      const seq = events.length + 1;
      // Note: a tape never goes back in the time of arrival, whatever the test writes.
      const tsIngest = Math.max(at + delayMs, events.at(-1)?.tsIngest ?? 0);
      events.push({
        seq,
        ref,
        type: ref.id,
        key,
        tsEvent: at,
        tsIngest,
        source,
        dedupe: dedupe ?? `${seq}`,
        payload,
      });
      return builder;
    },
    events,
  };
  return builder;
}
