import type { CollectorPlugin, Progress, Rejection } from '../../src/plugin-api/index.ts';
import { testCollectorContext } from '../../src/testing/index.ts';

/** A draft, before its type is known. */
export interface AnyDraft {
  readonly ref: { readonly id: string };
  readonly key: string;
  readonly tsEvent: number;
  readonly tsIngest?: number;
  readonly dedupe: string;
  readonly cursor?: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface Collection {
  readonly drafts: readonly AnyDraft[];
  readonly rejections: readonly Rejection[];
  readonly progress: readonly Progress[];
  readonly gaps: readonly unknown[];
  /** What was slept, in milliseconds. */
  readonly sleeps: readonly number[];
}

interface Options {
  readonly cursor?: string | undefined;
  /** Stops reading after so many drafts. */
  readonly atMost?: number;
  /** Aborts before the first draft is asked for. */
  readonly aborted?: boolean;
}

/** Runs a collector outside of the core, on a clock that stands still, and keeps all that it brings. */
export async function collectedBy(
  plugin: CollectorPlugin,
  settings: Readonly<Record<string, unknown>>,
  options: Options = {},
): Promise<Collection> {
  const validated = await plugin.config?.['~standard'].validate(settings);
  if (validated?.issues !== undefined)
    throw new Error(validated.issues.map((issue: { readonly message: string }) => issue.message).join('; '));
  const controller = new AbortController();
  if (options.aborted === true) controller.abort();
  const rejections: Rejection[] = [];
  const progress: Progress[] = [];
  const gaps: unknown[] = [];
  const sleeps: number[] = [];
  const ctx = testCollectorContext(Object.freeze(validated?.value ?? {}) as Readonly<Record<string, never>>, {
    now: 0,
    random: () => 0,
    signal: controller.signal,
    cursor: options.cursor,
    http: () => Promise.reject(new Error('a collector of files needs no network')),
    sleep: ms => {
      sleeps.push(ms);
      return Promise.resolve();
    },
    progress: report => progress.push(report),
    reject: rejection => rejections.push(rejection),
    gap: gap => gaps.push(gap),
  });
  const drafts: AnyDraft[] = [];
  const most = options.atMost ?? Number.POSITIVE_INFINITY;
  for await (const item of plugin.collect(ctx)) {
    for (const draft of [item].flat() as unknown as AnyDraft[]) if (drafts.length < most) drafts.push(draft);
    if (drafts.length >= most) break;
  }
  return { drafts, rejections, progress, gaps, sleeps };
}

/** Ids of drafts that a restart at any draft's cursor would lose or repeat; empty when it would not. */
export async function restartFaults(
  plugin: CollectorPlugin,
  settings: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const whole = (await collectedBy(plugin, settings)).drafts.map(described);
  const faults: string[] = [];
  for (let count = 1; count <= whole.length; count++) {
    const before = await collectedBy(plugin, settings, { atMost: count });
    const after = await collectedBy(plugin, settings, { cursor: before.drafts.at(-1)?.cursor });
    const both = [...before.drafts, ...after.drafts].map(described);
    if (both.join('\n') !== whole.join('\n')) faults.push(`after ${count}: ${before.drafts.at(-1)?.cursor}`);
  }
  return faults;
}

function described(draft: AnyDraft): string {
  return JSON.stringify([draft.ref.id, draft.dedupe, draft.tsIngest, draft.cursor, draft.payload]);
}
