import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { configSchema } from '../../src/core/config.ts';
import { defaultPort, type Health } from '../../src/core/server/options.ts';
import { createServer } from '../../src/core/server/server.ts';
import {
  type Answered,
  address,
  alertRow,
  ask,
  insert,
  type Platform,
  positionEvent,
  startPlatform,
} from './platform.ts';

const clear = 'mutation { clearLeaderboardCache { __typename ... on Failure { code found } } }';
const cleared = { clearLeaderboardCache: { __typename: 'LeaderboardCacheCleared' } };

/** Reads server-sent events until there are as many, then lets go. */
async function readEvents(url: string, count: number, init: RequestInit = {}): Promise<Answered[]> {
  const stop = new AbortController();
  const response = await fetch(url, {
    ...init,
    signal: stop.signal,
    headers: { accept: 'text/event-stream', ...init.headers },
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const events: Answered[] = [];
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (/^event: next$/m.test(block) && data) events.push(JSON.parse(data));
    }
    if (events.length >= count) break;
  }
  stop.abort();
  return events;
}

describe('the server', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform('pglite-memory://', {
      metrics: async () => '# TYPE up gauge\nup 1\n',
      health: () => health,
      readiness: () => ({
        ready: ready,
        ...(ready ? {} : { reasons: ['trades are stale'] }),
        data: [{ name: 'trade', lastEvent: 1, ageMs: 2, stale: !ready }],
      }),
    });
  });
  afterAll(() => platform?.stop());
  let ready = true;
  let health: Health = { status: 'ok', problems: [] };

  it('tells its problems, and answers 503 on /health once it has halted', async () => {
    const get = async () => {
      const response = await fetch(`${platform.url}/health`);
      return [response.status, await response.json()];
    };
    health = { status: 'degraded', problems: ['whale-alert is degraded: three faults within a minute'] };
    expect(await get()).toEqual([200, expect.objectContaining(health)]);
    health = { status: 'failed', problems: ['The tape is behind the store.'] };
    expect(await get()).toEqual([503, expect.objectContaining({ ...health, name: 'hypersonar' })]);
    health = { status: 'ok', problems: [] };
  });

  it('tells its health, its readiness and its metrics', async () => {
    const get = async (path: string) => {
      const response = await fetch(`${platform.url}${path}`);
      return [response.status, await response.text()] as const;
    };
    expect((await get('/health'))[0]).toBe(200);
    expect(JSON.parse((await get('/health'))[1])).toMatchObject({ status: 'ok', mode: 'simulated' });
    expect((await get('/ready'))[0]).toBe(200);
    ready = false;
    const [status, body] = await get('/ready');
    ready = true;
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({
      reasons: ['trades are stale'],
      data: [{ name: 'trade', stale: true }],
    });
    expect(await get('/metrics')).toEqual([200, '# TYPE up gauge\nup 1\n']);
    expect((await get('/nothing'))[0]).toBe(404);
    expect((await get('/dashboard/../package.json'))[0]).toBe(404);
  });

  it('has the same port unless told otherwise in a server alone, in the configuration and in the documents', () => {
    expect(configSchema.parse({}).server.port).toBe(defaultPort);
    const root = new URL('../../', import.meta.url);
    for (const file of ['README.md', 'docs/graphql.md', 'docs/cli.md', 'docs/operating.md']) {
      const named = readFileSync(new URL(file, root), 'utf8').matchAll(/(?:127\.0\.0\.1:|--port )(\d+)/g);
      const ports = new Set(Array.from(named, ([, port]) => Number(port)));
      // What is left is ours, once the local exchange's is taken out.
      ports.delete(4_100);
      expect([...ports], file).toEqual([...ports].filter(port => port === defaultPort));
    }
  });

  it('forbids its pages every script that is not its own', async () => {
    for (const path of ['/', '/graphql']) {
      const { headers } = await fetch(`${platform.url}${path}`, { headers: { accept: 'text/html' } });
      const policy = headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('answers queries by GET', async () => {
    const response = await fetch(`${platform.url}/graphql?query=${encodeURIComponent('{ about { name } }')}`);
    expect(await response.json()).toEqual({ data: { about: { name: 'hypersonar' } } });
    const over = await fetch(
      `${platform.url}/graphql?query=${encodeURIComponent(`{ ${'about { name } '.repeat(600)} }`)}`,
    );
    expect(((await over.json()) as Answered).errors?.[0]?.extensions).toMatchObject({ limit: 'tokens' });
  });

  it('lets only the operator change things, once there is a token', async () => {
    const guarded = createServer({
      ...{ schema: platform.server.schema, services: platform.services, port: 0 },
      token: 'a token of sixteen letters',
    });
    const at = await guarded.start();
    const refused = { clearLeaderboardCache: { __typename: 'RefusedError', code: 'MUTATION_REFUSED' } };
    expect((await ask(at, clear)).data).toMatchObject(refused);
    expect((await ask(at, clear, {}, { authorization: 'Bearer another token' })).data).toMatchObject(refused);
    expect((await ask(at, clear, {}, { authorization: 'Bearer a token of sixteen letters' })).data).toEqual(
      cleared,
    );

    const overWebsocket = async (connectionParams: Record<string, unknown>) => {
      const client = createClient({
        url: `${at.url.replace('http', 'ws')}/graphql`,
        ...{ webSocketImpl: WebSocket, retryAttempts: 0, connectionParams },
      });
      const { value } = await client.iterate({ query: clear }).next();
      await client.dispose();
      return value.data;
    };
    expect(await overWebsocket({})).toMatchObject(refused);
    expect(await overWebsocket({ authorization: 'Bearer a token of sixteen letters' })).toEqual(cleared);
    await guarded.stop();
  });

  it('refuses changes without a token where others can reach it, and for another name of this machine', async () => {
    const open = createServer({
      schema: platform.server.schema,
      services: platform.services,
      port: 0,
      host: '0.0.0.0',
    });
    const { port } = await open.start();
    const { data } = await ask({ url: `http://127.0.0.1:${port}` }, clear);
    expect(data.clearLeaderboardCache).toMatchObject({
      code: 'MUTATION_REFUSED',
      found: 'no operator token is configured and others can reach this server',
    });
    await open.stop();

    // What a browser sends for a page whose name was pointed at this machine.
    const rebound = await new Promise<string>(resolve => {
      const body = JSON.stringify({ query: clear });
      const headers = {
        host: 'evil.example',
        'content-type': 'application/json',
        'content-length': body.length,
      };
      httpRequest(`${platform.url}/graphql`, { method: 'POST', headers }, response => {
        response.setEncoding('utf8').on('data', resolve);
      }).end(body);
    });
    expect(rebound).toContain('MUTATION_REFUSED');
    expect((await ask(platform, clear)).data).toEqual(cleared);
  });

  it('does what operators ask, with the address in the form that is stored', async () => {
    const upper = address(0xabc).toUpperCase().replace('0X', '0x');
    const { data } = await ask(
      platform,
      `mutation { trackTrader(address: "${upper}") { ... on Tracking { address tracked trader { address } } }
        untrackTrader(address: "${upper}") { ... on Tracking { tracked } }
        runJob(id: "leaderboard") { ... on Job { id } }
        pausePlugin(id: "whale-alert") { ... on Plugin { id } }
        resumePlugin(id: "whale-alert") { ... on Plugin { id } } }`,
    );
    expect(data.trackTrader).toEqual({ address: address(0xabc), tracked: true, trader: null });
    expect(platform.done.slice(-5)).toEqual([
      ...[`track ${address(0xabc)}`, `untrack ${address(0xabc)}`],
      ...['run leaderboard', 'pause whale-alert', 'resume whale-alert'],
    ]);
  });

  it('sends subscriptions as server-sent events, by POST and by GET, that go on behind a cursor', async () => {
    await insert(platform.store, 'alerts', [alertRow(1)]);
    const query = 'subscription ($after: String) { alertRaised(after: $after) { cursor item { title } } }';
    const first = readEvents(`${platform.url}/graphql`, 1, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    while (platform.feed.subscribers().alerts === 0) await wait(5);
    await wait(100);
    await insert(platform.store, 'alerts', [alertRow(2), alertRow(3)]);
    platform.feed.wake();
    const [{ data }] = (await first) as [Answered];
    expect(data.alertRaised.item.title).toBe('alert 2');

    await insert(platform.store, 'alerts', [alertRow(4)]);
    const variables = encodeURIComponent(JSON.stringify({ after: data.alertRaised.cursor }));
    const again = await readEvents(
      `${platform.url}/graphql?query=${encodeURIComponent(query)}&variables=${variables}`,
      2,
    );
    expect(again.map(event => event.data.alertRaised.item.title)).toEqual(['alert 3', 'alert 4']);
    while (platform.feed.subscribers().alerts > 0) await wait(5);
  });

  it('closes a subscriber that cannot keep up, with its last cursor, while the others go on', async () => {
    const query =
      'subscription ($after: String) { positionChanged(after: $after) { cursor item { seq coin } } }';
    const subscribe = JSON.stringify({ id: 'slow', type: 'subscribe', payload: { query } });
    const slow = new WebSocket(`${platform.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await new Promise(resolve => slow.once('open', resolve));
    slow.send('{"type":"connection_init"}');
    await new Promise(resolve => slow.once('message', resolve));
    slow.send(subscribe);
    let last: string | undefined;
    let count = 0;
    slow.on('message', text => {
      const { type, payload } = JSON.parse(String(text));
      if (type !== 'next') return;
      last = payload.data.positionChanged.cursor;
      count += 1;
    });
    const closed = new Promise<[number, string]>(resolve =>
      slow.once('close', (code, reason) => resolve([code, String(reason)])),
    );
    const client = createClient({
      url: `${platform.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    const seen: number[] = [];
    client.subscribe<{ positionChanged: { item: { seq: number } } }>(
      { query },
      {
        next: ({ data }) => seen.push(data!.positionChanged.item.seq),
        error: () => undefined,
        complete: () => undefined,
      },
    );
    while (platform.feed.subscribers().positionEvents === 0) await wait(5);
    await wait(200);
    (slow as unknown as { _socket: { pause(): void } })._socket.pause();

    // What the machine's own buffers take comes first; names of coins as long as they get fill those sooner.
    const coin = 'X'.repeat(4_000);
    let seq = 0;
    while (platform.server.statistics().slowClosed === 0 && seq < 20_000) {
      await insert(
        platform.store,
        'positionEvents',
        Array.from({ length: 200 }, () => positionEvent(++seq, { coin })),
      );
      platform.feed.wake();
      while (seen.length < seq) await wait(2);
    }
    expect(platform.server.statistics().slowClosed).toBe(1);
    await insert(platform.store, 'positionEvents', [positionEvent(++seq)]);
    platform.feed.wake();
    while (seen.length < seq) await wait(2);
    expect(seen).toEqual(Array.from({ length: seq }, (_, at) => at + 1));

    (slow as unknown as { _socket: { resume(): void } })._socket.resume();
    const [code, reason] = await closed;
    expect(code).toBe(4429);
    expect(JSON.parse(reason)).toEqual({ code: 'SLOW_SUBSCRIBER', cursor: last });

    // And it can go on from there.
    let next: { data?: { positionChanged: { item: { seq: number } } } | null } | undefined;
    for await (const item of client.iterate({ query, variables: { after: last } })) {
      next = item as typeof next;
      break;
    }
    expect(next?.data?.positionChanged.item.seq).toBe(count + 1);
    await client.dispose();
  });

  it('lets a reader of server-sent events that stalls wait in the database, and loses nothing for it', async () => {
    const first = 1_000_000;
    const count = 2_000;
    const query = `subscription { positionChanged(trader: "${address(77)}") { item { seq coin } } }`;
    const asked = httpRequest(`${platform.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream' },
    });
    const response = await new Promise<IncomingMessage>(resolve => asked.once('response', resolve).end());
    while (platform.feed.subscribers().positionEvents === 0) await wait(5);
    await wait(100);
    response.socket.pause();
    for (let seq = first; seq < first + count; seq += 200) {
      const rows = Array.from({ length: 200 }, (_, at) =>
        positionEvent(seq + at, { address: address(77), coin: 'X'.repeat(4_000) }),
      );
      await insert(platform.store, 'positionEvents', rows);
      platform.feed.wake();
    }
    await wait(200);
    response.socket.resume();
    const seen: number[] = [];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      for (const match of text.matchAll(/"seq":(\d+)/g)) seen.push(Number(match[1]));
      text = text.slice(text.lastIndexOf('\n\n'));
      if (seen.at(-1) === first + count - 1) break;
    }
    asked.destroy();
    expect([...new Set(seen)]).toEqual(Array.from({ length: count }, (_, at) => first + at));
  });

  it('stops a subscription at once when its client is gone, even one that waits', async () => {
    const client = createClient({
      url: `${platform.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    client.subscribe(
      { query: 'subscription { pluginFault { cursor } }' },
      { next: () => undefined, error: () => undefined, complete: () => undefined },
    );
    while (platform.feed.subscribers().faults === 0) await wait(5);
    client.terminate();
    while (platform.feed.subscribers().faults > 0) await wait(5);
    expect(platform.server.statistics().sharedSubscriptions).toBe(0);
  });

  it('refuses more subscriptions of one connection than allowed', async () => {
    const limited = createServer({
      ...{ schema: platform.server.schema, services: platform.services, port: 0 },
      limits: { subscriptionsPerConnection: 2, connections: 1 },
    });
    const { url } = await limited.start();
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    const errors: unknown[] = [];
    for (let at = 0; at < 3; at++) {
      client.subscribe(
        { query: 'subscription { pluginFault { cursor } }' },
        { next: () => undefined, error: error => errors.push(error), complete: () => undefined },
      );
    }
    while (errors.length === 0) await wait(5);
    expect(errors).toMatchObject([[{ extensions: { code: 'LIMIT_EXCEEDED', expected: 2 } }]]);

    const second = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const refused = await new Promise<string>(resolve =>
      second.once('error', error => resolve(error.message)),
    );
    expect(refused).toMatch(/503|hang up|ECONNRESET/);
    await client.dispose();
    await limited.stop();
  });

  it('answers pages of the origins that are configured, and of no other', async () => {
    const shared = createServer({
      ...{ schema: platform.server.schema, services: platform.services, port: 0 },
      origins: ['https://friend.example'],
    });
    const { url } = await shared.start();
    const allowed = async (origin: string, method: string) => {
      const { headers } = await fetch(`${url}/graphql`, {
        method,
        headers: { origin, 'content-type': 'application/json' },
        ...(method === 'POST' && { body: '{"query":"{ about { name } }"}' }),
      });
      return headers.get('access-control-allow-origin');
    };
    expect(await allowed('https://friend.example', 'OPTIONS')).toBe('https://friend.example');
    expect(await allowed('https://friend.example', 'POST')).toBe('https://friend.example');
    expect(await allowed('https://foe.example', 'OPTIONS')).toBeNull();
    expect(await allowed('https://foe.example', 'POST')).toBeNull();
    await shared.stop();
  });

  it('is mounted in another server, under a path of its own, and answers Fetch requests', async () => {
    const { handler } = platform.server;
    const mounted = createHttpServer((request, response) => {
      // What Express does when it mounts something under a path.
      request.url = request.url!.replace(/^\/sonar/, '');
      void handler(request, response);
    });
    await new Promise<void>(resolve => mounted.listen(0, '127.0.0.1', resolve));
    const { port } = mounted.address() as AddressInfo;
    const { data } = await ask({ url: `http://127.0.0.1:${port}/sonar` }, '{ about { name } }');
    expect(data).toEqual({ about: { name: 'hypersonar' } });
    mounted.close();

    const fetched = (path: string, init: RequestInit) =>
      handler(new Request(`http://app.example${path}`, init));
    const post = (query: string): RequestInit => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    expect(await (await fetched('/api/graphql', post('{ about { name } }'))).json()).toEqual({
      data: { about: { name: 'hypersonar' } },
    });
    // Who can reach a server that this is mounted in, nobody here knows.
    expect(await (await fetched('/api/graphql', post(clear))).json()).toMatchObject({
      data: { clearLeaderboardCache: { code: 'MUTATION_REFUSED' } },
    });
    expect((await fetched('/health', {})).status).toBe(200);
    expect((await fetched('/api/graphql', { method: 'POST', body: 'x' })).status).toBe(415);
  });

  it('lets a request that runs end before it stops, and frees its port', async () => {
    const slow = createServer({
      ...{ schema: platform.server.schema, port: 0 },
      services: {
        ...platform.services,
        statistics: async () => {
          await wait(300);
          return { engine: 'pglite', bytes: 1, checkpoint: 2, tables: [], filters: [], storedShare: null };
        },
      },
    });
    const { url, port } = await slow.start();
    const asked = ask({ url }, '{ storage { checkpoint } }');
    await wait(100);
    await slow.stop();
    expect((await asked).data).toEqual({ storage: { checkpoint: 2 } });
    const refused = await new Promise(resolve => connect(port, '127.0.0.1').once('error', resolve));
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
