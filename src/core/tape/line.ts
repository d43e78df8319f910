import { coreEvents, type EventRef, standardEvents } from '../../plugin-api/index.ts';
import type { AnyRow, TapeEvent } from '../event.ts';

/** Event refs by id: what a tape's lines can be about. */
export type EventRefs = ReadonlyMap<string, EventRef>;

/** The refs that every tape knows. */
export const standardEventRefs: EventRefs = new Map(
  [...standardEvents, ...coreEvents].map(ref => [ref.id, ref as EventRef]),
);

/** One line of a tape as parsed: the envelope of a recording, `ts`, `stream` and `data`, and what a tape adds. */
export interface TapeLine {
  readonly ts: number;
  readonly stream: string;
  readonly data: AnyRow;
  readonly seq: number;
  readonly event: number;
  readonly key: string;
  readonly dedupe: string;
  readonly source: string;
  readonly cursor?: string;
  /** Cursors of drafts that were dropped before it, by source. */
  readonly cursors?: Readonly<Record<string, string>>;
  /** The ref's version; 1 when absent. */
  readonly v?: number;
}

/** Writes an event as one line of JSON, line feed included. */
export function encodeEvent(event: TapeEvent): string {
  const { version } = event.ref;
  return (
    `{"ts":${event.tsIngest},"stream":${JSON.stringify(event.type)},"data":${JSON.stringify(event.payload)},` +
    `"seq":${event.seq},"event":${event.tsEvent},"key":${JSON.stringify(event.key)},` +
    `"dedupe":${JSON.stringify(event.dedupe)},"source":${JSON.stringify(event.source)}` +
    (event.cursor === undefined ? '' : `,"cursor":${JSON.stringify(event.cursor)}`) +
    (event.cursors === undefined ? '' : `,"cursors":${JSON.stringify(event.cursors)}`) +
    (version === 1 ? '}\n' : `,"v":${version}}\n`)
  );
}

/** Parses a line, without its line feed; `undefined` when it is not a whole line of a tape. */
export function parseLine(text: string): TapeLine | undefined {
  let line: Partial<TapeLine>;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  const whole =
    line !== null &&
    typeof line === 'object' &&
    typeof line.seq === 'number' &&
    typeof line.ts === 'number' &&
    typeof line.event === 'number' &&
    typeof line.stream === 'string' &&
    typeof line.key === 'string' &&
    typeof line.dedupe === 'string' &&
    typeof line.source === 'string' &&
    typeof line.data === 'object' &&
    line.data !== null;
  return whole ? (line as TapeLine) : undefined;
}

/**
 * Turns parsed lines into events.
 *
 * A line of a ref that is not known, or of another version of it, keeps its place on the tape but gets a ref of its own that
 * nothing reads: the plugin that made it may have been removed.
 */
export function createLineDecoder(refs: EventRefs): (line: TapeLine) => TapeEvent {
  const strangers = new Map<string, EventRef>();
  const strangerOf = (id: string, version: number): EventRef => {
    const name = `${id}@${version}`;
    let ref = strangers.get(name);
    if (ref === undefined) {
      ref = Object.freeze({
        kind: 'event',
        id: name,
        entity: 'market',
        version,
        doc: 'An event of a plugin, or a version of it, that is not present.',
        fields: {},
      });
      strangers.set(name, ref);
    }
    return ref;
  };
  return line => {
    const version = line.v ?? 1;
    let ref = refs.get(line.stream);
    if (ref === undefined || ref.version !== version) {
      const at = line.stream.lastIndexOf('@');
      ref = at > 0 ? strangerOf(line.stream.slice(0, at), version) : strangerOf(line.stream, version);
    }
    const event = {
      seq: line.seq,
      ref,
      type: ref.id,
      key: line.key,
      tsEvent: line.event,
      tsIngest: line.ts,
      source: line.source,
      dedupe: line.dedupe,
      payload: line.data,
    };
    if (line.cursor === undefined && line.cursors === undefined) return event;
    return {
      ...event,
      ...(line.cursor !== undefined && { cursor: line.cursor }),
      ...(line.cursors !== undefined && { cursors: line.cursors }),
    };
  };
}
