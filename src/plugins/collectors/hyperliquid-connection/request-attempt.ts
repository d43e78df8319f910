import { boundedText } from './bounded-body.ts';
import type { ConnectionContext } from './connection-context.ts';

/** How one attempt at a request ended. */
export type Outcome =
  | { readonly kind: 'answer'; readonly value: unknown }
  /** The server wants fewer requests. */
  | { readonly kind: 'too-many'; readonly retryAfterMs: number | undefined }
  /** It will never be accepted. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It failed, but may not do so again. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly status: number | undefined;
      readonly isNull: boolean;
    };

export interface AttemptOptions {
  readonly url: string;
  readonly body: string;
  readonly timeoutMs: number;
  readonly mostBytes: number;
  readonly signals: readonly AbortSignal[];
}

/**
 * Posts a request once. Never throws for what the server or the network does.
 *
 * @throws the reason of a signal that ended it, and InfoError for an answer that is too long
 */
export async function attemptRequest(
  ctx: Pick<ConnectionContext, 'http' | 'now'>,
  { url, body, timeoutMs, mostBytes, signals }: AttemptOptions,
): Promise<Outcome> {
  for (const signal of signals) signal.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, timeoutMs);
  for (const signal of signals) signal.addEventListener('abort', stop, { once: true });
  let status: number | undefined;
  try {
    const response = await ctx.http(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      // Note: a redirected POST would become a GET, and the exchange redirects nothing.
      redirect: 'error',
      signal: controller.signal,
    });
    status = response.status;
    if (status === 429 || status === 403) {
      await response.body?.cancel();
      return { kind: 'too-many', retryAfterMs: retryAfter(response.headers.get('retry-after'), ctx.now) };
    }
    const text = await boundedText(response, mostBytes);
    if (status >= 500 || status === 408) {
      return { kind: 'failed', reason: `status ${status}`, status, isNull: text.trim() === 'null' };
    }
    if (!response.ok) return { kind: 'refused', reason: `status ${status}` };
    return { kind: 'answer', value: JSON.parse(text) };
  } catch (error) {
    for (const signal of signals) signal.throwIfAborted();
    if (isLate) return failure(`no answer within ${timeoutMs} ms`, status);
    if (error instanceof SyntaxError) return failure('the answer was cut off or is no JSON', status);
    if (isNetworkError(error)) return failure(words(error), status);
    throw error;
  } finally {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener('abort', stop);
  }
}

const failure = (reason: string, status: number | undefined): Outcome => ({
  kind: 'failed',
  reason,
  status,
  isNull: false,
});

/** `fetch` throws a `TypeError` for all that the network does, and its deadline a `TimeoutError`. */
export function isNetworkError(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error instanceof TypeError || error.name === 'TimeoutError' || error.name === 'AbortError')
  );
}

/** What went wrong, by the innermost cause. */
export function words(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}

/** The shortest and the longest wait that a server may ask for, in ms. */
const waits = { shortest: 1_000, longest: 3_600_000 };

/** Reads a `Retry-After`: seconds, or a date. In ms, within reason. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  if (Number.isNaN(ms)) return undefined;
  return Math.round(Math.min(waits.longest, Math.max(waits.shortest, ms)));
}
