import { afterEach, describe, expect, test } from 'vitest';
import { type ExchangeProcess, startExchangeProcess } from '../../src/testing/index.ts';

let exchange: ExchangeProcess | undefined;
afterEach(async () => {
  await exchange?.stop();
  exchange = undefined;
});

const options = {
  seed: 21,
  markets: 'load',
  wallets: 30,
  tradesPerSecond: 100,
  coins: { perps: 6, builder: 4, spot: 2 },
  limits: 'off',
} as const;

async function fillsOf(user: string): Promise<readonly { readonly tid: number; readonly time: number }[]> {
  const body = JSON.stringify({ type: 'userFills', user });
  const response = await fetch(exchange?.infoUrl ?? '', { method: 'POST', body });
  return (await response.json()) as { tid: number; time: number }[];
}

describe('an exchange in a process of its own', () => {
  test('serves, is asked over its admin, and ends', async () => {
    exchange = await startExchangeProcess(options);
    const { pid } = exchange;
    expect(pid).not.toBe(process.pid);
    expect((await exchange.users()).length).toBeGreaterThanOrEqual(30);
    expect(await exchange.inject({ kind: 'http-status', durationMs: 60_000 })).toMatchObject({ id: 1 });
    await expect(fillsOf((await exchange.users())[0] as string)).rejects.toThrow();
    await exchange.clearFaults();
    await expect(exchange.inject({ kind: 'nothing' as never })).rejects.toThrow(/refused faults.*half-open/s);
    await exchange.stop();
    exchange = undefined;
    expect(() => process.kill(pid, 0)).toThrow();
  });

  test('counts the trades of each coin, and trades at another rate when told to', async () => {
    exchange = await startExchangeProcess(options);
    const running = exchange;
    const total = async () => {
      const { now, byCoin } = await running.trades();
      return { now, count: Object.values(byCoin).reduce((sum, count) => sum + count, 0) };
    };
    await running.provoke({ kind: 'rate', tradesPerSecond: 1_000 });
    const before = await total();
    await expect
      .poll(async () => (await total()).now - before.now, { timeout: 20_000 })
      .toBeGreaterThan(3_000);
    const after = await total();
    const perSecond = ((after.count - before.count) / (after.now - before.now)) * 1_000;
    expect(perSecond).toBeGreaterThan(600);
    expect(perSecond).toBeLessThan(1_400);
    await expect(running.provoke({ kind: 'rate', tradesPerSecond: -1 })).rejects.toThrow(/from 0, found -1/);
  });

  test('keeps its exchange time on wall time', async () => {
    exchange = await startExchangeProcess(options);
    const { now } = await exchange.describe();
    expect(Math.abs(Date.now() - now)).toBeLessThan(500);
  });

  test('that is killed comes back at the same port, with the same past', async () => {
    exchange = await startExchangeProcess(options);
    const running = exchange;
    const users = await running.users();
    await expect
      .poll(async () => (await fillsOf(users[4] as string)).length, { timeout: 20_000 })
      .toBeGreaterThan(3);
    const before = await Promise.all(users.map(fillsOf));
    const { pid, port } = running;
    await running.crash(200);
    expect([running.port, running.pid === pid]).toEqual([port, false]);
    const after = await Promise.all(users.map(fillsOf));
    for (const [place, fills] of before.entries()) {
      const known = new Set((after[place] ?? []).map(fill => JSON.stringify(fill)));
      expect(fills.filter(fill => !known.has(JSON.stringify(fill)))).toEqual([]);
    }
  });

  test('says why it cannot start', async () => {
    exchange = await startExchangeProcess(options);
    await expect(startExchangeProcess({ ...options, port: exchange.port })).rejects.toThrow(
      /did not start: .*EADDRINUSE/s,
    );
  });
});
