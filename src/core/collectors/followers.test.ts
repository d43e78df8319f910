import { describe, expect, it } from 'vitest';
import { type EventRef, mark, metric } from '../../plugin-api/index.ts';
import { manualClock } from '../../testing/manual-clock.ts';
import type { TapeEvent } from '../event.ts';
import type { AppLogger } from '../log.ts';
import { silentLog } from '../log.ts';
import { createFollowers } from './followers.ts';

const event = (ref: EventRef, seq: number): TapeEvent => ({
  ...{
    seq,
    ref,
    type: ref.id,
    key: 'k',
    tsEvent: seq,
    tsIngest: seq,
    source: 's',
    dedupe: `${seq}`,
    payload: {},
  },
});

describe('those who follow events', () => {
  it('are told of the events of their ref, in order, until they stop', () => {
    const followers = createFollowers(manualClock());
    const seen: string[] = [];
    const stop = new AbortController();
    followers.follow(metric as EventRef, ({ seq }) => seen.push(`metric ${seq}`), {
      signal: stop.signal,
      log: silentLog,
    });
    followers.follow(mark as EventRef, ({ seq }) => seen.push(`mark ${seq}`), {
      signal: new AbortController().signal,
      log: silentLog,
    });
    followers.tell([event(metric as EventRef, 1), event(mark as EventRef, 2), event(metric as EventRef, 3)]);
    stop.abort();
    followers.tell([event(metric as EventRef, 4), event(mark as EventRef, 5)]);
    expect(seen).toEqual(['metric 1', 'mark 2', 'metric 3', 'mark 5']);
  });

  it('are told all the same when one of them fails, which is logged now and then with its count', async () => {
    const clock = manualClock();
    const followers = createFollowers(clock);
    const logged: unknown[] = [];
    const log = { ...silentLog, error: (_: string, values: unknown) => logged.push(values) } as AppLogger;
    const seen: number[] = [];
    const { signal } = new AbortController();
    const fails = () => {
      throw new Error('a bug');
    };
    followers.follow(metric as EventRef, fails, { signal, log });
    followers.follow(metric as EventRef, ({ seq }) => seen.push(seq), { signal, log });
    followers.tell([1, 2, 3].map(seq => event(metric as EventRef, seq)));
    await clock.advance(10_000);
    followers.tell([event(metric as EventRef, 4)]);
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(logged).toMatchObject([
      { seq: 1, failures: 1 },
      { seq: 4, failures: 4 },
    ]);
  });
});
