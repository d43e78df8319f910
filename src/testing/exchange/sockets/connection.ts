import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { FaultKind } from '../faults/fault.ts';
import type { NormalSubscription } from './subscription-types.ts';

/** One client's socket. */
export interface Connection {
  readonly id: number;
  readonly address: string;
  readonly openedAt: number;
  readonly subscriptions: Map<string, NormalSubscription>;
  /** Sends an acknowledgement or error; does not count as traffic. */
  sendReply(frame: Buffer): void;
  /** Sends data or a pong, which keep the socket from being closed as idle. */
  sendData(frame: Buffer): void;
  /** Notes that the client has shown that it is alive. */
  touch(): void;
  readonly idleMs: number;
  /** Says and hears nothing any more, while the socket stays open. */
  freeze(): void;
  readonly isFrozen: boolean;
  /** Closes with a code and a reason. */
  close(code: number, reason: string): void;
  /** Cuts the socket off without a word. */
  cut(): void;
  /** Gathers what is sent until the turn ends into one write. */
  gather(): void;
  countFault(kind: FaultKind): void;
}

/** What has gone out over all sockets. */
export interface SocketCounts {
  framesSent: number;
  bytesSent: number;
  framesReceived: number;
  /** Sockets cut off because they did not read. */
  overflows: number;
  readonly faults: Partial<Record<FaultKind, number>>;
}

/** What may wait for a socket that does not read before it is cut off, in bytes. */
const mostWaiting = 64 * 1_024 * 1_024;

interface ConnectionOptions {
  readonly id: number;
  readonly address: string;
  readonly socket: WebSocket;
  /** What the WebSocket runs over. */
  readonly stream: Duplex;
  readonly counts: SocketCounts;
}

export function createConnection({ id, address, socket, stream, counts }: ConnectionOptions): Connection {
  const textFrame = { binary: false } as const;
  let lastTraffic = performance.now();
  let frozen = false;
  let gathering = false;

  function send(frame: Buffer): void {
    if (frozen || socket.readyState !== socket.OPEN) return;
    counts.framesSent += 1;
    counts.bytesSent += frame.length;
    socket.send(frame, textFrame);
    if (socket.bufferedAmount > mostWaiting) {
      counts.overflows += 1;
      socket.terminate();
    }
  }

  return {
    id,
    address,
    openedAt: performance.now(),
    subscriptions: new Map(),
    sendReply: send,
    sendData(frame) {
      lastTraffic = performance.now();
      send(frame);
    },
    touch() {
      lastTraffic = performance.now();
    },
    get idleMs() {
      return performance.now() - lastTraffic;
    },
    freeze() {
      frozen = true;
    },
    get isFrozen() {
      return frozen;
    },
    close: (code, reason) => socket.close(code, reason),
    cut: () => socket.terminate(),
    gather() {
      if (gathering) return;
      gathering = true;
      stream.cork();
      process.nextTick(() => {
        gathering = false;
        stream.uncork();
      });
    },
    countFault(kind) {
      counts.faults[kind] = (counts.faults[kind] ?? 0) + 1;
    },
  };
}
