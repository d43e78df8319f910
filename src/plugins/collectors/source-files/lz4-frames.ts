/*
 * A reader of LZ4 frames that holds no more than one block and its 64 KiB of history. Written from the format's
 * specifications (LZ4 Frame Format 1.6.4 and LZ4 Block Format, Yann Collet).
 */

import { byteQueue, need, readUint32 } from './byte-queue.ts';

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
      const isCompressed = (header & 0x80000000) === 0;
      if (!(await source.has(size))) {
        const rest = source.take(source.left());
        if (isCompressed)
          yield buffer.slice(
            history,
            decodeBlock(rest, buffer, history, { limit: history + largestBlock, cut: true }),
          );
        else yield rest;
        throw new Error('the data ends in the middle of a block');
      }
      const block = source.take(size);
      let end: number;
      if (isCompressed) {
        end = decodeBlock(block, buffer, history, { limit: history + largestBlock, cut: false });
      } else {
        buffer.set(block, history);
        end = history + size;
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

/** Decodes one block into `output` from `start` on and returns where it ends; of one that is cut off, what is whole. */
function decodeBlock(
  block: Uint8Array,
  output: Uint8Array,
  start: number,
  { limit, cut }: { readonly limit: number; readonly cut: boolean },
): number {
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
    if (from + literals > length && cut) return to;
    if (from + literals > length || to + literals > limit) throw new Error('an LZ4 block is damaged');
    if (literals > 32) output.set(block.subarray(from, from + literals), to);
    else for (let index = 0; index < literals; index++) output[to + index] = block[from + index] as number;
    from += literals;
    to += literals;
    if (from === length) return to;
    if (from + 2 >= length && cut) return to;
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
