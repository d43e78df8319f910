import { type FileHandle, open, readFile } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { corruptSegment, segmentFile } from './closed-segment.ts';
import { noteCursors } from './cursors.ts';
import { parseLine } from './line.ts';
import type { FsyncPolicy } from './tape.ts';

/** What a plain segment holds, found by reading it. */
export interface SegmentContent {
  readonly firstSeq: number;
  /** `firstSeq - 1` when it holds nothing. */
  readonly lastSeq: number;
  readonly firstTs: number;
  readonly lastTs: number;
  readonly events: number;
  /** Length of its whole lines. */
  readonly bytes: number;
  /** Bytes after them: a line that was being written when the process or the machine stopped. */
  readonly tornBytes: number;
  readonly cursors: Readonly<Record<string, string>>;
}

/** Reads a plain segment. A torn end is measured; damage before whole lines is an error. */
export async function scanPlainSegment(folder: string, firstSeq: number): Promise<SegmentContent> {
  const file = segmentFile(folder, firstSeq, 'plain');
  const content = await readFile(file);
  const cursors = new Map<string, string>();
  let position = 0;
  let next = firstSeq;
  let firstTs = 0;
  let lastTs = 0;
  while (position < content.length) {
    const end = content.indexOf(10, position);
    const line = end === -1 ? undefined : parseLine(content.toString('utf8', position, end));
    // Note: a gap event stands for several where a damaged segment was repaired.
    if (line === undefined || line.seq < next || (line.seq > next && line.stream !== 'core.gap')) break;
    if (position === 0) firstTs = line.ts;
    lastTs = line.ts;
    noteCursors(cursors, line);
    next = line.seq + 1;
    position = end + 1;
  }
  if (holdsWholeLine(content, position)) {
    throw corruptSegment(
      file,
      `expected event ${next} at byte ${position}, found something else with whole events after it`,
    );
  }
  return {
    firstSeq,
    lastSeq: next - 1,
    firstTs,
    lastTs,
    events: next - firstSeq,
    bytes: position,
    tornBytes: content.length - position,
    cursors: Object.fromEntries(cursors),
  };
}

function holdsWholeLine(content: Buffer, from: number): boolean {
  for (let start = from; start < content.length; ) {
    const end = content.indexOf(10, start);
    if (end === -1) return false;
    if (parseLine(content.toString('utf8', start, end)) !== undefined) return true;
    start = end + 1;
  }
  return false;
}

/** The plain file that events are added to. */
export interface SegmentWriter {
  readonly bytes: number;
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a plain segment for adding, cutting whatever follows its first `bytes`. */
export async function openSegmentWriter(
  file: string,
  options: { readonly bytes: number; readonly fsync: FsyncPolicy },
): Promise<SegmentWriter> {
  const handle: FileHandle = await open(file, options.bytes === 0 ? 'w' : 'r+');
  await handle.truncate(options.bytes);
  let { bytes } = options;
  let broken: unknown;
  return {
    get bytes() {
      return bytes;
    },
    async write(text) {
      if (broken !== undefined) throw writeFailed(file, broken);
      const buffer = Buffer.from(text);
      try {
        let written = 0;
        while (written < buffer.length) {
          const result = await handle.write(buffer, written, buffer.length - written, bytes + written);
          written += result.bytesWritten;
        }
        if (options.fsync === 'batch') await handle.datasync();
        bytes += buffer.length;
      } catch (error) {
        // Note: after a failed fsync the system may have dropped the pages, so nothing more is written to this file. What
        // was written of the batch is cut, so that none of it is found after a restart.
        broken = error;
        await handle.truncate(bytes).catch(() => undefined);
        throw writeFailed(file, error);
      }
    },
    async close() {
      if (options.fsync === 'batch' && broken === undefined) await handle.datasync();
      await handle.close();
    },
  };
}

function writeFailed(file: string, cause: unknown): Error {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const todo =
    code === 'ENOSPC' || code === 'EFBIG' || code === 'EDQUOT'
      ? 'Free space on that disk (or lower tape.hours) and start again'
      : 'Check the disk and its permissions and start again';
  return new UserError(
    'TAPE_WRITE_FAILED',
    `Expected to write a batch of events to ${file}, found ${code}. Nothing of the batch was kept, and the sources go on ` +
      `from the last whole one. ${todo}.`,
    { cause },
  );
}
