import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { readLz4Frames } from './lz4-frames.ts';
import { zstdFrames } from './zstd-frames.ts';

export interface OpenFile {
  /** The content, decompressed. Throws `DamagedFile` where it cannot be read on; what was readable has been given before. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** How much of the file as it lies on disk has been read. */
  bytesRead(): number;
}

/** A file whose content ends too early or cannot be decompressed. */
export class DamagedFile extends Error {}

const readBytes = 128 * 1024;
const writtenBytes = 256 * 1024;

/** Opens a file and decompresses it by what its first bytes say: gzip, Zstandard, LZ4 frames, or neither. */
export async function openFile(path: string): Promise<OpenFile> {
  const format = await formatOf(path);
  const file = createReadStream(path, { highWaterMark: readBytes });
  const raw: AsyncIterable<Uint8Array> = file;
  const chunks = {
    gzip: () => throughStream(raw, () => createGunzip({ chunkSize: writtenBytes })),
    zstd: () => throughZstd(raw),
    lz4: () => readLz4Frames(raw),
    plain: () => raw,
  }[format]();
  return {
    bytesRead: () => file.bytesRead,
    chunks: closing(chunks, () => file.destroy()),
  };
}

async function formatOf(path: string): Promise<'gzip' | 'zstd' | 'lz4' | 'plain'> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    if (bytesRead >= 2 && buffer[0] === 0x1f && buffer[1] === 0x8b) return 'gzip';
    if (bytesRead < 4) return 'plain';
    const magic = buffer.readUInt32LE(0);
    if (magic === 0xfd2fb528) return 'zstd';
    return magic === 0x184d2204 || magic >>> 4 === 0x184d2a5 ? 'lz4' : 'plain';
  } finally {
    await handle.close();
  }
}

async function* closing(chunks: AsyncIterable<Uint8Array>, close: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DamagedFile(reason, { cause });
  } finally {
    close();
  }
}

async function* throughZstd(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const frame of zstdFrames(input)) {
    yield* throughStream(frame, () => createZstdDecompress({ chunkSize: writtenBytes }));
  }
}

type Decompressor = ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>;

/**
 * Note: a stream that fails drops what it still holds, and with it valid lines before the damage. So its output is taken
 * as it is made, one written chunk at a time, and the failure comes after it.
 */
async function* throughStream(
  input: AsyncIterable<Uint8Array>,
  create: () => Decompressor,
): AsyncGenerator<Uint8Array> {
  const stream = create();
  let ready: Uint8Array[] = [];
  let failure: Error | undefined;
  let settle = () => {};
  const settled = () =>
    new Promise<void>(resolve => {
      settle = resolve;
      if (failure !== undefined) resolve();
    });
  stream.on('data', (chunk: Uint8Array) => ready.push(chunk));
  stream.on('error', (error: Error) => {
    failure = error;
    settle();
  });
  stream.on('end', () => settle());
  const take = () => {
    const taken = ready;
    ready = [];
    return taken;
  };
  try {
    let written = Promise.resolve();
    const source = input[Symbol.asyncIterator]();
    for (;;) {
      const next = await source.next().catch((error: Error) => {
        failure ??= error;
      });
      await written;
      const finished = take();
      if (next === undefined || next.done === true || failure !== undefined) {
        yield* finished;
        break;
      }
      written = settled();
      stream.write(next.value, () => settle());
      yield* finished;
    }
    if (failure !== undefined) throw failure;
    const ended = settled();
    stream.end();
    await ended;
    yield* take();
    if (failure !== undefined) throw failure;
  } finally {
    stream.destroy();
  }
}
