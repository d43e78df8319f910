import { byteQueue, need, readUint32 } from './byte-queue.ts';

const frameMagic = 0xfd2fb528;

/**
 * Cuts Zstandard data into its frames, without decompressing it: programs that append to a file write one after another, and
 * Node's decompressor takes only the first. Each frame is given in pieces. Written from RFC 8878, section 3.1.
 */
export async function* zstdFrames(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const source = byteQueue(input);
  while (await source.has(4)) {
    const start = source.take(4);
    const magic = readUint32(start);
    if (magic >>> 4 === 0x184d2a5) {
      await need(source, 4, 'a skippable frame');
      await source.skip(readUint32(source.take(4)));
      continue;
    }
    if (magic !== frameMagic) throw new Error('the data is not a Zstandard frame');
    yield frameParts(source, start);
  }
  if (source.left() > 0) throw new Error('the data ends in the middle of a Zstandard frame');
}

async function* frameParts(
  source: ReturnType<typeof byteQueue>,
  start: Uint8Array,
): AsyncGenerator<Uint8Array> {
  // Note: a part is a view that the next read may move away from, so it is copied.
  yield start.slice();
  await need(source, 1, 'the frame header');
  const descriptor = source.take(1).slice();
  yield descriptor;
  const flags = descriptor[0] ?? 0;
  const isSingleSegment = (flags & 0x20) !== 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >>> 6] ?? 0;
  const dictionaryId = [0, 1, 2, 4][flags & 3] ?? 0;
  const rest = (isSingleSegment ? 0 : 1) + dictionaryId + contentSize;
  await need(source, rest, 'the frame header');
  yield source.take(rest).slice();
  for (let isLast = false; !isLast; ) {
    await need(source, 3, 'a block');
    const header = source.take(3).slice();
    yield header;
    const [low = 0, middle = 0, high = 0] = header;
    const bits = low | (middle << 8) | (high << 16);
    isLast = (bits & 1) === 1;
    const isRepeatedByte = ((bits >>> 1) & 3) === 1;
    const size = isRepeatedByte ? 1 : bits >>> 3;
    if (!(await source.has(size))) {
      yield source.take(source.left()).slice();
      throw new Error('the data ends in the middle of a block');
    }
    yield source.take(size).slice();
  }
  if ((flags & 4) !== 0) {
    await need(source, 4, 'the checksum');
    yield source.take(4).slice();
  }
}
