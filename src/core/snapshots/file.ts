import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { constants, zstdCompress, zstdDecompressSync } from 'node:zlib';

/** What a snapshot is of. */
export interface SnapshotHeader {
  /** The state is that after this event. */
  readonly seq: number;
  /** `tsIngest` of that event, in ms. */
  readonly tapeTime: number;
  /** Changes when another set of plugins, versions or configurations is planned. */
  readonly configHash: string;
  /** The tape that the event is on. */
  readonly tape: string;
}

export interface LoadedSnapshot {
  readonly header: SnapshotHeader;
  /** Read from the file one by one, as they are asked for; once. */
  readonly parts: Iterable<unknown>;
}

/*
 * A file is a line with the header; each part, serialised and compressed, behind its length in 4 bytes; and the SHA-256 of all that.
 * Not all parts are held at a time, since the state of a million wallets has two gigabytes.
 */

const magic = 'hypersonar-snapshot 2';
const digestBytes = 32;
const readBytes = 1 << 20;
const longestHeader = 1 << 16;
/** Parts of so many bytes may wait to be compressed and written; beyond that the state waits, too. */
const mostHeldBytes = 256 << 20;
const parameters = { [constants.ZSTD_c_compressionLevel]: 1 };
const compress = promisify(zstdCompress);
/** Grows when Node serialises in a way that older ones cannot read. */
const ownFormat = serialize(null)[1]!;

/** A snapshot of which all parts are taken, but perhaps not all are in the file yet. */
export interface SnapshotFile {
  /** Its size in bytes, when it is on disk. */
  readonly written: Promise<number>;
}

/**
 * Takes a state, part by part, and resolves when it may move on; what was taken is compressed and written meanwhile and afterwards.
 * Who waits for the disk here would hold up everything else for seconds.
 */
export async function writeSnapshotFile(
  file: string,
  header: SnapshotHeader,
  parts: Iterable<unknown>,
): Promise<SnapshotFile> {
  const hash = createHash('sha256');
  const handle = await open(file, 'w');
  let bytes = 0;
  let held = 0;
  const waiting: Buffer[] = [];
  const write = async (data: Uint8Array): Promise<void> => {
    hash.update(data);
    bytes += data.length;
    await handle.writeFile(data);
  };
  // Note: one part after the other, since the tape's writes wait for the same threads.
  const writeOldest = async (): Promise<void> => {
    const part = waiting.shift()!;
    const compressed = await compress(part, { params: parameters });
    held -= part.length;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(compressed.length);
    await write(length);
    await write(compressed);
  };
  const writeRest = async (): Promise<number> => {
    try {
      while (waiting.length > 0) await writeOldest();
      await handle.writeFile(hash.digest());
      await handle.sync();
    } finally {
      await handle.close();
    }
    return bytes + digestBytes;
  };
  try {
    await write(Buffer.from(`${magic} ${JSON.stringify({ ...header, format: ownFormat })}\n`));
    for (const part of parts) {
      const serialized = serialize(part);
      waiting.push(serialized);
      held += serialized.length;
      while (held > mostHeldBytes) await writeOldest();
      await otherWork();
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  const written = writeRest();
  written.catch(() => undefined);
  return { written };
}

/** Reads the header of a snapshot, without looking at the rest. */
export async function readSnapshotHeader(file: string): Promise<SnapshotHeader> {
  return withFile(file, async handle => (await headerOf(handle)).header);
}

/** Checks a whole snapshot and returns it; its parts are read later. Throws when it is damaged. */
export async function readSnapshotFile(file: string): Promise<LoadedSnapshot> {
  return withFile(file, async handle => {
    const { header, start } = await headerOf(handle);
    const { size } = await handle.stat();
    const end = size - digestBytes;
    const hash = createHash('sha256');
    const chunk = Buffer.alloc(readBytes);
    for (let position = 0; position < end; ) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, end - position), position);
      if (bytesRead === 0) throw new Error('It ended while it was read.');
      hash.update(chunk.subarray(0, bytesRead));
      position += bytesRead;
    }
    const digest = Buffer.alloc(digestBytes);
    await handle.read(digest, 0, digestBytes, Math.max(end, 0));
    if (end < start || !hash.digest().equals(digest))
      throw new Error('Its checksum does not fit its content.');
    return { header, parts: readParts(file, start, end) };
  });
}

function* readParts(file: string, start: number, end: number): Generator<unknown> {
  const descriptor = openSync(file, 'r');
  const read = (length: number, position: number): Buffer => {
    const data = Buffer.alloc(length);
    for (let done = 0; done < length; ) {
      const count = readSync(descriptor, data, done, length - done, position + done);
      if (count === 0) throw new Error(`The snapshot ${file} ended while it was read.`);
      done += count;
    }
    return data;
  };
  try {
    for (let position = start; position < end; ) {
      const length = read(4, position).readUInt32LE(0);
      yield deserialize(zstdDecompressSync(read(length, position + 4)));
      position += 4 + length;
    }
  } finally {
    closeSync(descriptor);
  }
}

async function headerOf(handle: FileHandle): Promise<{ header: SnapshotHeader; start: number }> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestHeader), 0, longestHeader, 0);
  const lineEnd = buffer.subarray(0, bytesRead).indexOf(10);
  const line = lineEnd === -1 ? '' : buffer.toString('utf8', 0, lineEnd);
  if (!line.startsWith(`${magic} `))
    throw new Error('It was written by another version, or its begin is damaged.');
  const { format, ...header } = JSON.parse(line.slice(magic.length + 1)) as SnapshotHeader & {
    format: number;
  };
  if (format > ownFormat) throw new Error('It was written by a newer version of Node.');
  return { header, start: lineEnd + 1 };
}

async function withFile<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, 'r');
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
