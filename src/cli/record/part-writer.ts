import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

export interface PartWriterOptions {
  readonly folder: string;
  /** The beginning of the files' names. */
  readonly name: string;
  readonly compressed: boolean;
  /** A part that has grown to this many bytes is followed by another. */
  readonly partBytes: number;
  /** The most bytes that wait to be written. */
  readonly mostWaiting: number;
}

/** Writes lines to files that follow one another by hour and size, and never to one that is there already. */
export interface PartWriter {
  /** Takes a line, or answers false when too much waits to be written. */
  add(line: string, at: number): boolean;
  /** Writes what waits; `at` tells which hour it belongs to. */
  flush(at: number): Promise<void>;
  close(at: number): Promise<void>;
  readonly lines: number;
  /** Bytes in files, as they are on disk. */
  readonly bytes: number;
  readonly files: readonly string[];
}

const hourMs = 3_600_000;

export function createPartWriter(options: PartWriterOptions): PartWriter {
  const { folder, name, compressed } = options;
  const ending = compressed ? '.jsonl.gz' : '.jsonl';
  const files: string[] = [];
  let waiting: string[] = [];
  let waitingBytes = 0;
  let hour: number | undefined;
  let part: { readonly handle: FileHandle; bytes: number } | undefined;
  let bytes = 0;
  let lines = 0;
  let writing: Promise<void> = Promise.resolve();

  async function openPart(at: number): Promise<{ readonly handle: FileHandle; bytes: number }> {
    const stamp = new Date(at).toISOString().slice(0, 13).replaceAll('-', '').replace('T', '-');
    for (let number = 1; ; number++) {
      const file = `${name}-${stamp}-${String(number).padStart(3, '0')}${ending}`;
      try {
        // Note: opened only where nothing is, so that what was recorded before cannot be written over.
        const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
        const handle = await open(path.join(folder, file), flags, 0o644);
        files.push(file);
        return { handle, bytes: 0 };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  async function write(at: number): Promise<void> {
    const now = Math.floor(at / hourMs);
    if (part !== undefined && (now !== hour || part.bytes >= options.partBytes)) {
      await part.handle.close();
      part = undefined;
    }
    if (waiting.length === 0) return;
    hour = now;
    part ??= await openPart(at);
    const taken = waiting;
    const takenBytes = waitingBytes;
    waiting = [];
    const text = Buffer.from(`${taken.join('\n')}\n`);
    // Note: each piece is a whole compressed file of its own, so that a crash costs at most the last piece.
    const piece = compressed ? await compress(text) : text;
    await part.handle.writeFile(piece);
    waitingBytes -= takenBytes;
    part.bytes += piece.length;
    bytes += piece.length;
    lines += taken.length;
  }

  const flush = (at: number): Promise<void> => {
    writing = writing.then(() => write(at));
    return writing;
  };
  return {
    add(line) {
      if (waitingBytes + line.length > options.mostWaiting) return false;
      waiting.push(line);
      waitingBytes += line.length;
      return true;
    },
    flush,
    async close(at) {
      await flush(at);
      await part?.handle.sync();
      await part?.handle.close();
      part = undefined;
    },
    get lines() {
      return lines + waiting.length;
    },
    get bytes() {
      return bytes;
    },
    files,
  };
}
