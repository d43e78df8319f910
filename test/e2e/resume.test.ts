import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type App, createApp } from '../../src/core/app.ts';
import type { FeedStream } from '../../src/schema/graphql/index.ts';
import { type TestDatabase, testDatabases } from '../support/postgres.ts';
import { address, alertRow, asOf, insert, leaderboardRow, positionEvent } from './platform.ts';

/*
 * Every subscription over both transports, left and taken up again behind its last cursor: after a reconnect, and after the
 * application was stopped and another one was started on the same database and tape. Items are numbered by what is written.
 */

interface Stream {
  readonly field: string;
  readonly feed: FeedStream;
  readonly number: string;
  readonly write: (app: App, seq: number) => Promise<void>;
}

const at = (seq: number) => ({ seq, index: 0, tsEvent: asOf + seq, tsIngest: asOf + seq, run: 'run-1' });
const streams: readonly Stream[] = [
  {
    ...{ field: 'positionChanged', feed: 'positionEvents', number: 'seq' },
    write: ({ store }, seq) => insert(store, 'positionEvents', [positionEvent(seq)]),
  },
  {
    ...{ field: 'signalEmitted', feed: 'signals', number: 'seq' },
    write: ({ store }, seq) =>
      insert(store, 'signals', [
        {
          ...{ ...at(seq), plugin: 'smart-money-bias', ref: 'smart-money.bias', version: 1 },
          ...{ key: 'BTC', coin: 'BTC', trader: null, row: {}, trace: {} },
        },
      ]),
  },
  {
    ...{ field: 'alertRaised', feed: 'alerts', number: 'seq' },
    write: ({ store }, seq) => insert(store, 'alerts', [alertRow(seq)]),
  },
  {
    ...{ field: 'walletClassified', feed: 'categories', number: 'seq' },
    write: ({ store }, seq) =>
      insert(store, 'categoryEvents', [
        {
          ...{
            ...at(seq),
            ref: 'wallet.categories',
            version: 1,
            key: address(1),
            plugin: 'wallet-categories',
          },
          row: { primary: null, categories: [] },
        },
      ]),
  },
  {
    ...{ field: 'pluginFault', feed: 'faults', number: 'seq' },
    write: ({ store }, seq) =>
      insert(store, 'faults', [
        {
          ...{ seq, index: 0, tsIngest: asOf + seq, plugin: 'whale-alert', handler: 'evaluate' },
          ...{ code: 'PLUGIN_THREW', message: 'no', run: 'run-1' },
        },
      ]),
  },
  {
    ...{ field: 'leaderboardUpdated', feed: 'leaderboard', number: 'asOf' },
    async write({ store, feed }, seq) {
      await store.query('delete from "leaderboard"');
      await insert(store, 'leaderboard', [leaderboardRow(1, { asOf: asOf + seq })]);
      feed.publishLeaderboard(asOf + seq);
    },
  },
];
const transports = ['graphql-ws', 'server-sent events'] as const;

interface Delivered {
  readonly cursor: string;
  readonly number: number;
}

interface Follower {
  readonly items: Delivered[];
  stop(): Promise<void>;
}

interface Request {
  readonly query: string;
  readonly variables: { readonly after: string | undefined };
}

function overWebsocket(url: string, request: Request, take: (data: unknown) => void): () => Promise<void> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    ...{ webSocketImpl: WebSocket, retryAttempts: 0 },
  });
  client.subscribe(request, {
    next: ({ data, errors }) => take(errors ?? data),
    error: take,
    complete: () => undefined,
  });
  return async () => client.dispose();
}

function overEvents(url: string, request: Request, take: (data: unknown) => void): () => Promise<void> {
  const stop = new AbortController();
  const read = async () => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify(request),
      signal: stop.signal,
    });
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const data = /^event: next\ndata: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) take(JSON.parse(data).data ?? data);
      }
    }
  };
  const ended = read().catch(() => undefined);
  return async () => {
    stop.abort();
    await ended;
  };
}

describe.each(testDatabases())('a subscription on $name', ({ create }) => {
  let database: TestDatabase;
  let folder: string;
  let app: App;
  let url: string;
  let written = 0;
  /** What each received in each round. */
  const received = new Map<string, Delivered[][]>();
  /** The newest number that was written before each round. */
  const before: number[] = [];

  async function start(): Promise<void> {
    app = await createApp({
      ...{ database: database.url, tape: path.join(folder, 'tape') },
      config: { server: { port: 0 }, log: { level: 'error' } },
    });
    await app.start();
    ({ url } = await app.listen());
  }

  async function write(count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      written += 1;
      for (const stream of streams) await stream.write(app, written);
    }
    app.feed.wake();
  }

  function follow({ field, number }: Stream, transport: string, after: string | undefined): Follower {
    const items: Delivered[] = [];
    const take = (data: unknown): void => {
      const found = (data as Record<string, { cursor: string; item: Record<string, number> }>)[field];
      if (found === undefined) throw new Error(`${field} answered ${JSON.stringify(data)}`);
      const value = found.item[number]!;
      items.push({ cursor: found.cursor, number: number === 'asOf' ? value - asOf : value });
    };
    const query = `subscription ($after: String) { ${field}(after: $after) { cursor item { ${number} } } }`;
    const request: Request = { query, variables: { after } };
    const stop =
      transport === 'graphql-ws' ? overWebsocket(url, request, take) : overEvents(url, request, take);
    return { items, stop };
  }

  /** All take up where they were, while rows are written, and leave when they have the newest. */
  async function round(): Promise<void> {
    before.push(written);
    const followers = streams.flatMap(stream =>
      transports.map(transport => {
        const key = `${stream.field} ${transport}`;
        const rounds = received.get(key) ?? [];
        const follower = follow(stream, transport, rounds.at(-1)?.at(-1)?.cursor);
        received.set(key, [...rounds, follower.items]);
        return follower;
      }),
    );
    // In later rounds rows are written while they catch up.
    if (before.length > 1) await write(2);
    while (streams.some(({ feed }) => app.feed.subscribers()[feed] < transports.length)) await wait(10);
    await wait(200);
    await write(3);
    while (followers.some(({ items }) => items.at(-1)?.number !== written)) await wait(10);
    await wait(200);
    for (const follower of followers) await follower.stop();
    while (Object.values(app.feed.subscribers()).some(count => count > 0)) await wait(10);
  }

  beforeAll(async () => {
    database = await create();
    folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-resume-'));
    await start();
    await round();
    await write(4);
    await round();
    await write(5);
    await app.stop();
    await start();
    await round();
  });
  afterAll(async () => {
    await app?.stop();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const events = streams.filter(({ feed }) => feed !== 'leaderboard').map(({ field }) => field);
  const each = events.flatMap(field => transports.map(transport => [field, transport] as const));
  it.each(each)(
    '%s over %s loses and repeats nothing across a reconnect and a restart',
    (field, transport) => {
      const rounds = received.get(`${field} ${transport}`)!;
      // 3 at first; 4 while away, 2 while it catches up, 3 after; 5 before the restart, and 2 and 3 again.
      expect(rounds.map(({ length }) => length)).toEqual([3, 9, 10]);
      expect(rounds.flat().map(({ number }) => number)).toEqual(Array.from({ length: 22 }, (_, n) => n + 1));
    },
  );

  it.each(transports)(
    'leaderboardUpdated over %s gives the newest state once, and none twice, across both',
    transport => {
      const rounds = received.get(`leaderboardUpdated ${transport}`)!;
      const numbers = rounds.flat().map(({ number }) => number);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      for (const [place, items] of rounds.entries()) {
        expect(items[0]!.number).toBeGreaterThanOrEqual(before[place]!);
        expect(items.at(-1)!.number).toBe([3, 12, 22][place]);
      }
    },
  );
});
