/*
 * What GraphQL costs over HTTP: a leaderboard of 50 rows against bare node:http with the same SQL and JSON.stringify, and
 * `{ __typename }` against bare node:http with a constant. Both are asked in turns, so that a busy machine slows both; the figure is
 * the median of the turns' ratios.
 *
 * BENCH_QUICK=1 takes shorter turns.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { startPostgres } from '../test/support/postgres.ts';
import { load } from './support/load.ts';
import { isQuick, report } from './support/report.ts';

const leaderboard = `{
  leaderboard(first: 50) {
    ... on LeaderboardRowConnection {
      nodes {
      rank
      address
      accountValue
      pnl
      roi
      volume
      trades
      winRate
      maxDrawdown
      sharpe
      score
      }
    }
  }
}`;
const connections = 20;
const turns = isQuick ? 9 : 25;

interface Addresses {
  readonly ours: string;
  readonly rows: string;
  readonly constant: string;
  readonly expected: string;
}

/** Requests per second, and processor time of the servers for each in microseconds. */
async function measure(url: string, query: string, requests: number): Promise<{ rate: number; cpu: number }> {
  const before = await cpuOfServers();
  const rate = await load(url, JSON.stringify({ query }), { requests, connections });
  return { rate, cpu: ((await cpuOfServers()) - before) / requests };
}

function cpuOfServers(): Promise<number> {
  return new Promise(resolve => {
    child!.once('message', message => resolve(Number(message)));
    child!.send('cpu');
  });
}

async function compare(
  name: string,
  query: string,
  { ours, bare, amount, limit }: { ours: string; bare: string; amount: number; limit: number },
): Promise<void> {
  await measure(ours, query, amount);
  await measure(bare, query, amount);
  const rates: { ours: number; bare: number }[] = [];
  const cpus: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const first = turn % 2 === 0;
    const one = await measure(first ? ours : bare, query, amount);
    const other = await measure(first ? bare : ours, query, amount);
    const [our, bares] = first ? [one, other] : [other, one];
    rates.push({ ours: our.rate, bare: bares.rate });
    cpus.push(our.cpu / bares.cpu);
  }
  const ratio = median(rates.map(rate => rate.ours / rate.bare));
  const cpu = median(cpus);
  const middle = (key: 'ours' | 'bare') => Math.round(median(rates.map(rate => rate[key])));
  report(
    name,
    `${ratio.toFixed(2)} of bare node:http (${middle('ours')}/s against ${middle('bare')}/s; at least ${limit} is asked), ` +
      `${cpu.toFixed(2)} times its processor time`,
    { ratio, cpu, ours: middle('ours'), bare: middle('bare'), limit, met: ratio >= limit },
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function sameAnswer({ rows, expected }: Addresses): Promise<void> {
  const response = await fetch(rows, { method: 'POST', body: '{}' });
  if ((await response.text()) !== expected) throw new Error('The bare server answers something else.');
}

const postgres = await startPostgres();
let child: ChildProcess | undefined;
try {
  child = fork(
    new URL('./support/graphql-servers.ts', import.meta.url),
    [postgres.url, leaderboard, isQuick ? '5000' : '20000'],
    { env: { ...process.env, NODE_ENV: 'production' } },
  );
  const addresses = await new Promise<Addresses>((resolve, reject) => {
    child!.once('message', message => resolve(message as Addresses));
    child!.once('exit', code => reject(new Error(`The servers ended with ${code}.`)));
  });
  await sameAnswer(addresses);
  const { ours, rows, constant } = addresses;
  await compare('graphql-leaderboard', leaderboard, {
    ours,
    bare: rows,
    amount: isQuick ? 400 : 1_500,
    limit: 0.5,
  });
  await compare('graphql-typename', '{ __typename }', {
    ours,
    bare: constant,
    amount: isQuick ? 5_000 : 20_000,
    limit: 0.75,
  });
} finally {
  child?.removeAllListeners('exit');
  child?.disconnect();
  await postgres.stop();
}
