import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import { type InfoAnswer, startInfoServer } from './fixtures/info-server.ts';
import { createInfoClient } from './info-client.ts';
import type { LeaderboardRow } from './info-types.ts';
import { readStatistics } from './statistics-file.ts';
import { leaderboardRow } from './wire/statistics.ts';

const ending: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function serve(answer: InfoAnswer) {
  const server = await startInfoServer(answer);
  ending.push(() => server.close());
  return server;
}

const rowOf = (place: number): LeaderboardRow => ({
  ethAddress: `0x${place.toString(16).padStart(40, '0')}`,
  accountValue: `${place}.5`,
  windowPerformances: ['day', 'week', 'month', 'allTime'].map(
    window =>
      [
        window,
        { pnl: '-12345.678901234567', roi: '0.0123456789012345', vlm: '98765432.1012345678' },
      ] as const,
  ),
  prize: 0,
  displayName: place % 7 === 0 ? `a "name", with ]} and \\ in it ${'x'.repeat(300)}` : null,
});

async function all<Row>(batches: AsyncGenerator<readonly Row[], void>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

describe('the leaderboard', () => {
  test('of 50,000 rows is read whole without holding up the event loop', async () => {
    const rows = Array.from({ length: 50_000 }, (_, place) => rowOf(place));
    const text = JSON.stringify({ leaderboardRows: rows });
    const packed = gzipSync(text, { level: 1 });
    const server = await serve((_, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(packed);
    });
    const client = createInfoClient(testCollectorContext({}), server);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    let count = 0;
    let last: LeaderboardRow | undefined;
    let largest = 0;
    for await (const batch of client.leaderboard()) {
      count += batch.length;
      largest = Math.max(largest, batch.length);
      last = batch.at(-1);
    }
    delay.disable();
    expect(count).toBe(50_000);
    expect(last).toEqual(rows.at(-1));
    // Note: a generous bound for a busy machine; parsing the same text at once takes several hundred.
    expect(delay.percentile(99) / 1e6).toBeLessThan(50);
    expect(largest).toBeLessThan(5_000);
  }, 60_000);

  test('that ends early is an error after the rows that came', async () => {
    const text = JSON.stringify({ leaderboardRows: [rowOf(1), rowOf(2), rowOf(3)] });
    const server = await serve((_, response) => response.end(text.slice(0, -30)));
    const client = createInfoClient(testCollectorContext({}), server);
    const rows: LeaderboardRow[] = [];
    const reading = async () => {
      for await (const batch of client.leaderboard()) rows.push(...batch);
    };
    await expect(reading()).rejects.toMatchObject({
      code: 'EXCHANGE_UNAVAILABLE',
      message: expect.stringContaining('2 rows in'),
    });
    expect(rows).toEqual([rowOf(1), rowOf(2)]);
  });

  test('without its wrong rows is the others, and they are reported without what they say', async () => {
    const rejected: string[] = [];
    const wrong = { ...rowOf(2), accountValue: 'a lot' };
    const server = await serve(() => ({ leaderboardRows: [rowOf(1), wrong, rowOf(3)] }));
    const ctx = testCollectorContext({}, { reject: ({ reason }) => rejected.push(reason) });
    expect(await all(createInfoClient(ctx, server).leaderboard())).toEqual([rowOf(1), rowOf(3)]);
    expect(rejected).toEqual(['row 1: `accountValue`: must be a decimal as text']);
  });

  test('that is not there is unavailable', async () => {
    const server = await serve((_, response) => response.writeHead(404).end());
    const client = createInfoClient(testCollectorContext({}), server);
    await expect(all(client.leaderboard())).rejects.toMatchObject({ kind: 'unavailable', retryable: true });
  });

  test('that stops arriving is given up', async () => {
    const server = await serve((_, response) => void response.write('{"leaderboardRows":['));
    const url = `${server.statsUrl}/leaderboard`;
    const reading = all(readStatistics(testCollectorContext({}), { url, row: leaderboardRow, idleMs: 60 }));
    await expect(reading).rejects.toThrow('nothing within 60 ms');
  });

  test('that never ends is given up', async () => {
    const server = await serve((_, response) => {
      const more = () => response.destroyed || response.write(' '.repeat(10_000), () => setImmediate(more));
      more();
    });
    const url = `${server.statsUrl}/leaderboard`;
    const reading = all(
      readStatistics(testCollectorContext({}), { url, row: leaderboardRow, mostBytes: 100_000 }),
    );
    await expect(reading).rejects.toThrow('at most 100000 bytes');
  });

  test('is not read on when the collector stops, or the reader', async () => {
    const stopping = new AbortController();
    let closed = 0;
    const server = await serve((_, response) => {
      response.on('close', () => {
        closed += 1;
      });
      response.write(`{"leaderboardRows":[${JSON.stringify(rowOf(1))},`);
    });
    const client = createInfoClient(testCollectorContext({}, { signal: stopping.signal }), server);
    const first = client.leaderboard();
    expect((await first.next()).value).toEqual([rowOf(1)]);
    await first.return();
    const second = client.leaderboard();
    await second.next();
    const waiting = second.next();
    stopping.abort(new Error('stopping'));
    await expect(waiting).rejects.toThrow('stopping');
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(closed).toBe(2);
  });
});

test('vaults are read likewise', async () => {
  const vault = {
    summary: {
      name: 'one',
      vaultAddress: rowOf(1).ethAddress,
      leader: rowOf(2).ethAddress,
      tvl: '100.5',
      isClosed: false,
      relationship: { type: 'normal' },
      createTimeMillis: 1,
    },
    apr: 0.5,
    pnls: [['day', ['0.0', '1.5']]],
  };
  const server = await serve(() => [vault, vault]);
  expect(await all(createInfoClient(testCollectorContext({}), server).vaults())).toEqual([vault, vault]);
});
