import { describe, expect, it } from 'vitest';
import { createOpenGaps, type OpenGap } from './open-gaps.ts';

const hour = 3_600_000;
const wallet = `0x${'a'.repeat(40)}`;
const streams: Record<string, ReadonlySet<string>> = {
  'wallet.position': new Set(['trade', 'position']),
  'market.state': new Set(['trade', 'book']),
  'wallet.leaderboard': new Set(['leaderboard']),
};

function setUp() {
  const gaps = createOpenGaps({ streamsOf: ref => streams[ref] ?? new Set(), staleForMs: 24 * hour });
  const note = (from: number, to: number, more: Partial<OpenGap & { healed: boolean }> = {}) =>
    gaps.note({
      ...{ source: 'market', stream: 'trade', scope: null, reason: 'test', healed: false },
      from,
      to,
      ...more,
    });
  const at = (now: number) => gaps.committed({ events: [], now });
  const isStale = (ref: string, key: string, confirmedAt?: number) =>
    gaps.behind({ ref, key, confirmedAt }) !== undefined;
  return { gaps, note, at, isStale };
}

describe('a gap that is not healed', () => {
  it('makes stale what is computed from its stream, and nothing else', () => {
    const { note, at, isStale } = setUp();
    note(1_000, 2_000);
    at(3_000);
    expect(isStale('wallet.position', `${wallet}:BTC`)).toBe(true);
    expect(isStale('market.state', 'ETH')).toBe(true);
    expect(isStale('wallet.leaderboard', wallet)).toBe(false);
  });

  it('of a coin makes stale what is of that coin, in it, or of the whole market, but no whole wallet', () => {
    const { note, isStale } = setUp();
    note(1_000, 2_000, { scope: 'BTC' });
    expect(isStale('market.state', 'BTC')).toBe(true);
    expect(isStale('market.state', 'market')).toBe(true);
    expect(isStale('wallet.position', `${wallet}:BTC`)).toBe(true);
    expect(isStale('wallet.position', `${wallet}:ETH`)).toBe(false);
    expect(isStale('wallet.position', `${wallet}:xyz:BTC`)).toBe(false);
    expect(isStale('wallet.position', wallet)).toBe(false);
  });

  it('leaves a position alone that was confirmed after it', () => {
    const { note, isStale } = setUp();
    note(1_000, 2_000);
    expect(isStale('wallet.position', `${wallet}:BTC`, 1_999)).toBe(true);
    expect(isStale('wallet.position', `${wallet}:BTC`, 2_000)).toBe(false);
  });

  it('is forgotten a day of tape time after its end', () => {
    const { gaps, note, at, isStale } = setUp();
    note(1_000, 2_000);
    at(2_000 + 24 * hour - 1);
    expect(isStale('market.state', 'BTC')).toBe(true);
    at(2_000 + 24 * hour);
    expect(isStale('market.state', 'BTC')).toBe(false);
    expect(gaps.list()).toEqual([]);
  });
});

describe('what heals a gap', () => {
  it('takes of it what was fetched, and leaves the rest', () => {
    const { gaps, note } = setUp();
    note(1_000, 9_000, { scope: 'BTC' });
    note(3_000, 5_000, { scope: 'BTC', healed: true });
    expect(gaps.list().map(({ from, to }) => [from, to])).toEqual([
      [1_000, 3_000],
      [5_000, 9_000],
    ]);
    // That of all coins heals each of them; that of another coin, or stream, none of these.
    note(0, 9_000, { scope: 'ETH', healed: true });
    note(0, 9_000, { stream: 'book', healed: true });
    expect(gaps.list()).toHaveLength(2);
    note(0, 9_000, { healed: true });
    expect(gaps.list()).toEqual([]);
  });

  it('heals nothing of another venue that tells the same stream', () => {
    const { gaps, note } = setUp();
    note(1_000, 2_000, { source: 'other-venue' });
    note(0, 9_000, { healed: true });
    expect(gaps.list()).toHaveLength(1);
    note(0, 9_000, { source: 'other-venue', healed: true });
    expect(gaps.list()).toEqual([]);
  });

  it('does not heal what is reported after it', () => {
    const { gaps, note } = setUp();
    note(1_000, 2_000, { healed: true });
    note(1_000, 2_000);
    expect(gaps.list()).toHaveLength(1);
  });
});
