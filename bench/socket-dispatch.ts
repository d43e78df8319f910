/*
 * What it costs to bring frames of trades to the subscribers of their coins: the pool with 800 subscriptions on one connection, against
 * bare ws and JSON.parse of the same frames. Both happen in turns in one process; the server is in another.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createSocketPool } from '../src/plugins/collectors/hyperliquid-connection/socket-pool.ts';
import { testCollectorContext } from '../src/testing/collector-context.ts';
import { isQuick, report } from './support/report.ts';

const coins = Array.from({ length: 800 }, (_, n) => (n < 400 ? `C${n}` : n < 600 ? `xyz:C${n}` : `@${n}`));
const rounds = isQuick ? 50 : 250;
const turns = isQuick ? 5 : 11;
/** Trades of one frame: nearly all frames of the exchange hold one or two. */
const tradesEach = 2;

const child = fork(new URL('./support/socket-frames.ts', import.meta.url), []);
const [{ port }] = (await once(child, 'message')) as [{ port: number }];

let left = 0;
let finish = (): void => {};
const took = (): void => {
  left -= 1;
  if (left === 0) finish();
};

const pool = createSocketPool(testCollectorContext({}), {
  wsUrl: `ws://127.0.0.1:${port}/pool`,
  connections: 1,
  limits: {
    connections: 2,
    newConnectionsPerMinute: 10,
    subscriptions: 1_000,
    users: 0,
    framesPerMinute: 2_000,
  },
});
let trades = 0;
for (const coin of coins) {
  pool.subscribe(
    { type: 'trades', coin },
    {
      data(data) {
        trades += (data as unknown[]).length;
        took();
      },
    },
  );
}
while (pool.status().confirmed < coins.length) await new Promise(resolve => setTimeout(resolve, 20));

const bare = new WebSocket(`ws://127.0.0.1:${port}/bare`, { perMessageDeflate: false });
bare.on('message', data => {
  const message = JSON.parse(String(data)) as { data: unknown[] };
  trades += message.data.length;
  took();
});
await once(bare, 'open');

interface Turn {
  readonly rate: number;
  /** Processor time for one frame, in microseconds. */
  readonly cpu: number;
}

async function turnOf(path: string): Promise<Turn> {
  const frames = rounds * coins.length;
  left = frames;
  const done = new Promise<void>(resolve => {
    finish = resolve;
  });
  const before = process.cpuUsage();
  const began = performance.now();
  child.send({ path, rounds, coins, tradesEach });
  await done;
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(before);
  return { rate: frames / seconds, cpu: (user + system) / frames };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const results: { readonly pool: Turn; readonly bare: Turn }[] = [];
for (let turn = -2; turn < turns; turn++) {
  const pair = { bare: await turnOf('/bare'), pool: await turnOf('/pool') };
  if (turn >= 0) results.push(pair);
}
const ratio = median(results.map(({ pool: own, bare: other }) => other.cpu / own.cpu));
const rateRatio = median(results.map(({ pool: own, bare: other }) => own.rate / other.rate));
const own = median(results.map(({ pool: { rate } }) => rate));
const cpu = median(results.map(turn => turn.pool.cpu));
report(
  'socket-dispatch',
  `${ratio.toFixed(2)} of bare ws and JSON.parse by processor time, ${rateRatio.toFixed(2)} by rate: ${Math.round(own)} frames/s with ${
    coins.length
  } subscriptions, ${cpu.toFixed(2)} microseconds a frame`,
  { ratio, rateRatio, framesPerSecond: own, cpuMicroseconds: cpu, subscriptions: coins.length, trades },
);

bare.terminate();
await pool.close();
child.kill();
