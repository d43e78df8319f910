import { describe, expect, it } from 'vitest';
import { manualClock } from '../../testing/manual-clock.ts';
import type { JobStatus } from '../jobs.ts';
import { createRepeatedWorks } from './repeated-work.ts';

const silent = () => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };

function setUp() {
  const clock = manualClock(0);
  const ended: JobStatus[] = [];
  const works = createRepeatedWorks({ clock, onRun: status => ended.push(status) });
  const stop = new AbortController();
  const times: number[] = [];
  const begin = (run: () => Promise<void>, more: object = {}, end = stop.signal): void =>
    works.begin(
      { id: 'look', doc: 'Looks.', everyMs: 60_000, ...more },
      async () => {
        times.push(clock.now());
        await run();
      },
      { plugin: 'venue', end, log },
    );
  return { clock, works, ended, stop, times, begin };
}

const turn = () => new Promise<void>(resolve => setImmediate(resolve));

describe('the repeated work of a collector', () => {
  it('is done at once and then in even intervals, and shows what it came to', async () => {
    const { clock, works, ended, times, begin } = setUp();
    begin(async () => {});
    await turn();
    await clock.advance(120_000);

    expect(times).toEqual([0, 60_000, 120_000]);
    expect(ended).toHaveLength(3);
    expect(works.list()).toMatchObject([
      {
        ...{ id: 'venue/look', doc: 'Looks.', schedule: '1m', running: false, lastRun: 120_000 },
        ...{ nextRun: 180_000, outcome: 'succeeded', error: undefined },
      },
    ]);
  });

  it('is tried again after a failure, earlier than else', async () => {
    const { clock, works, times, begin } = setUp();
    begin(
      async () => {
        if (times.length === 1) throw new Error('no answer');
      },
      { retryMs: 10_000 },
    );
    await turn();
    expect(works.list()[0]).toMatchObject({ outcome: 'failed', error: 'no answer', nextRun: 10_000 });
    await clock.advance(10_000);

    expect(times).toEqual([0, 10_000]);
    expect(works.list()[0]).toMatchObject({ outcome: 'succeeded', error: undefined, nextRun: 70_000 });
  });

  it('can be run by hand, and never overlaps itself', async () => {
    const { clock, works, times, begin } = setUp();
    const gate = Promise.withResolvers<void>();
    begin(() => (times.length === 2 ? gate.promise : Promise.resolve()));
    await turn();
    await clock.advance(5_000);
    const byHand = works.run('venue/look');
    await turn();
    expect(works.list()[0]).toMatchObject({ running: true, lastRun: 5_000 });
    await expect(works.run('venue/look')).rejects.toMatchObject({ code: 'JOB_RUNNING' });
    await clock.advance(200_000);
    expect(times).toEqual([0, 5_000]);
    gate.resolve();
    await byHand;
    await turn();

    // Note: it took longer than its interval, so that the next run follows at once.
    expect(times).toEqual([0, 5_000, 205_000]);
  });

  it('tells whoever runs it by hand why it failed', async () => {
    const { works, times, begin } = setUp();
    begin(async () => {
      if (times.length === 2) throw new Error('no answer');
    });
    await turn();
    await expect(works.run('venue/look')).rejects.toThrow('no answer');
  });

  it('waits for its time where it says when that is', async () => {
    const { clock, times, begin } = setUp();
    begin(async () => {}, { next: (after: number) => (Math.floor(after / 8_000) + 1) * 8_000 });
    await turn();
    await clock.advance(20_000);
    expect(times).toEqual([8_000, 16_000]);
  });

  it('ends with its collector, and is begun again with its next attempt', async () => {
    const { clock, works, stop, times, begin } = setUp();
    begin(async () => {});
    await turn();
    stop.abort();
    await turn();
    await clock.advance(100_000);
    expect(times).toEqual([0]);
    expect(works.list()[0]).toMatchObject({ lastRun: 0, nextRun: undefined });
    await expect(works.run('venue/look')).rejects.toMatchObject({ code: 'JOB_UNKNOWN' });

    begin(async () => {}, {}, new AbortController().signal);
    await turn();
    expect(times).toEqual([0, 100_000]);
  });

  it('is begun again by an attempt that follows the last one at once', async () => {
    const { clock, works, stop, times, begin } = setUp();
    begin(async () => {});
    await turn();
    const next = new AbortController();
    stop.abort();
    begin(async () => {}, {}, next.signal);
    await turn();
    expect(times).toEqual([0, 0]);
    await clock.advance(60_000);
    expect(times).toEqual([0, 0, 60_000]);
    expect(() => begin(async () => {}, {}, next.signal)).toThrow('venue/look twice');
    await works.run('venue/look');
    expect(times).toEqual([0, 0, 60_000, 60_000]);
  });
});
