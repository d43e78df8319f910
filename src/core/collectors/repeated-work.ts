import type { Logger, RepeatedWork } from '../../plugin-api/index.ts';
import type { Clock } from '../clock.ts';
import { UserError } from '../errors.ts';
import { type JobStatus, jobRunning } from '../jobs.ts';
import { linkAbort } from './linked-abort.ts';

/** What the collectors of an application do again and again, as jobs `<plugin>/<id>`. */
export interface RepeatedWorks {
  /** Begins it, until `end` aborts. What an earlier attempt of the collector came to stays known. */
  begin(work: RepeatedWork, run: () => Promise<void>, of: WorkOwner): void;
  has(id: string): boolean;
  /** Runs one now; rejects with its error, or when it runs already or its collector does not. */
  run(id: string): Promise<void>;
  /** In the order in which they were first begun. */
  list(): readonly JobStatus[];
}

export interface WorkOwner {
  readonly plugin: string;
  /** Aborted when the attempt of the collector is over. */
  readonly end: AbortSignal;
  readonly log: Logger;
}

export interface RepeatedWorksOptions {
  readonly clock: Clock;
  /** Told of each run that has ended. */
  readonly onRun?: (status: JobStatus) => void;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Job {
  readonly status: Mutable<JobStatus>;
  /** Of the present attempt of its collector; undefined while there is none. */
  start: (() => Promise<void>) | undefined;
  /** Of the attempt that began it last. */
  end: AbortSignal | undefined;
}

export function createRepeatedWorks({ clock, onRun }: RepeatedWorksOptions): RepeatedWorks {
  const jobs = new Map<string, Job>();

  function jobOf(id: string, { doc, everyMs }: RepeatedWork): Job {
    const known = jobs.get(id);
    if (known !== undefined) return known;
    const schedule = scheduleText(everyMs);
    const status = { id, doc, schedule, running: false, ...neverRun };
    const job: Job = { status, start: undefined, end: undefined };
    jobs.set(id, job);
    return job;
  }

  async function once(
    { status }: Job,
    run: () => Promise<void>,
    { end, log, plan }: WorkOwner & { readonly plan: (begun: number, failed: boolean) => number },
  ): Promise<void> {
    const begun = clock.now();
    const start = performance.now();
    status.running = true;
    status.lastRun = begun;
    status.nextRun = undefined;
    try {
      await run();
      status.outcome = 'succeeded';
      status.error = undefined;
    } catch (error) {
      // Note: what is cut short because its collector stops has not failed.
      if (end.aborted) return;
      status.outcome = 'failed';
      status.error = error instanceof Error ? error.message : String(error);
      log.warn('a job failed', { job: status.id, error });
      throw error;
    } finally {
      status.running = false;
      status.durationMs = Math.round(performance.now() - start);
      status.nextRun = plan(begun, status.outcome === 'failed');
      if (!end.aborted) onRun?.({ ...status });
    }
  }

  async function repeat(
    job: Job,
    work: RepeatedWork,
    run: () => Promise<void>,
    of: WorkOwner,
  ): Promise<void> {
    const { status } = job;
    const { everyMs, retryMs = everyMs, next = after => after + everyMs } = work;
    let dueAt = work.next === undefined ? clock.now() : next(clock.now());
    let running: Promise<void> | undefined;
    let asked = linkAbort(of.end);
    const plan = (begun: number, failed: boolean): number => {
      dueAt = failed ? Math.min(next(begun), clock.now() + retryMs) : next(begun);
      return dueAt;
    };
    const start = (): Promise<void> => {
      if (running !== undefined) return Promise.reject(jobRunning(status.id, 'this process'));
      running = once(job, run, { ...of, plan });
      asked.abort();
      return running;
    };
    job.start = start;
    try {
      while (!of.end.aborted) {
        if (running === undefined) status.nextRun = dueAt;
        // Note: the wall clock may have been set back.
        if (work.next === undefined) dueAt = Math.min(dueAt, clock.now() + everyMs);
        // Note: looked at again each minute, since the wall clock may leap.
        const waitMs = Math.min(dueAt - clock.now(), 60_000);
        if (running === undefined && waitMs > 0) await clock.sleep(waitMs, asked.signal);
        asked.abort();
        asked = linkAbort(of.end);
        if (of.end.aborted) break;
        if (running === undefined) {
          if (clock.now() < dueAt) continue;
          start().catch(() => undefined);
        }
        await running!.catch(() => undefined);
        running = undefined;
      }
    } finally {
      asked.abort();
      status.nextRun = undefined;
      if (job.start === start) job.start = undefined;
    }
  }

  return {
    begin(work, run, of) {
      const id = `${of.plugin}/${work.id}`;
      const job = jobOf(id, work);
      // Note: an attempt that is over may not have let go of it yet.
      if (job.end?.aborted === false && !of.end.aborted) {
        throw new UserError(
          'JOB_RUNNING',
          `Expected each job of ${of.plugin} to be begun once, found ${id} twice. Give the second another id.`,
        );
      }
      job.end = of.end;
      if (!of.end.aborted) void repeat(job, work, run, of);
    },
    has: id => jobs.has(id),
    async run(id) {
      const start = jobs.get(id)?.start;
      if (start !== undefined) return start();
      throw new UserError(
        'JOB_UNKNOWN',
        `Expected the collector of ${id} to run, found that it does not. Wait until it has begun again, or resume it.`,
      );
    },
    list: () => [...jobs.values()].map(({ status }) => ({ ...status })),
  };
}

const neverRun = {
  lastRun: undefined,
  nextRun: undefined,
  durationMs: undefined,
  outcome: undefined,
  error: undefined,
} as const;

/** An interval as configuration writes it, such as `5m`. */
function scheduleText(ms: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}
