import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../testing/manual-clock.ts';
import { createLeaderboard } from './leaderboard.ts';
import { openStore, type Store } from './store/store.ts';

let store: Store;
beforeAll(async () => {
  store = await openStore({ url: 'pglite-memory://' });
}, 30_000);
afterAll(() => store.close());

describe('the leaderboard', () => {
  it('was computed as of the wall clock before a replay had a time', async () => {
    const published: number[] = [];
    let tapeTime: number | undefined;
    const statements: string[] = [];
    const leaderboard = createLeaderboard({
      store: {
        query: (sql, parameters) => {
          statements.push(sql);
          return store.query(sql, parameters);
        },
      },
      tapeTime: () => tapeTime,
      committedSeq: () => 0,
      clock: manualClock(Date.UTC(2030, 0, 1)),
      publish: asOf => published.push(asOf),
    });
    expect(await leaderboard.compute()).toBeUndefined();
    await leaderboard.fresh();
    expect([published, statements]).toEqual([[], []]);
    tapeTime = Date.UTC(2025, 0, 1);
    expect(await leaderboard.compute()).toEqual({ rows: 0, asOf: Date.UTC(2025, 0, 1) });
    expect(published).toEqual([Date.UTC(2025, 0, 1)]);
  });
});
