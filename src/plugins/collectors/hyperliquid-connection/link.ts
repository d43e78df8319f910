import { WebSocket } from 'ws';
import { bareChannel } from './routes.ts';
import { createSilence } from './silence.ts';

/** What happens on one connection. */
export interface LinkEvents {
  opened(): void;
  /** Answers whether it is one of those that come all the time, from whose absence something can be told. */
  message(channel: string, data: unknown, receivedAt: number): boolean;
  /** A message that was cut off or is none of the exchange's. */
  malformed(text: string, receivedAt: number): void;
  /** Once, when it has ended for whatever reason, or could not be opened. */
  ended(reason: string): void;
}

export interface LinkOptions {
  readonly url: string;
  /** The wall clock, in ms. */
  readonly now: () => number;
  /** A clock that never leaps, in ms. */
  readonly elapsed: () => number;
  readonly openWithinMs: number;
  readonly pingEveryMs: number;
  readonly pongWithinMs: number;
  readonly longestMessageBytes: number;
  /** Told of each ping, which counts as a message that was sent. */
  readonly pinged: () => void;
}

/** One connection from its opening to its end. */
export interface Link {
  readonly isOpen: boolean;
  readonly hasEnded: boolean;
  /** On the wall clock. */
  readonly openedAt: number | undefined;
  /** On the wall clock: when the last message of any kind arrived, or when it was opened. */
  readonly lastMessageAt: number | undefined;
  /** Time since it was opened, in ms. */
  age(): number;
  readonly bytesReceived: number;
  readonly messagesReceived: number;
  /** Whether the exchange still answers, although data that should come do not. */
  readonly isMute: boolean;
  /** On the wall clock: when the last message arrived of those that come all the time, or when it was opened. */
  readonly lastDataAt: number | undefined;
  send(text: string): void;
  /** Pings when it is time to, and ends a connection that does not answer. `stalledMs` is how long this process stood still. */
  tick(stalledMs: number): void;
  /** Closes in order; what still arrives is passed on. */
  close(): void;
  /** Closes once it has answered, which proves that nothing was lost on it; ends when it does not answer. */
  closeOnceAnswered(): void;
  /** Ends at once. */
  end(reason: string): void;
}

const pingText = '{"method":"ping"}';
/** How long a closing handshake may take. */
const closeWithinMs = 2_000;
/** A connection that has been silent for this part of the time between pings, with so many messages missing, is asked for an answer. */
const probeAfter = 0.2;
const probeAtMissing = 20;
/** A connection that answers but has been silent for so many times the time between pings, with so many messages missing, is mute. */
const muteAfter = 1.2;
const muteAtMissing = 50;
/** An answer may take so many times longer while other messages arrive: it may wait behind them. */
const patienceWhileBusy = 6;

/** Opens a connection. */
export function openLink(options: LinkOptions, events: LinkEvents): Link {
  const { now, elapsed, pingEveryMs, pongWithinMs } = options;
  const socket = new WebSocket(options.url, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
    maxPayload: options.longestMessageBytes,
    handshakeTimeout: options.openWithinMs,
  });
  let openedAt: number | undefined;
  let openedElapsed = 0;
  let lastMessageAt: number | undefined;
  let lastHeard = 0;
  let lastDataAt: number | undefined;
  let bytesReceived = 0;
  let messagesReceived = 0;
  let lastPing = 0;
  let waitingSince: number | undefined;
  let hasEnded = false;
  let isMute = false;
  let isLeaving = false;
  let closing: NodeJS.Timeout | undefined;
  let silence = createSilence(0);

  function ended(reason: string): void {
    if (hasEnded) return;
    hasEnded = true;
    clearTimeout(closing);
    events.ended(reason);
  }
  function end(reason: string): void {
    // Note: `terminate` and not `close`: a peer that is gone would never answer the closing handshake.
    socket.terminate();
    ended(reason);
  }
  function ping(at: number): void {
    socket.send(pingText);
    options.pinged();
    lastPing = at;
    waitingSince ??= at;
  }
  function close(): void {
    if (hasEnded || closing !== undefined) return;
    closing = setTimeout(() => end('closed by us'), closeWithinMs);
    socket.close(1000);
  }
  function receive(raw: Buffer): void {
    const receivedAt = now();
    lastMessageAt = receivedAt;
    lastHeard = elapsed();
    bytesReceived += raw.length;
    messagesReceived += 1;
    const text = raw.toString();
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      events.malformed(text, receivedAt);
      return;
    }
    const channel = (message as { channel?: unknown } | null)?.channel;
    if (channel === 'pong') {
      waitingSince = undefined;
      if (isLeaving) close();
    } else {
      const name = typeof channel === 'string' ? channel : bareChannel(message);
      if (name === undefined) {
        events.malformed(text, receivedAt);
        return;
      }
      const data = name === channel ? (message as { data?: unknown }).data : message;
      if (events.message(name, data, receivedAt)) {
        lastDataAt = receivedAt;
        silence.heard();
      }
    }
  }

  socket.on('open', () => {
    openedAt = now();
    lastMessageAt = openedAt;
    lastDataAt = openedAt;
    openedElapsed = elapsed();
    lastHeard = openedElapsed;
    lastPing = openedElapsed;
    silence = createSilence(openedElapsed);
    events.opened();
  });
  socket.on('message', data => {
    if (!hasEnded) receive(data as Buffer);
  });
  socket.on('error', error => {
    socket.terminate();
    ended(error.message || (error as NodeJS.ErrnoException).code || 'an error without a name');
  });
  socket.on('close', (code, reason) => {
    const words = reason.toString();
    ended(`closed with code ${code}${words === '' ? '' : ` ${words}`}`);
  });

  return {
    get isOpen() {
      return !hasEnded && closing === undefined && socket.readyState === WebSocket.OPEN;
    },
    get hasEnded() {
      return hasEnded;
    },
    get openedAt() {
      return openedAt;
    },
    get lastMessageAt() {
      return lastMessageAt;
    },
    get lastDataAt() {
      return lastDataAt;
    },
    get bytesReceived() {
      return bytesReceived;
    },
    get messagesReceived() {
      return messagesReceived;
    },
    get isMute() {
      return isMute;
    },
    age: () => (openedAt === undefined ? 0 : elapsed() - openedElapsed),
    send: text => socket.send(text),
    tick(stalledMs) {
      if (openedAt === undefined || hasEnded || closing !== undefined) return;
      const at = elapsed();
      // Note: while this process stood still it could not read the answer that may have come.
      if (waitingSince !== undefined) waitingSince += stalledMs;
      lastHeard += stalledMs;
      const waited = waitingSince === undefined ? 0 : at - waitingSince;
      if (
        waited > pongWithinMs * patienceWhileBusy ||
        (waited > pongWithinMs && at - lastHeard > pongWithinMs)
      ) {
        end(`no answer to a ping within ${pongWithinMs} ms`);
        return;
      }
      const missing = silence.missing(at);
      const silentMs = at - silence.since();
      isMute = missing >= muteAtMissing && silentMs >= muteAfter * pingEveryMs && lastHeard > silence.since();
      const isProbeDue =
        missing >= probeAtMissing && Math.min(silentMs, at - lastPing) >= probeAfter * pingEveryMs;
      if (at - lastPing >= pingEveryMs || (isProbeDue && waitingSince === undefined)) ping(at);
    },
    close,
    closeOnceAnswered() {
      if (hasEnded || closing !== undefined) return;
      isLeaving = true;
      // Note: an answer that is on its way already would prove too little.
      waitingSince = undefined;
      ping(elapsed());
    },
    end,
  };
}
