import type { Draft, EventRef, TrackedTier } from '../../plugin-api/index.ts';
import { collectorFault, command, gap, timer } from '../../plugin-api/index.ts';
import type { TapeEvent } from '../event.ts';

/** A draft of any ref. */
export type AnyDraft = Draft<EventRef>;

/**
 * How an item gets its `tsIngest`.
 *
 * - `live`: the clock, as it is admitted.
 * - `declared`: what its draft says.
 * - `tape`: the time of the event before it; for what the core adds while history is read.
 */
export type Stamp = 'live' | 'declared' | 'tape';

/** A draft on its way from a source to the tape. */
export interface SourceItem {
  readonly source: string;
  readonly draft: AnyDraft;
  readonly stamp: Stamp;
}

export interface GapReport {
  readonly stream: string;
  readonly key?: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly healed?: boolean;
}

/** What the gaps begin with that the core itself reports: a plugin's id has no space. */
const outagePrefix = 'outage ';

/** A time in which a collector was not at work, in ms; healed when what it missed was fetched after all. */
export type Outage = Required<Pick<GapReport, 'stream' | 'from' | 'to' | 'healed'>>;

/** The event that says that a collector was not at work. */
export function outageDraft(report: GapReport, source: string): AnyDraft {
  const draft = gapDraft(report, source);
  return { ...draft, dedupe: `${outagePrefix}${draft.dedupe}` };
}

/** The outage that an event of the tape reports, if it does. */
export function outageOf(event: Pick<TapeEvent, 'type' | 'dedupe' | 'payload'>): Outage | undefined {
  if (event.type !== gap.id || !event.dedupe.startsWith(outagePrefix)) return undefined;
  return event.payload as unknown as Outage;
}

/** The event that says that events of a stream may be missing. */
export function gapDraft(report: GapReport, source: string): AnyDraft {
  const { stream, key, from, to, reason, healed = false } = report;
  return {
    ref: gap as EventRef,
    key: stream,
    tsEvent: to,
    dedupe: `${source}:${stream}:${key ?? '*'}:${from}-${to}:${healed}`,
    payload: { stream, scope: key ?? null, from, to, reason, healed },
  };
}

const longestMessage = 2_000;

/**
 * The event that says that a collector failed.
 *
 * @param at when, by the exchange's time in a history
 * @param count which of its failures since the start, from 1
 */
export function faultDraft(
  error: unknown,
  source: string,
  { at, count }: { at: number; count: number },
): AnyDraft {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  return {
    ref: collectorFault as EventRef,
    key: source,
    tsEvent: at,
    dedupe: `${source}:${at}:${count}`,
    payload: {
      plugin: source,
      code: typeof code === 'string' && code !== '' ? code : 'PLUGIN_THREW',
      message: message.slice(0, longestMessage),
    },
  };
}

/** Whether a draft is the core's own word about a source, and no event of it. */
export const isAboutSource = ({ ref }: { readonly ref: EventRef }): boolean =>
  ref.id === gap.id || ref.id === collectorFault.id;

/** The event that closes beats while nothing else happens. */
export function beatDraft(at: number): AnyDraft {
  return {
    ref: timer as EventRef,
    key: 'market',
    tsEvent: at,
    tsIngest: at,
    dedupe: `beat:${at}`,
    payload: { name: 'beat' },
  };
}

export type CommandName = 'track-trader' | 'untrack-trader' | 'pause-plugin' | 'resume-plugin';

/** An act that changes results. */
export interface Command {
  readonly name: CommandName;
  /** An address or a plugin's id. */
  readonly target: string;
  /** Default `hand`. */
  readonly by?: 'hand' | 'selection';
  /** Of a trader that was selected. */
  readonly tier?: TrackedTier;
}

/** The event that keeps an act. `id` tells two equal acts apart. */
export function commandDraft({ name, target, by = 'hand', tier }: Command, at: number, id: string): AnyDraft {
  return {
    ref: command as EventRef,
    key: 'market',
    tsEvent: at,
    dedupe: `${name}:${target}:${id}`,
    payload: { name, target, by, tier: tier ?? null },
  };
}
