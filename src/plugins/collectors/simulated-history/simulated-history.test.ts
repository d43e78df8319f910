import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Draft } from '../../../plugin-api/index.ts';
import { backstopAddress } from '../../../simulation/accounts.ts';
import { conformance, testCollectorContext } from '../../../testing/index.ts';
import { historyConfig } from './config.ts';
import { simulatedHistory } from './index.ts';

const present = Date.UTC(2026, 2, 3, 15);
const small = { seed: 11, wallets: 60, historyDays: 2, present };

async function history(config: Partial<typeof small> = {}, cursor?: string): Promise<Draft[]> {
  const drafts: Draft[] = [];
  const context = testCollectorContext(historyConfig.parse({ ...small, ...config }), {
    now: present,
    cursor,
    sleep: () => sleep(1),
  });
  for await (const chunk of simulatedHistory.collect(context)) drafts.push(...(chunk as readonly Draft[]));
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

  it('tells trades with what no one sees of a liquidation left out', async () => {
    const drafts = await history();
    const partners = drafts
      .filter(each => each.ref.id === 'trade')
      .flatMap(each => {
        const { buyer, seller } = each.payload as { buyer: string; seller: string };
        return [buyer, seller];
      });
    expect(partners).not.toContain(backstopAddress);
  });

  it('names every wallet as simulated', async () => {
    const names = (await history())
      .filter(each => each.ref.id === 'leaderboard')
      .map(each => (each.payload as { displayName: string }).displayName);
    expect(names.length).toBeGreaterThan(0);
    expect(names.every(name => name.startsWith('sim '))).toBe(true);
  });
});

describe('conformance of simulated-history', () => {
  for (const check of conformance(simulatedHistory, { config: small })) it(check.name, check.run, 60_000);
});
