export interface BackOff {
  /** Wait before the first retry, in ms. */
  readonly firstMs: number;
  /** The longest wait, in ms. */
  readonly longestMs: number;
}

/**
 * The wait before a retry, in ms: doubled each time and spread over its upper half, so that many clients of a server that comes
 * back do not return at once.
 *
 * @param attempt 1 for the first retry
 * @param random uniform in [0, 1)
 */
export function backOffMs(attempt: number, { firstMs, longestMs }: BackOff, random: () => number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full * (0.5 + random() / 2));
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/**
 * Whether the same act may succeed later: our own `RetryableError`, an error of the network or a timeout, or any error that a
 * plugin has given a `retryable` property that is true.
 */
export function isRetryable(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const { name, code, kind, retryable } = cause as Error & Record<string, unknown>;
    if (retryable === true || kind === 'retryable' || name === 'RetryableError' || name === 'TimeoutError') {
      return true;
    }
    if (typeof code === 'string' && networkCodes.has(code)) return true;
  }
  return false;
}
