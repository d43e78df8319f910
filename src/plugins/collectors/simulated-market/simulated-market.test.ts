import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CollectorContext, Draft, Progress } from '../../../plugin-api/index.ts';
import { conformance, testCollectorContext } from '../../../testing/index.ts';
import { historyConfig, marketConfig } from './config.ts';
import { simulatedHistory, simulatedMarket } from './index.ts';

const present = Date.UTC(2026, 2, 3, 15);
const small = { seed: 11, wallets: 60, historyDays: 2, present };

function contextOf(
  config: unknown,
  options: {
    now: () => number;
    cursor?: string | undefined;
    signal?: AbortSignal;
    onProgress?: (progress: Progress) => void;
  },
): CollectorContext<never> {
  return testCollectorContext(config as never, {
    get now() {
      return options.now();
    },
    ...(options.signal && { signal: options.signal }),
    cursor: options.cursor,
    sleep: ms => sleep(Math.min(ms, 1)),
    ...(options.onProgress && { progress: options.onProgress }),
  });
}

async function history(config: Partial<typeof small> = {}, cursor?: string): Promise<Draft[]> {
  const drafts: Draft[] = [];
  const context = contextOf(historyConfig.parse({ ...small, ...config }), { now: () => present, cursor });
  for await (const chunk of simulatedHistory.collect(context)) drafts.push(...(chunk as readonly Draft[]));
  return drafts;
}

/** Takes drafts of the live market until the simulated present has passed `untilMs`. */
async function live(
  config: unknown,
  options: { startsAt: number; untilMs: number; cursor?: string | undefined },
): Promise<Draft[]> {
  const abort = new AbortController();
  const started = performance.now();
  // Real time runs twenty times as fast.
  const now = () => options.startsAt + Math.floor((performance.now() - started) * 20);
  const drafts: Draft[] = [];
  const context = contextOf(config, { now, cursor: options.cursor, signal: abort.signal });
  for await (const chunk of simulatedMarket.collect(context)) {
    drafts.push(...(chunk as readonly Draft[]));
    if ((drafts.at(-1)?.tsEvent ?? 0) >= options.untilMs) abort.abort();
  }
  return drafts;
}

const identities = (drafts: readonly Draft[]) => drafts.map(each => `${each.ref.id}/${each.dedupe}`);

describe('the history collector', () => {
  it('tells weeks of trades, prices, candles, funding and leaderboards before the present', async () => {
    const drafts = await history();
    const kinds = new Set(drafts.map(each => each.ref.id));
    expect([...kinds].sort()).toEqual(['candle', 'fill', 'funding', 'leaderboard', 'mark', 'trade']);
    expect(drafts.every(each => each.tsEvent < present)).toBe(true);
    expect(drafts.every(each => each.tsIngest === each.tsEvent + 60)).toBe(true);
    expect(new Set(identities(drafts)).size).toBe(drafts.length);
  });

  it('goes on after its cursor', async () => {
    const whole = await history();
    const rest = await history({}, whole[99]?.cursor);
    expect(identities(rest)).toEqual(identities(whole.slice(100)));
  });

  it('names every wallet as simulated', async () => {
    const names = (await history())
      .filter(each => each.ref.id === 'leaderboard')
      .map(each => (each.payload as { displayName: string }).displayName);
    expect(names.length).toBeGreaterThan(0);
    expect(names.every(name => name.startsWith('sim '))).toBe(true);
  });
});

describe('the live collector', () => {
  it('goes on exactly where history ended', async () => {
    const addresses = new Set(
      (await history())
        .filter(each => each.ref.id === 'trade')
        .flatMap(each => {
          const { buyer, seller } = each.payload as { buyer: string; seller: string };
          return [buyer, seller];
        }),
    );
    const drafts = await live(marketConfig.parse(small), { startsAt: present, untilMs: present + 60_000 });
    const trades = drafts.filter(each => each.ref.id === 'trade');
    expect(drafts[0]?.tsEvent).toBeGreaterThanOrEqual(present);
    expect(trades.length).toBeGreaterThan(200);
    const known = trades.filter(each => addresses.has((each.payload as { buyer: string }).buyer));
    expect(known.length / trades.length).toBeGreaterThan(0.5);
  });

  it('repeats nothing and loses nothing when it is stopped and begun again within moments', async () => {
    const config = marketConfig.parse(small);
    const whole = await live(config, { startsAt: present, untilMs: present + 60_000 });
    const cut = Math.floor(whole.length / 3);
    const at = whole[cut - 1];
    const rest = await live(config, {
      startsAt: at!.tsEvent,
      untilMs: present + 60_000,
      cursor: at?.cursor,
    });
    expect(identities([...whole.slice(0, cut), ...rest])).toEqual(identities(whole));
  });

  it('lets the market go on thinly while it is off, and can be stopped again after that', async () => {
    const config = marketConfig.parse(small);
    const hour = 3_600_000;
    const before = await live(config, { startsAt: present, untilMs: present + 30_000 });
    const back = present + 8 * hour;
    const after = await live(config, {
      startsAt: back,
      untilMs: back + 30_000,
      cursor: before.at(-1)?.cursor,
    });
    const all = [...before, ...after];
    expect(new Set(identities(all)).size).toBe(all.length);
    expect(after.filter(each => each.tsEvent < back).length).toBeGreaterThan(100);
    const again = await live(config, {
      startsAt: back + 40_000,
      untilMs: back + 60_000,
      cursor: after.at(-1)?.cursor,
    });
    expect(new Set(identities([...all, ...again])).size).toBe(all.length + again.length);
    expect(again[0]!.tsEvent).toBeGreaterThanOrEqual(after.at(-1)!.tsEvent);
  });

  it('refuses to go on with another configuration, and says what to do', async () => {
    const drafts = await live(marketConfig.parse(small), { startsAt: present, untilMs: present + 2_000 });
    const other = marketConfig.parse({ ...small, seed: 12 });
    await expect(
      live(other, { startsAt: present, untilMs: present + 2_000, cursor: drafts.at(-1)?.cursor }),
    ).rejects.toThrow(/seed=12 .*seed=11 .*empty data folder/);
  });
});

describe('conformance of simulated-history', () => {
  for (const check of conformance(simulatedHistory, { config: small })) it(check.name, check.run, 60_000);
});

describe('conformance of simulated-market', () => {
  // What lies between this present and the kit's clock is told at once.
  const config = { ...small, present: Date.UTC(2026, 0, 5, 12) - 180_000 };
  for (const check of conformance(simulatedMarket, { config, drafts: 150 }))
    it(check.name, check.run, 60_000);
});
