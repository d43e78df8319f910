/** A signal that follows others until it is released. */
export interface LinkedAbort {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
  /** Follows nobody any more; what came first stays. */
  release(): void;
}

/**
 * Note: instead of `AbortSignal.any`, which keeps a kilobyte for each signal that somebody listened to for as long as a source
 * lives (Node 24): a collector that asks ten times a second would grow by 40 MB an hour.
 */
export function linkAbort(...sources: readonly (AbortSignal | null | undefined)[]): LinkedAbort {
  const controller = new AbortController();
  const followed = sources.filter(source => source !== null && source !== undefined);
  const onAbort = (event: Event): void => abort((event.target as AbortSignal).reason);
  const release = (): void => {
    for (const source of followed) source.removeEventListener('abort', onAbort);
  };
  function abort(reason?: unknown): void {
    release();
    controller.abort(reason);
  }
  for (const source of followed) {
    if (source.aborted) {
      abort(source.reason);
      break;
    }
    source.addEventListener('abort', onAbort, { once: true });
  }
  return { signal: controller.signal, abort, release };
}
