/*
 * A reader of LZ4 frames that holds no more than one block and its 64 KiB of history. Written from the format's
 * specifications (LZ4 Frame Format 1.6.4 and LZ4 Block Format, Yann Collet).
 */

const frameMagic = 0x184d2204;
const historyBytes = 65_536;

/** Decodes LZ4 frames, one after another, skippable frames left out. Checksums are not compared. */
export async function* readLz4Frames(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = byteQueue(input);
  while (await source.has(4)) {
    const magic = readUint32(source.take(4));
    if (magic >>> 4 === 0x184d2a5) {
      await need(source, 4, 'a skippable frame');
      await source.skip(readUint32(source.take(4)));
      continue;
    }
    if (magic !== frameMagic) throw new Error('the data is not an LZ4 frame');
    await need(source, 3, 'the frame header');
    const flags = source.take(1)[0] ?? 0;
    const blockDescriptor = source.take(1)[0] ?? 0;
    if (flags >>> 6 !== 1) throw new Error('the LZ4 frame has an unknown version');
    const blockChecksum = (flags & 0x10) !== 0;
    const rest = ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1;
    await need(source, rest, 'the frame header');
    source.take(rest);
    const largestBlock = 1 << (8 + 2 * ((blockDescriptor >>> 4) & 7));
    // Note: history and output share one buffer, so that a match may reach back into the block before.
    const buffer = new Uint8Array(historyBytes + largestBlock);
    let history = 0;
    for (;;) {
      await need(source, 4, 'a block');
      const header = readUint32(source.take(4));
      if (header === 0) break;
      const size = header & 0x7fffffff;
      if (size > largestBlock) throw new Error('an LZ4 block is larger than its frame allows');
      await need(source, size, 'a block');
      const block = source.take(size);
      let end: number;
      if ((header & 0x80000000) !== 0) {
        buffer.set(block, history);
        end = history + size;
      } else {
        end = decodeBlock(block, buffer, history, history + largestBlock);
      }
      if (blockChecksum) {
        await need(source, 4, 'a block checksum');
        source.take(4);
      }
      yield buffer.slice(history, end);
      const keep = Math.min(end, historyBytes);
      buffer.copyWithin(0, end - keep, end);
      history = keep;
    }
    if ((flags & 0x04) !== 0) {
      await need(source, 4, 'the content checksum');
      source.take(4);
    }
  }
  if (source.left() > 0) throw new Error('the data ends in the middle of an LZ4 frame');
}

/** Decodes one block into `output` from `start` on and returns where it ends. */
function decodeBlock(block: Uint8Array, output: Uint8Array, start: number, limit: number): number {
  let from = 0;
  let to = start;
  const { length } = block;
  while (from < length) {
    const token = block[from++] as number;
    let literals = token >>> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255 && from < length) {
        more = block[from++] as number;
        literals += more;
      }
    }
    if (from + literals > length || to + literals > limit) throw new Error('an LZ4 block is damaged');
    if (literals > 32) output.set(block.subarray(from, from + literals), to);
    else for (let index = 0; index < literals; index++) output[to + index] = block[from + index] as number;
    from += literals;
    to += literals;
    if (from === length) return to;
    const distance = (block[from] as number) | ((block[from + 1] ?? 0) << 8);
    from += 2;
    let matched = (token & 15) + 4;
    if (matched === 19) {
      let more = 255;
      while (more === 255 && from < length) {
        more = block[from++] as number;
        matched += more;
      }
    }
    if (distance === 0 || distance > to || to + matched > limit) throw new Error('an LZ4 block is damaged');
    if (distance >= matched && matched > 32) output.copyWithin(to, to - distance, to - distance + matched);
    else
      for (let index = 0; index < matched; index++)
        output[to + index] = output[to - distance + index] as number;
    to += matched;
  }
  return to;
}

interface ByteQueue {
  has(bytes: number): Promise<boolean>;
  /** Only after `has` said yes. */
  take(bytes: number): Uint8Array;
  skip(bytes: number): Promise<void>;
  left(): number;
}

function byteQueue(input: AsyncIterable<Uint8Array>): ByteQueue {
  const iterator = input[Symbol.asyncIterator]();
  let buffer: Uint8Array = new Uint8Array(0);
  let at = 0;
  const queue: ByteQueue = {
    async has(bytes) {
      const parts: Uint8Array[] = [];
      let missing = bytes - (buffer.length - at);
      while (missing > 0) {
        const next = await iterator.next();
        if (next.done === true) break;
        parts.push(next.value);
        missing -= next.value.length;
      }
      if (parts.length > 0) {
        buffer = Buffer.concat([buffer.subarray(at), ...parts]);
        at = 0;
      }
      return missing <= 0;
    },
    take(bytes) {
      at += bytes;
      return buffer.subarray(at - bytes, at);
    },
    async skip(bytes) {
      for (let missing = bytes; missing > 0; ) {
        const step = Math.min(missing, 65_536);
        await need(queue, step, 'a skippable frame');
        queue.take(step);
        missing -= step;
      }
    },
    left: () => buffer.length - at,
  };
  return queue;
}

async function need(source: ByteQueue, bytes: number, what: string): Promise<void> {
  if (!(await source.has(bytes))) throw new Error(`the data ends in the middle of ${what}`);
}

function readUint32(bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}
