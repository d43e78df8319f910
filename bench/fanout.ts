/*
 * What it costs to send an event to many graphql-ws subscribers: shared execution, from the committed row to the socket, against a
 * broadcast of the same bytes by bare ws. Both happen in turns in one process; the subscribers are in another. And what a subscriber
 * that does not read costs the others.
 *
 * BENCH_QUICK=1 takes 2,500 subscribers instead of 5,000.
 */

import { type ChildProcess, fork } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { createFeed } from '../src/core/feed.ts';
import { createServer } from '../src/core/server/server.ts';
import { openStore } from '../src/core/store/store.ts';
import { buildSchema } from '../src/schema/graphql/index.ts';
import { standardRefs } from '../src/schema/graphql/print.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { bytesInUse, isQuick, report } from './support/report.ts';
import { bareServices } from './support/services.ts';

process.env.NODE_ENV = 'production';
const subscribers = isQuick ? 2_500 : 5_000;
const turns = isQuick ? 5 : 21;
/** Events of one turn. */
const events = 10;

const query =
  'subscription { positionChanged { cursor item { seq index address coin action sizeBefore sizeAfter price notionalUsd } } }';

const postgres = await startPostgres();
const store = await openStore({ url: postgres.url });
const feed = createFeed({ store });
const services = bareServices(store, feed);
const server = createServer({
  ...{ schema: buildSchema({ refs: standardRefs }), services, port: 0 },
  limits: { connections: 50_000 },
});
const { port } = await server.start();

const bare = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
  handleProtocols: () => 'graphql-transport-ws',
});
await new Promise(resolve => bare.once('listening', resolve));

let seq = 0;
async function commit(count: number): Promise<void> {
  await store.query(
    `insert into position_events (seq, index, ts_event, ts_ingest, address, coin, action, size_before, size_after, price,
       notional_usd, source, latency_ms)
     select n, 0, n, n, '0x' || lpad('1', 40, '0'), 'BTC', 'INCREASE', 1.5, 2, 50000, 25000, 'trade', 5
     from generate_series($1::int, $2::int) n`,
    [seq + 1, seq + count],
  );
  seq += count;
}

let child: ChildProcess | undefined;
const told = (name: string) =>
  new Promise<void>(resolve => {
    const listener = (message: unknown) => {
      if (message !== name) return;
      child!.off('message', listener);
      resolve();
    };
    child!.on('message', listener);
  });

interface Turn {
  readonly rate: number;
  readonly cpu: number;
}

/** Frames per second, and processor time of this process for each in microseconds. */
async function turnOf(name: string, send: () => void, frames = subscribers * events): Promise<Turn> {
  const all = told(name);
  child!.send({ expect: name, frames });
  const before = process.cpuUsage();
  const begin = performance.now();
  send();
  await all;
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { rate: frames / seconds, cpu: (user + system) / frames };
}

/** What one event is as bytes on the wire. */
async function frameText(): Promise<string> {
  const { WebSocket: Client } = await import('ws');
  const client = new Client(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  await new Promise(resolve => client.once('open', resolve));
  const next = () => new Promise<string>(resolve => client.once('message', data => resolve(String(data))));
  client.send('{"type":"connection_init"}');
  await next();
  client.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  while (feed.subscribers().positionEvents === 0) await new Promise(resolve => setTimeout(resolve, 5));
  await new Promise(resolve => setTimeout(resolve, 200));
  const text = next();
  await commit(1);
  feed.wake();
  const found = await text;
  client.terminate();
  return found;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function compare(bytes: Buffer): Promise<void> {
  child = fork(new URL('./support/fanout-clients.ts', import.meta.url), []);
  const subscribe = JSON.stringify({ id: '1', type: 'subscribe', payload: { query } });
  const opened = told('shared');
  child.send({
    ...{ name: 'shared', port, count: subscribers, greetings: 1 },
    messages: ['{"type":"connection_init"}', subscribe],
  });
  await opened;
  const openedBare = told('bare');
  const { port: barePort } = bare.address() as AddressInfo;
  child.send({ name: 'bare', port: barePort, count: subscribers, messages: [], greetings: 0 });
  await openedBare;
  await new Promise(resolve => setTimeout(resolve, 1_000));

  const shared = async () => {
    await commit(events);
    return turnOf('shared', () => feed.wake());
  };
  const broadcast = () =>
    turnOf('bare', () => {
      for (let event = 0; event < events; event++) {
        for (const client of bare.clients) client.send(bytes, { binary: false });
      }
    });
  for (let turn = 0; turn < 3; turn++) {
    await shared();
    await broadcast();
  }
  const pairs: { shared: Turn; bare: Turn }[] = [];
  for (let turn = 0; turn < turns; turn++) {
    if (turn % 2 === 0) pairs.push({ shared: await shared(), bare: await broadcast() });
    else {
      const first = await broadcast();
      pairs.push({ shared: await shared(), bare: first });
    }
  }
  const ratio = median(pairs.map(pair => pair.shared.rate / pair.bare.rate));
  const cpu = median(pairs.map(pair => pair.shared.cpu / pair.bare.cpu));
  const rate = Math.round(median(pairs.map(pair => pair.shared.rate)));
  report(
    'fanout-shared-execution',
    `${ratio.toFixed(2)} of a bare ws broadcast to ${subscribers} (${rate} messages/s; at least 0.9 is asked), ` +
      `${cpu.toFixed(2)} times its processor time (at most 1.2 is asked)`,
    { ratio, cpu, rate, subscribers, bytes: bytes.length, met: ratio >= 0.9 && cpu <= 1.2 },
  );
}

/** One subscriber that does not read: what it holds, and what the others notice. */
async function stalled(): Promise<void> {
  const others = 50;
  const burst = 200;
  child!.send({ close: 'shared' });
  child!.send({ close: 'bare' });
  while (server.statistics().connections > 0) await new Promise(resolve => setTimeout(resolve, 20));
  const opened = told('others');
  const subscribe = JSON.stringify({ id: '1', type: 'subscribe', payload: { query } });
  const messages = ['{"type":"connection_init"}', subscribe];
  child!.send({ name: 'others', port, count: others, greetings: 1, messages });
  await opened;
  await new Promise(resolve => setTimeout(resolve, 500));
  const oneBurst = async (): Promise<number> => {
    await commit(burst);
    return (await turnOf('others', () => feed.wake(), others * burst)).rate;
  };
  const rates = async () => {
    const all: number[] = [];
    for (let turn = 0; turn < 9; turn++) all.push(await oneBurst());
    return median(all);
  };
  await rates();
  const before = await rates();

  const { WebSocket: Client } = await import('ws');
  const client: WebSocket = new Client(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  await new Promise(resolve => client.once('open', resolve));
  client.send('{"type":"connection_init"}');
  await new Promise(resolve => client.once('message', resolve));
  // Long frames, so that the machine's own buffers are full soon.
  const long = Array.from({ length: 28 }, (_, n) => `a${n}: address`).join(' ');
  const text = `subscription { positionChanged { cursor item { ${long} } } }`;
  client.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: text } }));
  while (server.statistics().sharedSubscriptions < 2) await new Promise(resolve => setTimeout(resolve, 5));
  (client as unknown as { _socket: { pause(): void } })._socket.pause();
  const memory = bytesInUse();
  const during: number[] = [];
  while (server.statistics().slowClosed === 0) during.push(await oneBurst());
  const held = bytesInUse() - memory;
  const most = server.statistics().mostBufferedBytes;
  client.terminate();
  const ratio = median(during) / before;
  report(
    'fanout-stalled-subscriber',
    `had at most ${Math.round(most / 1000)} kB waiting before it was closed with its last cursor (at most 1 MB is asked); ` +
      `the others went on at ${ratio.toFixed(2)} of their rate, which pays for its execution, too`,
    { mostBufferedBytes: most, heapBytes: held, ratio, met: most <= 1_000_000 },
  );
}

try {
  const bytes = Buffer.from(await frameText());
  await compare(bytes);
  await stalled();
} finally {
  child?.disconnect();
  bare.close();
  for (const client of bare.clients) client.terminate();
  await server.stop();
  feed.close();
  await store.close();
  await postgres.stop();
}
