import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../testing/manual-clock.ts';
import { createJobs, type JobDefinition } from './jobs.ts';
import { silentLog } from './log.ts';
import { openStore, type Store } from './store/store.ts';

const start = Date.UTC(2025, 0, 1);
let store: Store;
beforeAll(async () => {
  store = await openStore({ url: 'pglite-memory://' });
  return () => store.close();
}, 30_000);
beforeEach(async () => {
  await store.query('delete from jobs');
  await store.query(`delete from meta where key like 'job:%'`);
});
afterAll(() => undefined);

function setUp(
  definition: Partial<JobDefinition> = {},
  options: Partial<Parameters<typeof createJobs>[0]> = {},
) {
  const ran: number[] = [];
  const warnings: string[] = [];
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const clock = manualClock(start);
  const jobs = createJobs({
    definitions: [
      {
        id: 'tidy',
        doc: 'Tidies.',
        schedule: '1h',
        run: async ({ now }) => void ran.push(now),
        ...definition,
      },
    ],
    store,
    clock,
    log: { ...silentLog, warn: message => warnings.push(message), error: message => warnings.push(message) },
    ...options,
  });
  const settled = async (): Promise<void> => {
    while (jobs.list()[0]!.running) await new Promise(resolve => setTimeout(resolve, 2));
  };
  return { jobs, ran, held, release, clock, settled, warnings };
}

describe('a job', () => {
  it('runs at once when it never has, then at each multiple of its duration', async () => {
    const { jobs, ran, settled } = setUp();
    await jobs.open();
    for (const minutes of [5, 30, 59, 60, 61, 200]) {
      jobs.tick(start + minutes * 60_000);
      await settled();
    }
    expect(ran.map(at => (at - start) / 60_000)).toEqual([5, 60, 200]);
    expect(jobs.list()[0]).toMatchObject({ outcome: 'succeeded', nextRun: start + 240 * 60_000 });
  });

  it('goes by a cron expression in UTC', async () => {
    const { jobs, ran, settled } = setUp({ schedule: '30 4 * * *' });
    await jobs.open();
    for (const hours of [1, 4, 5, 28, 29]) {
      jobs.tick(start + hours * 3_600_000);
      await settled();
    }
    expect(ran.map(at => (at - start) / 3_600_000)).toEqual([1, 5, 29]);
  });

  it('remembers when it ran last across a restart', async () => {
    const first = setUp();
    await first.jobs.open();
    first.jobs.tick(start + 60_000);
    await first.settled();
    const second = setUp();
    await second.jobs.open();
    second.jobs.tick(start + 120_000);
    await second.settled();
    expect(second.ran).toEqual([]);
    expect(second.jobs.list()[0]).toMatchObject({ lastRun: start + 60_000, outcome: 'succeeded' });
  });

  it('never overlaps itself, in one process or in two', async () => {
    const first = setUp({ run: () => first.held });
    const second = setUp();
    await first.jobs.open();
    await second.jobs.open();
    const running = first.jobs.run('tidy', start);
    await expect(first.jobs.run('tidy', start)).rejects.toMatchObject({ code: 'JOB_RUNNING' });
    while ((await store.query(`select 1 from meta where key = 'job:tidy'`)).length === 0) {
      await new Promise(resolve => setTimeout(resolve, 2));
    }
    await expect(second.jobs.run('tidy', start)).rejects.toMatchObject({
      code: 'JOB_RUNNING',
      message: expect.stringContaining('another process'),
    });
    first.release();
    await running;
    await second.jobs.run('tidy', start);
    expect(second.ran).toEqual([start]);
  });

  it('runs once each time that it is due, however many processes there are', async () => {
    const processes = [setUp(), setUp(), setUp()];
    for (const { jobs } of processes) await jobs.open();
    for (const minutes of [1, 60, 61, 120]) {
      for (const { jobs, settled } of processes) {
        jobs.tick(start + minutes * 60_000);
        await settled();
      }
    }
    const ran = processes.map(one => one.ran.map(at => (at - start) / 60_000));
    expect(ran).toEqual([[1, 60, 120], [], []]);
    for (const { jobs } of processes) {
      expect(jobs.list()[0]).toMatchObject({
        lastRun: start + 120 * 60_000,
        nextRun: start + 180 * 60_000,
        outcome: 'succeeded',
      });
    }
    // By hand it runs all the same.
    await processes[1]!.jobs.run('tidy', start + 121 * 60_000);
    expect(processes[1]!.ran).toEqual([start + 121 * 60_000]);
  });

  it('runs although a process that died held it, after a minute', async () => {
    const dead = { owner: 'dead', until: start + 60_000 };
    await store.query(`insert into meta (key, value) values ('job:tidy', $1::text::jsonb)`, [
      JSON.stringify(dead),
    ]);
    const { jobs, ran, clock } = setUp();
    await expect(jobs.run('tidy', start)).rejects.toMatchObject({ code: 'JOB_RUNNING' });
    await clock.advance(60_001);
    await jobs.run('tidy', start);
    expect(ran).toEqual([start]);
  });

  const leaveLease = () =>
    store.query(`insert into meta (key, value) values ('job:tidy', $1::text::jsonb)`, [
      JSON.stringify({ owner: 'dead', until: start + 60_000 }),
    ]);

  it('made every start wait that found nothing new: it was run again as of the same tape time', async () => {
    const { jobs, ran } = setUp({ afterHistory: true });
    await jobs.runAfterHistory(start);
    await jobs.runAfterHistory(start);
    expect(ran).toEqual([start]);
    await jobs.runAfterHistory(start + 1);
    expect(ran).toEqual([start, start + 1]);
  });

  it('was left out after a history when a process that died held it', async () => {
    await leaveLease();
    const { jobs, ran, clock } = setUp({ afterHistory: true });
    let over = false;
    const running = jobs.runAfterHistory(start).then(() => {
      over = true;
    });
    while (!over) {
      await new Promise(resolve => setTimeout(resolve, 2));
      if (clock.sleeping > 0) await clock.advance(5_000);
    }
    await running;
    expect(ran).toEqual([start]);
    expect(clock.now() - start).toBe(65_000);
  });

  it('that was due while a process that died held it waited for its next time', async () => {
    await leaveLease();
    const { jobs, ran, clock, settled } = setUp();
    for (const seconds of [0, 1, 30, 61]) {
      await clock.set(start + seconds * 1_000);
      jobs.tick(clock.now());
      await settled();
    }
    expect(ran).toEqual([start + 61_000]);
  });

  it('that the database did not let begin was dropped without a word', async () => {
    let isDown = true;
    const broken: typeof store.query = (sql, parameters) =>
      isDown ? Promise.reject(new Error('gone')) : store.query(sql, parameters);
    const { jobs, ran, clock, settled, warnings } = setUp({}, { store: { query: broken } });
    jobs.tick(start);
    await settled();
    isDown = false;
    await clock.advance(5_000);
    jobs.tick(start + 5_000);
    await settled();
    expect(ran).toEqual([start + 5_000]);
    expect(warnings).toEqual(['a job could not be begun; it is tried again']);
  });

  it('kept its lease for a minute when its result could not be stored', async () => {
    const broken: typeof store.query = (sql, parameters) =>
      sql.includes('insert into jobs') ? Promise.reject(new Error('gone')) : store.query(sql, parameters);
    const { jobs, ran, warnings } = setUp({}, { store: { query: broken } });
    await jobs.run('tidy', start);
    expect(ran).toEqual([start]);
    expect(warnings).toEqual(['what a job came to was not stored']);
    expect(await store.query(`select 1 from meta where key = 'job:tidy'`)).toEqual([]);
  });

  it('needs no lease where the database serves one process', async () => {
    await leaveLease();
    const { jobs, ran } = setUp({}, { shared: false });
    await jobs.run('tidy', start);
    expect(ran).toEqual([start]);
  });

  it('that fails says why, and is due again', async () => {
    const { jobs, settled } = setUp({
      run: async () => {
        throw new Error('no broom');
      },
    });
    await jobs.open();
    jobs.tick(start);
    await settled();
    expect(jobs.list()[0]).toMatchObject({
      outcome: 'failed',
      error: 'no broom',
      nextRun: start + 3_600_000,
    });
    expect(await store.query('select outcome, error from jobs')).toEqual([
      { outcome: 'failed', error: 'no broom' },
    ]);
  });

  it('that is off runs only by hand; a schedule that says nothing is refused', async () => {
    const { jobs, ran } = setUp({ schedule: 'off' });
    jobs.tick(start);
    await jobs.runAfterHistory(start);
    expect(ran).toEqual([]);
    await jobs.run('tidy', start);
    expect(ran).toEqual([start]);
    expect(() => setUp({ schedule: 'soon' })).toThrow(
      expect.objectContaining({ code: 'JOB_SCHEDULE_INVALID' }),
    );
  });
});
