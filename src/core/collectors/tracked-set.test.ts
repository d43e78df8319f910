import { describe, expect, it } from 'vitest';
import type { TrackedTrader } from '../../plugin-api/index.ts';
import { silentLog } from '../log.ts';
import { createTrackedSet } from './tracked-set.ts';

const hand = (address: string): TrackedTrader => ({ address, by: 'hand', tier: undefined });
const core = (address: string): TrackedTrader => ({ address, by: 'selection', tier: 'core' });
const changes = (...traders: TrackedTrader[]) => new Map(traders.map(trader => [trader.address, trader]));

describe('the tracked traders', () => {
  it('are listed by address, whenever they came', () => {
    const set = createTrackedSet();
    set.apply(changes(hand('0xc'), core('0xa')));
    set.apply(changes(core('0xb')));
    expect(set.list().map(({ address }) => address)).toEqual(['0xa', '0xb', '0xc']);
    expect(set.has('0xb')).toBe(true);
    expect(set.has('0xd')).toBe(false);
  });

  it('tell who listens of what is new, otherwise, or gone, and of nothing else', () => {
    const set = createTrackedSet();
    const told: unknown[] = [];
    const stop = new AbortController();
    set.onChange((added, removed) => told.push([added, removed]), { signal: stop.signal, log: silentLog });
    set.apply(changes(hand('0xa')));
    set.apply(changes(hand('0xa')));
    set.apply(changes(core('0xa')));
    set.apply(new Map([['0xa', undefined]]));
    set.apply(new Map([['0xa', undefined]]));
    stop.abort();
    set.apply(changes(hand('0xb')));
    expect(told).toEqual([
      [[hand('0xa')], []],
      [[core('0xa')], []],
      [[], ['0xa']],
    ]);
  });

  it('are told to all who listen, also when one of them fails', () => {
    const set = createTrackedSet();
    const told: string[] = [];
    const { signal } = new AbortController();
    const fails = () => {
      throw new Error('a bug');
    };
    set.onChange(fails, { signal, log: silentLog });
    set.onChange(added => told.push(added[0]!.address), { signal, log: silentLog });
    set.apply(changes(hand('0xa')));
    expect(told).toEqual(['0xa']);
  });
});
