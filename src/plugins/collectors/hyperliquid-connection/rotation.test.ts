import { afterEach, describe, expect, test } from 'vitest';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import {
  type Answer,
  confirm,
  type SocketServer,
  startSocketServer,
  until,
} from './fixtures/socket-server.ts';
import { createSocketPool } from './socket-pool.ts';
import type { Outage, SocketLimits, SocketPool, SocketPoolOptions } from './socket-types.ts';

const ending: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function serve(answer: Answer = confirm): Promise<SocketServer> {
  const server = await startSocketServer({ answer });
  ending.push(() => server.close());
  return server;
}

function openPool(
  wsUrl: string,
  given: Partial<Omit<SocketPoolOptions, 'limits'>> & { readonly limits?: Partial<SocketLimits> } = {},
): SocketPool {
  const pool = createSocketPool(testCollectorContext({}, { random: Math.random }), {
    wsUrl,
    connections: 2,
    reconnect: { firstMs: 5, longestMs: 20 },
    ...given,
    limits: {
      connections: 3,
      newConnectionsPerMinute: 10_000,
      subscriptions: 1_000,
      users: 10,
      framesPerMinute: 100_000,
      ...given.limits,
    },
  });
  ending.push(() => pool.close());
  return pool;
}

function subscribeAll(pool: SocketPool, count: number) {
  const outages: Outage[] = [];
  const got = new Map<string, number[]>();
  for (let n = 0; n < count; n++) {
    const coin = `C${n}`;
    const seen: number[] = [];
    got.set(coin, seen);
    pool.subscribe(
      { type: 'trades', coin },
      {
        data: data => seen.push(...(data as { tid: number }[]).map(({ tid }) => tid)),
        outage: outage => outages.push(outage),
      },
    );
  }
  return { outages, got };
}

/** Sends numbered trades of each coin on every connection that is subscribed to it. */
function pumpTrades(server: SocketServer): () => number {
  let tid = 0;
  const timer = setInterval(() => {
    tid += 1;
    for (const connection of server.open()) {
      for (const text of connection.held) {
        const { coin } = JSON.parse(text) as { coin: string };
        connection.send({ channel: 'trades', data: [{ coin, tid }] });
      }
    }
  }, 5);
  ending.push(() => clearInterval(timer));
  return () => tid;
}

describe('a connection that has reached its age', () => {
  test('is replaced without a message lost, one at a time and within the limit', async () => {
    const server = await serve();
    const pool = openPool(server.url, { rotateAfterMs: 300 });
    const { outages, got } = subscribeAll(pool, 20);
    await until(() => pool.status().confirmed === 20);
    const sent = pumpTrades(server);
    const began = sent();
    await until(() => pool.status().rotations >= 3, 8_000);
    const until_ = sent();
    await until(() => [...got.values()].every(seen => (seen.at(-1) ?? 0) >= until_));
    expect(outages).toEqual([]);
    for (const seen of got.values()) {
      const distinct = new Set(seen);
      for (let tid = began + 1; tid <= until_; tid++) expect(distinct.has(tid)).toBe(true);
    }
    expect(server.mostOpen).toBe(3);
    expect(pool.status()).toMatchObject({ confirmed: 20, reconnects: 0 });
  });

  test('is replaced in portions where the limit does not allow to hold everything twice', async () => {
    const server = await serve();
    // 20 of 22: two may be held twice.
    const pool = openPool(server.url, { connections: 1, rotateAfterMs: 300, limits: { subscriptions: 22 } });
    const { outages } = subscribeAll(pool, 20);
    await until(() => pool.status().confirmed === 20);
    await until(() => pool.status().rotations >= 1 && server.open().length === 1, 8_000);
    expect(server.mostHeld).toBeLessThanOrEqual(22);
    expect(outages).toEqual([]);
    expect(server.open()[0]!.held.size).toBe(20);
  });

  test('goes on when the new one is refused', async () => {
    const server = await serve((message, connection) =>
      server.connections.length > 1 ? connection.drop() : confirm(message, connection),
    );
    const pool = openPool(server.url, { connections: 1, rotateAfterMs: 100 });
    const { outages } = subscribeAll(pool, 3);
    await until(() => server.connections.length > 1 && !pool.status().connections[0]!.isRotating);
    expect(pool.status()).toMatchObject({ confirmed: 3, rotations: 0 });
    expect(outages).toEqual([]);
    expect(server.connections[0]!.isOpen).toBe(true);
  });

  test('may be lost while it is replaced: what the new one has confirmed has no hole', async () => {
    let half = false;
    const server = await serve((message, connection) => {
      const { coin } = (message.subscription ?? {}) as { coin?: string };
      // The second connection confirms C0 at first, and C1 only after the first is gone.
      if (connection === server.connections[1] && coin === 'C1' && server.connections[0]!.isOpen) {
        half = true;
        return undefined;
      }
      return confirm(message, connection);
    });
    const pool = openPool(server.url, { connections: 1, rotateAfterMs: 100, confirmWithinMs: 100 });
    const holes: string[] = [];
    let arrived = 0;
    for (const coin of ['C0', 'C1']) {
      pool.subscribe(
        { type: 'trades', coin },
        {
          data() {
            arrived += 1;
          },
          outage: () => holes.push(coin),
        },
      );
    }
    await until(() => half);
    // What arrives now proves that the first connection still worked when the second had confirmed C0.
    await new Promise(resolve => setTimeout(resolve, 20));
    server.connections[0]!.send({ channel: 'trades', data: [{ coin: 'C0', tid: 1 }] });
    await until(() => arrived === 1);
    server.connections[0]!.drop();
    await until(() => holes.length > 0 && pool.status().confirmed === 2);
    expect(holes).toEqual(['C1']);
    expect(server.connections.length).toBeLessThanOrEqual(3);
  });

  test('and was dead already when it was replaced is reported as a hole up to then', async () => {
    const server = await serve();
    const pool = openPool(server.url, { connections: 1, rotateAfterMs: 150, pongWithinMs: 100 });
    const { outages } = subscribeAll(pool, 3);
    await until(() => pool.status().confirmed === 3);
    const lastAlive = pool.status().connections[0]!.lastMessageAt!;
    server.connections[0]!.freeze();
    await until(() => pool.status().rotations === 1);
    const replacedBy = Date.now();
    await until(() => outages.length === 3);
    for (const { from, to, reason } of outages) {
      expect(from).toBe(lastAlive);
      expect(to).toBeGreaterThan(from);
      expect(to).toBeLessThanOrEqual(replacedBy);
      expect(reason).toBe('no answer to a ping within 100 ms');
    }
    expect(pool.status()).toMatchObject({ confirmed: 3, reconnects: 0 });
  });

  test('is replaced again and again', async () => {
    const server = await serve();
    const pool = openPool(server.url, { connections: 1, rotateAfterMs: 150 });
    subscribeAll(pool, 2);
    await until(() => pool.status().rotations >= 2, 8_000);
    expect(server.mostOpen).toBe(2);
  });
});
