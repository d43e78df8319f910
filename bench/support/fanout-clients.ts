/*
 * The subscribers of bench/fanout.ts, in a process of their own, so that reading does not count as writing. They take WebSocket
 * frames apart just enough to count them.
 */
import { connect, type Socket } from 'node:net';

interface Order {
  readonly name: string;
  readonly port: number;
  readonly count: number;
  /** The first is sent after the upgrade, each other after an answer. */
  readonly messages: readonly string[];
  /** Frames that come before the measured ones. */
  readonly greetings: number;
}

const groups = new Map<string, { received: number; target: number; sockets: Socket[] }>();

process.on('message', async (order: Order | { expect: string; frames: number } | { close: string }) => {
  if ('close' in order) {
    for (const socket of groups.get(order.close)!.sockets) socket.destroy();
    groups.delete(order.close);
    return;
  }
  if ('expect' in order) {
    const group = groups.get(order.expect)!;
    group.target = order.frames;
    check(order.expect);
    return;
  }
  const group = {
    received: -order.greetings * order.count,
    target: Number.POSITIVE_INFINITY,
    sockets: [] as Socket[],
  };
  groups.set(order.name, group);
  for (let begin = 0; begin < order.count; begin += 100) {
    const some = Array.from({ length: Math.min(100, order.count - begin) }, () => open(order));
    group.sockets.push(...(await Promise.all(some)));
  }
  group.target = 0;
  check(order.name);
});
process.once('disconnect', () => process.exit());

function check(name: string): void {
  const group = groups.get(name)!;
  if (group.received < group.target) return;
  group.received -= group.target;
  group.target = Number.POSITIVE_INFINITY;
  process.send?.(name);
}

function open({ name, port, messages }: Order): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.write(
      `GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n' +
        'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    const waiting = [...messages];
    let upgraded = false;
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', chunk => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      if (!upgraded) {
        const end = rest.indexOf('\r\n\r\n');
        if (end < 0) return;
        upgraded = true;
        rest = rest.subarray(end + 4);
        if (waiting.length > 0) socket.write(frame(waiting.shift()!));
        if (waiting.length === 0) resolve(socket);
      }
      const group = groups.get(name)!;
      let counted = 0;
      for (;;) {
        const length = lengthOf(rest);
        if (length === undefined || rest.length < length) break;
        const opcode = rest[0]! & 0x0f;
        if (opcode === 1) counted += 1;
        // Note: who does not answer a ping is taken for dead.
        if (opcode === 9) socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
        rest = rest.subarray(length);
      }
      if (counted === 0) return;
      if (waiting.length > 0) {
        socket.write(frame(waiting.shift()!));
        if (waiting.length === 0) resolve(socket);
      }
      group.received += counted;
      check(name);
    });
  });
}

/** The length of the frame that a buffer begins with, its head included. */
function lengthOf(buffer: Buffer): number | undefined {
  if (buffer.length < 2) return undefined;
  const short = buffer[1]! & 0x7f;
  if (short < 126) return 2 + short;
  if (short === 126) return buffer.length < 4 ? undefined : 4 + buffer.readUInt16BE(2);
  return buffer.length < 10 ? undefined : 10 + Number(buffer.readBigUInt64BE(2));
}

/** A masked text frame; the mask is zero. */
function frame(message: string): Buffer {
  const payload = Buffer.from(message);
  const head =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}
