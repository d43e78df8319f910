import type { Draft, EventRef, RowOf } from '../../../plugin-api/index.ts';

/** A draft in the making: its collector still adds when it could first be known, and where to go on after it. */
export interface Collected<R extends EventRef = EventRef> {
  readonly ref: R;
  readonly key: string;
  readonly tsEvent: number;
  readonly dedupe: string;
  readonly payload: RowOf<R>;
  tsIngest?: number;
  cursor?: string;
}

/** What a decoder answers: a draft, or the reason why there is none. */
export type Decoded<R extends EventRef = EventRef> = Collected<R> | string;

// Note: all drafts are made here with the same shape, which keeps the many readers of drafts fast.
export function collected<R extends EventRef>(
  ref: R,
  key: string,
  tsEvent: number,
  dedupe: string,
  payload: RowOf<R>,
): Collected<R> {
  return { ref, key, tsEvent, dedupe, payload };
}

/** Hands drafts over to the core; the refs are those that the collector says it emits. */
export function asDrafts<R extends EventRef>(drafts: readonly Collected[]): readonly Draft<R>[] {
  return drafts as unknown as readonly Draft<R>[];
}
