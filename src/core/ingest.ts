import type { EventRef, Logger } from '../plugin-api/index.ts';
import type { Clock } from './clock.ts';
import { UserError } from './errors.ts';
import type { TapeEvent } from './event.ts';
import type { DedupeWindow } from './ingest/dedupe-window.ts';
import { type AnyDraft, isAboutSource, type SourceItem, type Stamp } from './ingest/source-item.ts';
import { type RowCheck, rowCheck, rowProblem } from './row-check.ts';

/** Turns what sources bring into events: checked, de-duplicated, stamped and numbered. */
export interface Ingest {
  /** Admits items in their order and returns the events that they became. Nothing else gets a seq. */
  admit(items: readonly SourceItem[]): TapeEvent[];
  /** Takes an event that is on the tape already into the window and the counts: recovery. */
  recall(event: TapeEvent): void;
  /** Goes on where a snapshot was: no earlier than at its time of the tape, and with when each source had brought something. */
  resume(from: {
    readonly tapeTime: number;
    readonly lastAt: Iterable<readonly [source: string, at: number]>;
  }): void;
  /** Notes that nothing of a source is missing before a time in ms. */
  heard(source: string, at: number): void;
  readonly lastSeq: number;
  /** `tsIngest` of the last event in ms; `undefined` before the first. */
  readonly tapeTime: number | undefined;
  /** Counts since the start, by source. */
  sources(): ReadonlyMap<string, SourceCounts>;
  readonly window: DedupeWindow;
}

export interface SourceCounts {
  readonly accepted: number;
  readonly duplicates: number;
  /** Drafts that did not fit their ref. */
  readonly rejected: number;
  /** Declared times that went backwards, and were raised to the tape's. */
  readonly clamped: number;
  /** When its last draft that was no gap arrived, known already or not, in ms; `undefined` before the first. */
  readonly lastAt: number | undefined;
  /** The first rejections, as sentences. */
  readonly examples: readonly string[];
}

type MutableCounts = { -readonly [Name in keyof SourceCounts]: SourceCounts[Name] } & { examples: string[] };

export interface IngestOptions {
  readonly refs: ReadonlyMap<string, EventRef>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly window: DedupeWindow;
  readonly lastSeq: number;
  readonly tapeTime: number | undefined;
  /** How many rejections are kept per source. Default 10. */
  readonly keepExamples?: number;
}

/** A declared time that is further behind the tape than this is not just out of order. */
const strangeClampMs = 60_000;
/** 2100-01-01. A time after it is in the wrong unit, and as a tape's time never goes back it would stay for good. */
const latestTime = 4_102_444_800_000;
const timeRange = `whole milliseconds since 1970, up to ${latestTime} (the year 2100)`;
const addressPattern = /^0x[0-9a-f]{40}$/;

export function createIngest(options: IngestOptions): Ingest {
  const { refs, clock, log, window, keepExamples = 10 } = options;
  const checks = new Map<EventRef, RowCheck>();
  const counts = new Map<string, MutableCounts>();
  let { lastSeq, tapeTime } = options;
  let clockBehind = false;
  // Note: cursors of dropped drafts wait for the next event. Until there is one the window stands still, so that a start from the
  // older cursor drops the same drafts again; and no event is made for them, so that the tape does not depend on batches.
  let waiting: Map<string, string> | undefined;

  const countsOf = (source: string): MutableCounts => {
    let entry = counts.get(source);
    if (entry === undefined) {
      entry = { accepted: 0, duplicates: 0, rejected: 0, clamped: 0, lastAt: undefined, examples: [] };
      counts.set(source, entry);
    }
    return entry;
  };

  const stampOf = (draft: AnyDraft, stamp: Stamp, entry: MutableCounts): number => {
    const last = tapeTime ?? Number.NEGATIVE_INFINITY;
    if (stamp === 'live') {
      const now = clock.now();
      if (now < last && !clockBehind) {
        log.warn('the clock went backwards; events are stamped with the tape’s time until it has caught up', {
          clock: now,
          tape: last,
        });
      }
      clockBehind = now < last;
      return Math.max(now, last);
    }
    const at = draft.tsIngest ?? tapeTime ?? draft.tsEvent;
    if (at < last) {
      if (stamp === 'declared') {
        if (last - at > strangeClampMs && entry.clamped === 0) {
          log.warn('history is older than what is on the tape already; it is taken as known only now', {
            declared: at,
            tape: last,
          });
        }
        entry.clamped++;
      }
      return last;
    }
    return at;
  };

  /** Notes that a source has brought a draft that does not become an event. */
  const drop = (source: string, draft: AnyDraft, stamp: Stamp, entry: MutableCounts): void => {
    if (typeof draft?.cursor === 'string') {
      waiting ??= new Map();
      waiting.set(source, draft.cursor);
    }
    if (draft?.ref !== undefined && isAboutSource(draft)) return;
    const at = stamp === 'live' ? clock.now() : (draft?.tsIngest ?? tapeTime);
    if (isTime(at)) entry.lastAt = Math.max(entry.lastAt ?? at!, at!);
  };

  const heard = (source: string, at: number): void => {
    const entry = countsOf(source);
    entry.lastAt = Math.max(entry.lastAt ?? at, at);
  };

  return {
    window,
    get lastSeq() {
      return lastSeq;
    },
    get tapeTime() {
      return tapeTime;
    },
    admit(items) {
      const events: TapeEvent[] = [];
      for (const { source, draft, stamp } of items) {
        const entry = countsOf(source);
        const ref = refs.get(draft?.ref?.id);
        let check = ref && checks.get(ref);
        if (ref !== undefined && check === undefined) {
          check = rowCheck(ref.fields);
          checks.set(ref, check);
        }
        if (ref === undefined || envelopeProblem(ref, draft, stamp) !== undefined || !check!(draft.payload)) {
          entry.rejected++;
          if (entry.examples.length < keepExamples) {
            const problem = draftProblem(ref, draft, stamp);
            entry.examples.push(problem);
            log.warn('a draft was refused', { source, problem });
          }
          drop(source, draft, stamp, entry);
          continue;
        }
        if (!window.add(ref.id, draft.dedupe, draft.tsEvent)) {
          entry.duplicates++;
          drop(source, draft, stamp, entry);
          continue;
        }
        tapeTime = stampOf(draft, stamp, entry);
        lastSeq++;
        entry.accepted++;
        if (!isAboutSource(draft)) entry.lastAt = tapeTime;
        let event: TapeEvent = {
          seq: lastSeq,
          ref,
          type: ref.id,
          key: draft.key,
          tsEvent: draft.tsEvent,
          tsIngest: tapeTime,
          source,
          dedupe: draft.dedupe,
          payload: draft.payload,
        };
        if (draft.cursor !== undefined) event = { ...event, cursor: draft.cursor };
        if (waiting !== undefined) {
          if (draft.cursor !== undefined) waiting.delete(source);
          if (waiting.size > 0) event = { ...event, cursors: Object.fromEntries(waiting) };
          waiting = undefined;
        }
        events.push(event);
      }
      return events;
    },
    recall(event) {
      window.add(event.type, event.dedupe, event.tsEvent);
      if (!isAboutSource(event)) heard(event.source, event.tsIngest);
      for (const source in event.cursors) heard(source, event.tsIngest);
      lastSeq = Math.max(lastSeq, event.seq);
      tapeTime = Math.max(tapeTime ?? event.tsIngest, event.tsIngest);
    },
    resume({ tapeTime: at, lastAt }) {
      tapeTime = Math.max(tapeTime ?? at, at);
      for (const [source, time] of lastAt) heard(source, time);
    },
    heard,
    sources: () => counts,
  };
}

function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= latestTime;
}

function envelopeProblem(ref: EventRef, draft: AnyDraft, stamp: Stamp): string | undefined {
  if (draft.ref.version !== ref.version) {
    return `version ${draft.ref.version} of it was emitted, but version ${ref.version} is planned`;
  }
  if (!isTime(draft.tsEvent)) return `\`tsEvent\` must be ${timeRange}; found ${draft.tsEvent}`;
  if (typeof draft.dedupe !== 'string' || draft.dedupe === '') {
    return '`dedupe` must be a text that tells this event from all others; found none';
  }
  if (typeof draft.key !== 'string' || draft.key === '') return '`key` must be a text; found none';
  if (ref.entity === 'trader' && !addressPattern.test(draft.key)) {
    return `\`key\` must be a lower-case address; found ${JSON.stringify(draft.key)}`;
  }
  if (stamp !== 'live' && draft.tsIngest != null && !isTime(draft.tsIngest)) {
    return `\`tsIngest\` must be ${timeRange}; found ${draft.tsIngest}`;
  }
  if (stamp === 'declared' && !Number.isSafeInteger(draft.tsIngest)) {
    return '`tsIngest` must say when this could first be known, since the collector declares its availability; found none';
  }
  if (draft.cursor !== undefined && typeof draft.cursor !== 'string') return '`cursor` must be a text';
  return undefined;
}

function draftProblem(ref: EventRef | undefined, draft: AnyDraft, stamp: Stamp): string {
  if (ref === undefined) {
    return `Expected a draft of a planned event, found ref ${JSON.stringify(draft?.ref?.id)}. Add it to the collector's \`emits\`.`;
  }
  const problem =
    envelopeProblem(ref, draft, stamp) ?? rowProblem(ref.fields, draft.payload) ?? 'it does not fit';
  return `${ref.id} ${JSON.stringify(draft.dedupe)} of ${JSON.stringify(draft.key)}: ${problem}`;
}

/** Throws unless a text is a wallet's address in any letter case; returns it in lower case. */
export function normaliseAddress(text: string): string {
  const address = text.trim().toLowerCase();
  if (addressPattern.test(address)) return address;
  throw new UserError(
    'ADDRESS_INVALID',
    `Expected an address, 0x and 40 hexadecimal digits, found ${JSON.stringify(text)}.`,
  );
}
