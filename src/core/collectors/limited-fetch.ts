import type { Clock } from '../clock.ts';
import { linkAbort } from './linked-abort.ts';

export interface HttpOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A request that takes longer fails. */
  readonly timeoutMs: number;
  /** Requests wait so that no more than this many begin within any minute. */
  readonly requestsPerMinute: number;
}

/** `fetch` with a deadline and a budget; aborted requests reject. */
export function createHttp({ clock, signal, timeoutMs, requestsPerMinute }: HttpOptions): typeof fetch {
  const starts: number[] = [];
  return async (input, init) => {
    for (;;) {
      const now = clock.now();
      while (starts.length > 0 && starts[0]! <= now - 60_000) starts.shift();
      if (starts.length < requestsPerMinute) break;
      await clock.sleep(starts[0]! + 60_000 - now, signal);
      signal.throwIfAborted();
    }
    starts.push(clock.now());
    const link = linkAbort(signal, init?.signal);
    // Note: it is released by the deadline and not by the answer, whose body may still be on its way.
    const deadline = setTimeout(
      () => link.abort(new DOMException(`No answer within ${timeoutMs} ms.`, 'TimeoutError')),
      timeoutMs,
    );
    deadline.unref();
    return fetch(input, { ...init, signal: link.signal });
  };
}
