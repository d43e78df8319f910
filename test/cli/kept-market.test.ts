import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMarket } from '../../src/cli/demo/kept-market.ts';

const options = { seed: 7, wallets: 60, tradesPerSecond: 8, historyDays: 2 };
const begun = Date.UTC(2026, 2, 3, 15);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hypersonar-demo-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a market that the demo keeps', () => {
  it('begins thinly where its history ends, until it is let go on', async () => {
    const market = await openMarket(options, undefined, begun + 421);
    expect(market).toMatchObject({ present: begun, isKept: false, isThin: true });
    expect(market.phases).toEqual([{ kind: 'recent', from: begun }]);
  });

  it('goes on as if nothing had been after a short pause', async () => {
    const first = await openMarket(options, folder, begun);
    await first.goLive(begun + 20_000);
    const next = await openMarket(options, folder, begun + 80_000);
    expect(next).toMatchObject({ present: begun, isKept: true, isThin: false });
    expect(next.phases).toEqual([
      { kind: 'recent', from: begun },
      { kind: 'live', from: begun + 20_000 },
    ]);
  });

  it('has traded thinly in a long pause, which begins after the last moment that was watched', async () => {
    const first = await openMarket(options, folder, begun);
    await first.goLive(begun + 20_000);
    const back = begun + 10 * 3_600_000;
    const next = await openMarket(options, folder, back);
    expect(next.isThin).toBe(true);
    expect(next.phases.slice(2)).toEqual([
      { kind: 'deep', from: begun + 25_000 },
      { kind: 'recent', from: back - 3 * 3_600_000 },
    ]);
  });

  it('is written whole, however many write at once', async () => {
    const market = await openMarket(options, folder, begun);
    await Promise.all([market.watched(), market.goLive(begun + 9_000), market.watched(), market.watched()]);
    expect(await readdir(folder)).toEqual(['demo.json']);
    expect((await openMarket(options, folder, begun + 10_000)).phases.at(-1)?.kind).toBe('live');
  });

  it('refuses other options than it was begun with, and says which those were', async () => {
    await openMarket(options, folder, begun);
    await expect(openMarket({ ...options, seed: 8 }, folder, begun)).rejects.toMatchObject({
      code: 'SIMULATION_CHANGED',
      message: expect.stringMatching(/--seed 7 .*--seed 8/),
    });
  });
});
