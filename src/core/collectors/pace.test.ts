import { describe, expect, it } from 'vitest';
import { manualClock } from '../../testing/manual-clock.ts';
import type { SourceItem } from '../ingest/source-item.ts';
import { createPace } from './pace.ts';

function setUp(speed: number) {
  const clock = manualClock(0);
  const beats: number[] = [];
  const pace = createPace({
    speed,
    clock,
    signal: new AbortController().signal,
    push: ({ draft }: SourceItem) => beats.push(draft.tsIngest!),
  });
  /** When, on the clock, history gets to a time. */
  const reached = async (tsIngest: number): Promise<number> => {
    let at: number | undefined;
    const waiting = pace.until(tsIngest).then(() => {
      at = clock.now();
    });
    while (at === undefined) {
      await new Promise(resolve => setImmediate(resolve));
      if (at === undefined) await clock.advance(10);
    }
    await waiting;
    return at;
  };
  return { reached, beats };
}

describe('the pace of history', () => {
  it('is the clock’s at speed 1, and closes the beats that pass', async () => {
    const { reached, beats } = setUp(1);
    expect(await reached(10_500)).toBe(0);
    expect(await reached(12_700)).toBeCloseTo(2_200, -1.5);
    expect(beats).toEqual([11_000, 12_000]);
  });

  it('is faster by its factor', async () => {
    const { reached } = setUp(60);
    await reached(0);
    expect(await reached(60_000)).toBeCloseTo(1_000, -1.5);
  });

  it('passes a long silence with one beat, not with thousands', async () => {
    const { reached, beats } = setUp(1e6);
    await reached(0);
    await reached(86_400_500);
    expect(beats).toEqual([86_400_000]);
  });

  it('does not wait at all at infinite speed', async () => {
    const { reached, beats } = setUp(Number.POSITIVE_INFINITY);
    await reached(0);
    expect(await reached(1e12)).toBe(0);
    expect(beats).toEqual([]);
  });
});
