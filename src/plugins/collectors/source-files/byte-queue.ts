/** Bytes that arrive in pieces, taken in whatever lengths are wanted. */
export interface ByteQueue {
  /** Whether so many bytes are there, after waiting for them. */
  has(bytes: number): Promise<boolean>;
  /** Only after `has` said yes. */
  take(bytes: number): Uint8Array;
  skip(bytes: number): Promise<void>;
  left(): number;
}

export function byteQueue(input: AsyncIterable<Uint8Array>): ByteQueue {
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

/** Throws unless so many bytes are there. */
export async function need(source: ByteQueue, bytes: number, what: string): Promise<void> {
  if (!(await source.has(bytes))) throw new Error(`the data ends in the middle of ${what}`);
}

/** The little-endian number in the first four bytes. */
export function readUint32(bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}
