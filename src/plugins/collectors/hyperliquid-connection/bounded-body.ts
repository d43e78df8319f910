import { InfoError } from './info-error.ts';

/** Reads a body as text, up to a size. */
export async function boundedText(response: Response, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of bodyChunks(response)) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      throw new InfoError('malformed', `An answer of ${new URL(response.url).host} is too long.`, {
        expected: `at most ${mostBytes} bytes`,
        found: 'more',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes).toString('utf8');
}

/** The pieces of a body as they arrive; what is not read any more is not received either. */
export async function* bodyChunks(response: Response): AsyncGenerator<Uint8Array, void> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
