import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import { startSocketServer, until } from './fixtures/socket-server.ts';
import { createSocketPool } from './socket-pool.ts';
import type { Outage } from './socket-types.ts';

/*
 * A server that numbers what it sends, and does to its connections what a storm says. What it sent while a subscription stood must
 * have arrived, or lie within a hole that was told: nothing is lost in silence.
 */

const act = fc.record({
  kind: fc.constantFrom('drop', 'expire', 'freeze', 'cut', 'subscribe', 'close', 'wait'),
  which: fc.nat(10),
});

/** How long a message may take to arrive here, in ms, on a busy machine. */
const transportMs = 250;

interface Followed {
  readonly arrived: Set<number>;
  readonly holes: Outage[];
  readonly close: () => void;
  liveSince: number | undefined;
}

test('after any storm every subscription stands, and what is missing lies in a hole that was told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async acts => {
      const server = await startSocketServer();
      const pool = createSocketPool(testCollectorContext({}, { random: Math.random }), {
        wsUrl: server.url,
        connections: 2,
        reconnect: { firstMs: 5, longestMs: 20 },
        rotateAfterMs: 150,
        pingEveryMs: 60,
        pongWithinMs: 60,
        confirmWithinMs: 80,
        rest: { firstMs: 20, longestMs: 40 },
        limits: {
          connections: 3,
          newConnectionsPerMinute: 10_000,
          subscriptions: 1_000,
          users: 10,
          framesPerMinute: 100_000,
        },
      });
      const followed = new Map<string, Followed>();
      const sentAt: number[] = [];
      const timer = setInterval(() => {
        const tid = sentAt.push(Date.now()) - 1;
        for (const connection of server.open()) {
          for (const text of connection.held) {
            const { coin } = JSON.parse(text) as { coin: string };
            connection.send({ channel: 'trades', data: [{ coin, tid }] });
          }
        }
      }, 4);
      const follow = (coin: string) => {
        const arrived = new Set<number>();
        const holes: Outage[] = [];
        const { close } = pool.subscribe(
          { type: 'trades', coin },
          {
            data(data) {
              for (const { tid } of data as { tid: number }[]) arrived.add(tid);
            },
            outage: hole => holes.push(hole),
            live(again) {
              if (!again) mine.liveSince = Date.now();
            },
          },
        );
        const mine: Followed = { arrived, holes, close, liveSince: undefined };
        followed.set(coin, mine);
      };
      try {
        for (let n = 0; n < 8; n++) follow(`C${n}`);
        for (const { kind, which } of acts) {
          const open = server.open();
          const connection = open[which % Math.max(1, open.length)];
          if (kind === 'drop') connection?.drop();
          else if (kind === 'expire') connection?.close(1000, 'Expired');
          else if (kind === 'freeze') connection?.freeze();
          else if (kind === 'cut') connection?.sendText('{"channel":"trades","data":[{"coin":"C1"');
          else if (kind === 'subscribe' && !followed.has(`D${which}`)) follow(`D${which}`);
          else if (kind === 'close') {
            const coin = [...followed.keys()][which % followed.size]!;
            followed.get(coin)?.close();
            followed.delete(coin);
          }
          await new Promise(resolve => setTimeout(resolve, kind === 'wait' ? 60 : 8));
        }
        const wanted = [...followed.keys()].sort();
        const held = () =>
          new Set(
            server
              .open()
              .flatMap(connection =>
                [...connection.held].map(text => (JSON.parse(text) as { coin: string }).coin),
              ),
          );
        await until(
          () =>
            pool.status().confirmed === wanted.length &&
            pool.status().connections.every(({ isRotating }) => !isRotating) &&
            JSON.stringify([...held()].sort()) === JSON.stringify(wanted),
          10_000,
        );
        clearInterval(timer);
        // What was replaced has its time to answer, before it tells that it was dead.
        await new Promise(resolve => setTimeout(resolve, 300));
        for (const [coin, { arrived, holes, liveSince }] of followed) {
          for (const { from, to } of holes) expect(from).toBeLessThanOrEqual(to);
          const lost = sentAt.flatMap((time, tid) =>
            arrived.has(tid) ||
            time <= (liveSince ?? 0) ||
            holes.some(({ from, to }) => time >= from - transportMs && time <= to)
              ? []
              : [{ coin, tid, time, liveSince, holes }],
          );
          expect(lost).toEqual([]);
        }
      } finally {
        clearInterval(timer);
        await pool.close();
        await server.close();
      }
    }),
    { numRuns: 12 },
  );
}, 120_000);
