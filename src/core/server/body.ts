import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { limitError } from './limits.ts';

/** What a body parser that ran ahead has left on the request: its text or its value. */
export function parsedBody(request: IncomingMessage): unknown {
  const { body } = request as { body?: unknown };
  return body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : (body ?? undefined);
}

/** True when somebody else has read the body: no more of it will come. */
export function isConsumed(request: IncomingMessage): boolean {
  return request.readableEnded || request.destroyed;
}

export function consumedError(): GraphQLError {
  return new GraphQLError(
    "Expected the request's body, found that something ahead of this handler has read it and left no `request.body`. " +
      'Mount the handler ahead of body parsers, or set `request.body` to what they have read.',
    { extensions: { code: 'BODY_CONSUMED' } },
  );
}

/**
 * The body's text, or the value that a framework has parsed it to.
 *
 * @throws GraphQLError `LIMIT_EXCEEDED`, or `BODY_CONSUMED` at once where waiting for it would be waiting for ever.
 */
export async function readBody(request: IncomingMessage, most: number): Promise<unknown> {
  const told = Number(request.headers['content-length'] ?? 0);
  if (told > most) throw tooLarge(most, told);
  const parsed = parsedBody(request);
  if (parsed !== undefined) return parsed;
  if (isConsumed(request)) throw consumedError();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > most) {
        request.pause();
        request.removeAllListeners('data');
        reject(tooLarge(most, bytes));
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () =>
      resolve(chunks.length === 1 ? chunks[0]!.toString('utf8') : Buffer.concat(chunks).toString('utf8')),
    );
    request.on('error', reject);
  });
}

function tooLarge(most: number, found: number): GraphQLError {
  return limitError('body bytes', most, found, 'Send large values in several requests.');
}
