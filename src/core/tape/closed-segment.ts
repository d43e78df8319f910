import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { UserError } from '../errors.ts';
import { readLines } from './lines.ts';

/** What is known of a segment without reading it; kept beside it as JSON. */
export interface SegmentSummary {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** `tsIngest` of its first and last event, in ms. */
  readonly firstTs: number;
  readonly lastTs: number;
  readonly events: number;
  /** Size of the compressed file. */
  readonly bytes: number;
  /** Of the compressed file. */
  readonly sha256: string;
  /** The cursor of each source's last event up to the segment's end. */
  readonly cursors: Readonly<Record<string, string>>;
}

const extension = { plain: '.jsonl', closed: '.jsonl.zst', summary: '.json' } as const;

/** The files of a segment are named by its first seq, so that their order is the tape's. */
export function segmentFile(folder: string, firstSeq: number, kind: keyof typeof extension): string {
  return path.join(folder, `${String(firstSeq).padStart(16, '0')}${extension[kind]}`);
}

/** First seqs of the segment files of a kind, ascending. */
export async function listSegments(folder: string, kind: keyof typeof extension): Promise<number[]> {
  const pattern = new RegExp(`^(\\d{16})${extension[kind].replaceAll('.', '\\.')}$`);
  const names = await readdir(folder);
  return names
    .map(name => pattern.exec(name)?.[1])
    .filter(digits => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Compresses a segment that will not grow any more. The plain file goes when its replacement is safely on disk. */
export async function closeSegment(
  folder: string,
  summary: Omit<SegmentSummary, 'bytes' | 'sha256'>,
): Promise<SegmentSummary> {
  const plain = segmentFile(folder, summary.firstSeq, 'plain');
  const closed = segmentFile(folder, summary.firstSeq, 'closed');
  const unfinished = `${closed}.tmp`;
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    createReadStream(plain, { highWaterMark: 1 << 20 }),
    createZstdCompress({
      params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
    }),
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        done(null, chunk);
      },
    }),
    createWriteStream(unfinished, { flush: true }),
  );
  const whole: SegmentSummary = { ...summary, bytes, sha256: hash.digest('hex') };
  // Note: the summary comes first. A summary alone is made again, but a closed file without one could not be checked.
  await writeDurably(segmentFile(folder, summary.firstSeq, 'summary'), `${JSON.stringify(whole)}\n`);
  await rename(unfinished, closed);
  await syncFolder(folder);
  await rm(plain);
  return whole;
}

/** Reads a closed segment's summary. */
export async function readSummary(folder: string, firstSeq: number): Promise<SegmentSummary> {
  const file = segmentFile(folder, firstSeq, 'summary');
  try {
    const summary = JSON.parse(await readFile(file, 'utf8')) as SegmentSummary;
    if (summary.firstSeq === firstSeq && typeof summary.sha256 === 'string' && summary.lastSeq >= firstSeq) {
      return summary;
    }
  } catch (error) {
    if (error instanceof SyntaxError === false && (error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw error;
  }
  throw corruptSegment(file, 'its summary is missing or cannot be read');
}

/** Yields a closed segment's lines; its checksum is compared before the first one. */
export async function* readClosedLines(folder: string, summary: SegmentSummary): AsyncGenerator<string[]> {
  const file = segmentFile(folder, summary.firstSeq, 'closed');
  const compressed = await readFile(file);
  const found = createHash('sha256').update(compressed).digest('hex');
  if (found !== summary.sha256) {
    throw corruptSegment(
      file,
      `expected SHA-256 ${summary.sha256.slice(0, 12)}… over ${summary.bytes} bytes, found ` +
        `${found.slice(0, 12)}… over ${compressed.length}`,
    );
  }
  // Note: an error of the decompressor must not end the process as an unhandled stream error; the loop below receives it.
  const lines = Readable.from([compressed]).pipe(createZstdDecompress());
  yield* readLines(lines);
}

export function corruptSegment(file: string, what: string): UserError {
  return new UserError(
    'TAPE_SEGMENT_CORRUPT',
    `The tape's segment ${file} is damaged: ${what}. Restore it from a backup, or start with tape.skipCorrupt ` +
      '(HYPERSONAR_TAPE_SKIP_CORRUPT=true) to go on without its events; the hole is then marked by a core.gap event.',
  );
}

export async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  const unfinished = `${file}.tmp`;
  const handle = await open(unfinished, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
}

/** Makes renames and removals in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
