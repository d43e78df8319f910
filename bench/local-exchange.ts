/*
 * Whether the local exchange can be a load: 3,000 trades/s over all coins, to clients that have each subscribed to all of them, on one
 * core, with a leaderboard of 50,000 rows. The limit is one core; what it takes of it, how late frames are, and that none is lost.
 *
 * BENCH_QUICK=1 measures 5 s instead of 20.
 */

import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { startExchangeProcess } from '../src/testing/exchange/index.ts';
import { isQuick, report } from './support/report.ts';

const rate = 3_000;
const clients = 5;
const seconds = isQuick ? 5 : 20;

const exchange = await startExchangeProcess({
  seed: 7,
  markets: 'load',
  tradesPerSecond: rate,
  wallets: 2_000,
  leaderboardRows: 50_000,
  // Five clients of one address have more subscriptions than an address may.
  limits: 'off',
});

const ask = async <T>(type: string): Promise<T> => {
  const response = await fetch(exchange.infoUrl, { method: 'POST', body: JSON.stringify({ type }) });
  return (await response.json()) as T;
};
interface Meta {
  readonly universe: readonly { readonly name: string }[];
}
const metas = [...(await ask<Meta[]>('allPerpMetas')), await ask<Meta>('spotMeta')];
const coins = metas.flatMap(({ universe }) => universe.map(({ name }) => name));

let frames = 0;
let ages: number[] = [];
let trades = 0;
for (let client = 0; client < clients; client += 1) {
  const socket = new WebSocket(exchange.wsUrl);
  await new Promise(resolve => socket.once('open', resolve));
  socket.on('message', (data: Buffer) => {
    frames += 1;
    // Note: one client reads what it gets; the others only take it, so that this process is not what is measured.
    if (client > 0 || data.toString('latin1', 0, 19) !== '{"channel":"trades"') return;
    const rows = (JSON.parse(data.toString()) as { data: { time: number }[] }).data;
    trades += rows.length;
    ages.push(Date.now() - (rows[0]?.time ?? 0));
  });
  for (const coin of coins) {
    socket.send(JSON.stringify({ method: 'subscribe', subscription: { type: 'trades', coin } }));
  }
}
await new Promise(resolve => setTimeout(resolve, 3_000));

/** Processor time of the exchange's process so far, in seconds. */
function processorTime(): number {
  const fields = readFileSync(`/proc/${exchange.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const before = { time: processorTime(), trades: (await exchange.describe()).counts.trades };
frames = 0;
trades = 0;
ages = [];
await new Promise(resolve => setTimeout(resolve, seconds * 1_000));
const got = trades;
const made = (await exchange.describe()).counts.trades - before.trades;
const cores = (processorTime() - before.time) / seconds;
const sorted = ages.toSorted((one, other) => one - other);
const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;

const began = performance.now();
const leaderboard = await (await fetch(`${exchange.statsUrl}/leaderboard`)).arrayBuffer();
const leaderboardMs = performance.now() - began;
await exchange.stop();

report(
  'local exchange',
  `${Math.round(got / seconds)} trades/s over ${coins.length} coins to ${clients} clients with ${cores.toFixed(2)} of one core; ` +
    `frames ${at(0.5)} ms old at the median, ${at(0.99)} ms at p99; ` +
    `leaderboard of ${(leaderboard.byteLength / 1e6).toFixed(1)} MB in ${Math.round(leaderboardMs)} ms`,
  {
    ...{ rate, clients, coins: coins.length, cores, tradesPerSecond: got / seconds, delivered: got / made },
    ...{ framesPerSecond: frames / seconds, p50Ms: at(0.5), p99Ms: at(0.99), leaderboardMs },
  },
);
process.exit(0);
