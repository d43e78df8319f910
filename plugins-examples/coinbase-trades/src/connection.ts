/** What one connection to the feed needs. */
export interface ConnectionOptions {
  readonly url: string;
  /** What is said first. */
  readonly hello: string;
  /** A connection on which nothing is heard for so long has ended. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Told of each frame, in order. An error ends the connection and is passed on. */
  readonly onFrame: (text: string) => void;
}

/** Keeps one connection until it ends and resolves to the reason. */
export function runConnection(options: ConnectionOptions): Promise<string> {
  const { url, hello, silenceMs, signal, now, onFrame } = options;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  if (signal.aborted) return Promise.resolve('it was stopped');
  const socket = new WebSocket(url);
  let heardAt = now();
  let hasEnded = false;
  const end = (settle: () => void): void => {
    if (hasEnded) return;
    hasEnded = true;
    clearInterval(watch);
    signal.removeEventListener('abort', onAbort);
    // Note: a peer that is gone never answers the farewell; nobody waits for it here.
    socket.close();
    settle();
  };
  const onAbort = () => end(() => resolve('it was stopped'));
  signal.addEventListener('abort', onAbort, { once: true });
  const watch = setInterval(
    () => {
      if (now() - heardAt >= silenceMs) end(() => resolve(`nothing was heard for ${silenceMs} ms`));
    },
    Math.ceil(silenceMs / 4),
  );
  socket.addEventListener('open', () => {
    heardAt = now();
    if (!hasEnded) socket.send(hello);
  });
  socket.addEventListener('message', ({ data }) => {
    if (hasEnded) return;
    heardAt = now();
    try {
      onFrame(String(data));
    } catch (error) {
      end(() => reject(error));
    }
  });
  socket.addEventListener('error', () => end(() => resolve(`no connection to ${url}`)));
  socket.addEventListener('close', ({ code }) =>
    end(() => resolve(`the server closed the connection (${code})`)),
  );
  return promise;
}
