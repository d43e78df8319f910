import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { HypersonarError, InvariantError } from '../errors.ts';
import type { TapeEvent } from '../event.ts';
import {
  closeSegment,
  corruptSegment,
  listSegments,
  readClosedLines,
  segmentFile,
  sizeOf,
  syncFolder,
} from './closed-segment.ts';
import { noteCursors } from './cursors.ts';
import { lockFolder } from './folder-lock.ts';
import { type DroppedPast, readDroppedPast, writeDroppedPast } from './kept-cursors.ts';
import { createLineDecoder, type EventRefs, encodeEvent, parseLine } from './line.ts';
import { readLines } from './lines.ts';
import { openSegmentWriter, type SegmentWriter } from './open-segment.ts';
import { type Segment, scanSegments } from './scan.ts';
import { assertSuccessor } from './sequence.ts';
import { skippedSegmentGap } from './skipped-segment.ts';
import type { FsyncPolicy, Tape, TapeRepair } from './tape.ts';
import { tapeId } from './tape-id.ts';

export interface FolderTapeOptions {
  readonly folder: string;
  readonly refs: EventRefs;
  /** A segment is closed at this size. */
  readonly segmentBytes: number;
  readonly retentionMs: number;
  readonly fsync: FsyncPolicy;
  /** Go on without the events of damaged segments instead of refusing them. */
  readonly skipCorrupt: boolean;
  /** Only read: nothing is cut, compressed or locked. */
  readonly readOnly: boolean;
}

/** A segment shorter than this stays open however old it is: thousands of tiny files help nobody. */
const smallSegmentBytes = 1 << 20;
/** A larger one is closed after this much tape time, so that retention can drop it. */
const segmentSpanMs = 3_600_000;

/** Opens the tape in a folder, which is made if need be. */
export async function openFolderTape(options: FolderTapeOptions): Promise<Tape> {
  const { folder, readOnly } = options;
  if (!readOnly) await mkdir(folder, { recursive: true });
  const lock = readOnly ? undefined : await lockFolder(folder);
  try {
    return await openLocked(options, async () => lock?.release());
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

async function openLocked(options: FolderTapeOptions, release: () => Promise<void>): Promise<Tape> {
  const { folder, skipCorrupt, readOnly } = options;
  const decode = createLineDecoder(options.refs);
  const repairs: TapeRepair[] = [];
  let past = await readDroppedPast(folder).catch((error: unknown): DroppedPast => {
    if (!skipCorrupt || !(error instanceof HypersonarError)) throw error;
    const file = path.join(folder, 'cursors.json');
    repairs.push({ kind: 'skipped-segment', file, bytes: 0, message: error.message });
    return { lastTs: 0, cursors: {} };
  });
  const id = await tapeId(folder, { readOnly });
  const { segments, cursors, cursorsAfter } = await scanSegments({
    folder,
    skipCorrupt,
    readOnly,
    past,
    repairs,
  });

  let writer: SegmentWriter | undefined;
  let closing: Promise<void> = Promise.resolve();
  let closingError: unknown;
  const lastSegment = (): Segment | undefined => segments.at(-1);
  const lastSeq = (): number => lastSegment()?.lastSeq ?? 0;

  const compressInBackground = (segment: Segment, cursorsThen: Readonly<Record<string, string>>): void => {
    closing = closing.then(async () => {
      try {
        const { firstSeq, lastSeq, firstTs, lastTs } = segment;
        const content = {
          firstSeq,
          lastSeq,
          firstTs,
          lastTs,
          events: lastSeq - firstSeq + 1,
          cursors: cursorsThen,
        };
        const summary = await closeSegment(folder, content);
        segments[segments.indexOf(segment)] = { kind: 'closed', ...summary, summary };
      } catch (error) {
        // Note: the plain file is still there and readable; the next start tries again. The next append says what is wrong.
        closingError ??= error;
      }
    });
  };
  const startSegment = async (): Promise<void> => {
    const firstSeq = lastSeq() + 1;
    const file = segmentFile(folder, firstSeq, 'plain');
    writer = await openSegmentWriter(file, { bytes: 0, fsync: options.fsync });
    if (options.fsync === 'batch') await syncFolder(folder);
    const ts = lastSegment()?.lastTs ?? past.lastTs;
    segments.push({ kind: 'plain', firstSeq, lastSeq: firstSeq - 1, firstTs: ts, lastTs: ts, bytes: 0 });
  };
  const rotate = async (): Promise<void> => {
    await writer!.close();
    const full = lastSegment()!;
    await startSegment();
    compressInBackground(full, Object.fromEntries(cursors));
  };

  if (!readOnly) {
    // Note: only the newest segment is open. Others are plain when the process was killed while it compressed them.
    const newest = lastSegment();
    for (const segment of segments.slice()) {
      if (segment.kind === 'plain' && segment !== newest && segment.lastSeq >= segment.firstSeq) {
        compressInBackground(segment, cursorsAfter.get(segment.firstSeq)!);
      }
    }
    await closing;
    if (newest?.kind === 'plain') {
      const file = segmentFile(folder, newest.firstSeq, 'plain');
      writer = await openSegmentWriter(file, { bytes: newest.bytes, fsync: options.fsync });
    } else {
      await startSegment();
    }
  }

  async function* readSegment(segment: Segment): AsyncGenerator<string[]> {
    if (segment.kind === 'plain') {
      // Note: the file may have been compressed since the list was made.
      const current = segments.find(({ firstSeq }) => firstSeq === segment.firstSeq) ?? segment;
      if (current.kind === 'plain') {
        if (segment.bytes === 0) return;
        const file = segmentFile(folder, segment.firstSeq, 'plain');
        yield* readLines(createReadStream(file, { end: segment.bytes - 1, highWaterMark: 1 << 18 }));
        return;
      }
      yield* readSegment(current);
    } else if (segment.kind === 'closed') {
      yield* readClosedLines(folder, segment.summary);
    }
  }

  async function* read(fromSeq: number): AsyncGenerator<readonly TapeEvent[]> {
    for (const segment of segments.slice()) {
      if (segment.lastSeq < fromSeq) continue;
      if (segment.kind === 'damaged') {
        yield [skippedSegmentGap(segment, segment.message)];
        continue;
      }
      let next = segment.firstSeq;
      try {
        for await (const lines of readSegment(segment)) {
          const events: TapeEvent[] = [];
          for (const text of lines) {
            const line = parseLine(text);
            if (line === undefined || line.seq < next || line.seq > segment.lastSeq) {
              const file = segmentFile(folder, segment.firstSeq, segment.kind);
              throw corruptSegment(file, `expected event ${next}, found ${text.slice(0, 80)}`);
            }
            next = line.seq + 1;
            if (line.seq >= fromSeq) events.push(decode(line));
          }
          if (events.length > 0) yield events;
        }
      } catch (error) {
        // Note: a checksum is compared before the first event, so a skipped segment has not been read in part.
        if (!skipCorrupt || !(error instanceof HypersonarError) || next !== segment.firstSeq) throw error;
        const file = segmentFile(folder, segment.firstSeq, segment.kind);
        repairs.push({ kind: 'skipped-segment', file, bytes: segment.bytes, message: error.message });
        yield [skippedSegmentGap(segment, error.message)];
      }
    }
  }

  return {
    id,
    repairs,
    get firstSeq() {
      return segments[0]?.firstSeq ?? 1;
    },
    get lastSeq() {
      return lastSeq();
    },
    get lastTsIngest() {
      return lastSeq() === 0 ? undefined : Math.max(lastSegment()!.lastTs, past.lastTs);
    },
    get bytes() {
      return segments.reduce((sum, segment) => sum + segment.bytes, 0);
    },
    async append(events) {
      if (events.length === 0) return;
      if (writer === undefined) {
        throw new InvariantError(
          'TAPE_READ_ONLY',
          `Expected to add to the tape in ${folder}, which was opened only for reading.`,
        );
      }
      if (closingError !== undefined) throw closingError;
      assertSuccessor(events, lastSeq(), `the tape in ${folder}`);
      let text = '';
      for (const event of events) text += encodeEvent(event);
      await writer.write(text);
      for (const event of events) noteCursors(cursors, event);
      const segment = lastSegment()!;
      const last = events.at(-1)!;
      const empty = segment.lastSeq < segment.firstSeq;
      segments[segments.length - 1] = {
        ...segment,
        kind: 'plain',
        firstTs: empty ? events[0]!.tsIngest : segment.firstTs,
        lastSeq: last.seq,
        lastTs: last.tsIngest,
        bytes: writer.bytes,
      };
      const span = last.tsIngest - lastSegment()!.firstTs;
      if (
        writer.bytes >= options.segmentBytes ||
        (writer.bytes >= smallSegmentBytes && span >= segmentSpanMs)
      ) {
        await rotate();
      }
    },
    read,
    cursors: () => cursors,
    async retain({ now, keepFromSeq }) {
      if (readOnly) return { segments: 0, events: 0 };
      const isNeeded = (segment: Segment): boolean =>
        segment.kind === 'plain' ||
        segment.lastTs >= now - options.retentionMs ||
        segment.lastSeq >= keepFromSeq;
      const firstNeeded = segments.slice(0, -1).findIndex(isNeeded);
      const expired = segments.slice(0, firstNeeded === -1 ? segments.length - 1 : firstNeeded);
      if (expired.length === 0) return { segments: 0, events: 0 };
      // Note: a source may have spoken only in what goes now, so its cursor is on disk elsewhere first.
      let kept = past.cursors;
      for (const segment of expired) {
        if (segment.kind === 'closed') kept = { ...kept, ...segment.summary.cursors };
      }
      past = { lastTs: expired.at(-1)!.lastTs, cursors: kept };
      await writeDroppedPast(folder, past);
      let events = 0;
      for (const segment of expired) {
        for (const kind of ['closed', 'summary'] as const) {
          await rm(segmentFile(folder, segment.firstSeq, kind), { force: true });
        }
        segments.shift();
        events += segment.lastSeq - segment.firstSeq + 1;
      }
      return { segments: expired.length, events };
    },
    async verify() {
      const problems: { file: string; message: string }[] = [];
      let events = 0;
      for (const segment of segments.slice()) {
        const file = segmentFile(folder, segment.firstSeq, segment.kind === 'plain' ? 'plain' : 'closed');
        if (segment.kind === 'damaged') problems.push({ file, message: segment.message });
        try {
          for await (const lines of readSegment(segment)) events += lines.length;
        } catch (error) {
          problems.push({ file, message: (error as Error).message });
        }
      }
      return { segments: segments.length, events, problems };
    },
    async close() {
      await writer?.close();
      writer = undefined;
      await closing;
      const empty = lastSegment();
      if (!readOnly && empty?.kind === 'plain' && empty.lastSeq < empty.firstSeq && segments.length > 1) {
        await rm(segmentFile(folder, empty.firstSeq, 'plain'), { force: true });
      }
      await release();
    },
  };
}

/** Bytes of every file of a tape's folder. */
export async function tapeFolderBytes(folder: string): Promise<number> {
  let sum = 0;
  for (const kind of ['plain', 'closed', 'summary'] as const) {
    for (const firstSeq of await listSegments(path.resolve(folder), kind)) {
      sum += await sizeOf(segmentFile(folder, firstSeq, kind));
    }
  }
  return sum;
}
