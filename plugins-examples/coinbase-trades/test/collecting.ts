import type { Rejection } from 'hypersonar/plugin';
import { testCollectorContext } from 'hypersonar/testing';
import { config as schema } from '../src/config.ts';
import coinbaseTrades from '../src/index.ts';
import type { TradeDraft } from '../src/messages.ts';

export interface Gap {
  readonly key?: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly healed?: boolean;
}

/** The collector at work, with what it has told so far. */
export interface Collecting {
  readonly drafts: readonly (TradeDraft & { readonly cursor?: string })[];
  readonly gaps: readonly Gap[];
  readonly rejections: readonly Rejection[];
  readonly warnings: readonly string[];
  readonly failure: unknown;
  ids(): readonly (number | null)[];
  stop(): Promise<void>;
}

/** Runs the collector with short waits until it is stopped. */
export function startCollecting(options: object, cursor?: string): Collecting {
  const abort = new AbortController();
  const drafts: TradeDraft[] = [];
  const gaps: Gap[] = [];
  const rejections: Rejection[] = [];
  const warnings: string[] = [];
  let failure: unknown;
  const config = schema.parse({ firstWaitMs: 20, longestWaitMs: 50, ...options });
  const ctx = testCollectorContext(config, {
    signal: abort.signal,
    cursor,
    gap: gap => void gaps.push(gap),
    reject: rejection => void rejections.push(rejection),
    log: { debug() {}, info() {}, warn: message => void warnings.push(message), error() {} },
  });
  const collect = async (): Promise<void> => {
    for await (const batch of coinbaseTrades.collect(ctx)) {
      drafts.push(...((Array.isArray(batch) ? batch : [batch]) as TradeDraft[]));
    }
  };
  const ended = collect().catch(error => {
    failure = error;
  });
  return {
    drafts,
    gaps,
    rejections,
    warnings,
    get failure() {
      return failure;
    },
    ids: () => drafts.map(draft => draft.payload.tradeId),
    async stop() {
      abort.abort();
      await ended;
    },
  };
}
