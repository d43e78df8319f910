import type { SourceFile } from './list-files.ts';
import { DamagedFile, openFile } from './open-file.ts';

export interface LineBatch {
  /** Number of the first line, from 1. */
  readonly first: number;
  /** Lines without their ends; the last one of a file may lack its end. */
  readonly lines: readonly string[];
  /** How much of the file as it lies on disk has been read so far. */
  readonly bytesRead: number;
}

export interface ReadLinesOptions {
  /** Reading ends, without error, when it aborts. */
  readonly signal?: AbortSignal;
  /** How many lines are passed over without being decoded. */
  readonly skip?: number;
  /** Told of what cannot be read: a file that is cut off or damaged, or a line that is too long. */
  readonly onDamage?: (line: number, reason: string) => void;
  /** Lines longer than this are passed over. Default 64 MiB. */
  readonly longestLine?: number;
}

/** How many lines a batch holds; only the last one of a file holds fewer. */
export const linesPerBatch = 1_000;

const newline = 10;

/** Reads the lines of a plain or compressed file in batches. Memory is bounded by a batch and the longest line. */
export async function* readLines(
  file: Pick<SourceFile, 'path'>,
  options: ReadLinesOptions = {},
): AsyncGenerator<LineBatch> {
  const { signal, onDamage } = options;
  const longestLine = options.longestLine ?? 64 * 1024 * 1024;
  const source = await openFile(file.path);
  let skip = options.skip ?? 0;
  let first = 1;
  let waiting: string[] = [];
  let carry: Uint8Array[] = [];
  let carryBytes = 0;
  let tooLong = false;
  const batchOf = (lines: readonly string[]): LineBatch => {
    const batch = { first, lines, bytesRead: source.bytesRead() };
    first += lines.length;
    return batch;
  };
  try {
    for await (let chunk of source.chunks) {
      if (signal?.aborted) return;
      while (skip > 0) {
        const end = chunk.indexOf(newline);
        if (end === -1) break;
        chunk = chunk.subarray(end + 1);
        skip -= 1;
        first += 1;
      }
      if (skip > 0) continue;
      const last = chunk.lastIndexOf(newline);
      if (last === -1) {
        if (tooLong) continue;
        carry.push(chunk);
        carryBytes += chunk.length;
        if (carryBytes > longestLine) {
          tooLong = true;
          carry = [];
        }
        continue;
      }
      carry.push(chunk.subarray(0, last));
      const lines = linesOf(textOf(carry));
      if (tooLong) {
        onDamage?.(first + waiting.length, `the line is longer than ${longestLine} bytes`);
        lines[0] = '';
        tooLong = false;
      }
      carry = last + 1 < chunk.length ? [chunk.subarray(last + 1)] : [];
      carryBytes = chunk.length - last - 1;
      waiting = waiting.length === 0 ? lines : waiting.concat(lines);
      let from = 0;
      for (; waiting.length - from >= linesPerBatch; from += linesPerBatch) {
        yield batchOf(waiting.slice(from, from + linesPerBatch));
        if (signal?.aborted) return;
      }
      waiting = waiting.slice(from);
    }
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    // Note: what follows the last whole line before the damage is a torn line, not one to decode.
    if (waiting.length > 0) yield batchOf(waiting);
    onDamage?.(first, `the file cannot be read beyond this line: ${error.message}`);
    return;
  }
  if (skip > 0) return;
  if (tooLong) onDamage?.(first + waiting.length, `the line is longer than ${longestLine} bytes`);
  else if (carryBytes > 0) waiting.push(...linesOf(textOf(carry)));
  if (waiting.length > 0) yield batchOf(waiting);
}

function textOf(parts: readonly Uint8Array[]): string {
  const [only] = parts;
  const bytes = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

const byteOrderMark = '\uFEFF';

/** The lines of a text without carriage returns and byte order mark. */
function linesOf(text: string): string[] {
  const plain = text.startsWith(byteOrderMark) ? text.slice(1) : text;
  return (plain.includes('\r') ? plain.replace(/\r(?=\n|$)/g, '') : plain).split('\n');
}
