import { randomUUID } from 'node:crypto';
import type { Logger } from '../plugin-api/index.ts';
import type { Clock } from './clock.ts';
import { codeOf, UserError } from './errors.ts';
import { createJobLeases, leaseMs, noLeases } from './jobs/lease.ts';
import { scheduleOf } from './jobs/schedule.ts';

/** Something that is done now and then. */
export interface JobDefinition {
  readonly id: string;
  /** One indicative sentence. */
  readonly doc: string;
  /** A duration such as `1h`, a cron expression in UTC, or `off`. */
  readonly schedule: string;
  /** Whether it is done once when all history has been read. Default false. */
  readonly afterHistory?: boolean;
  /** Whether it is worth doing before its time, as of a tape time in ms. Not asked when it is `off`. */
  isDue?(now: number): boolean;
  /** Does it, as of a tape time in ms. */
  run(context: { readonly now: number; readonly signal: AbortSignal }): Promise<unknown>;
}

export interface JobStatus {
  readonly id: string;
  readonly doc: string;
  readonly schedule: string;
  readonly running: boolean;
  /** Tape time in ms, as `nextRun`. */
  readonly lastRun: number | undefined;
  readonly nextRun: number | undefined;
  readonly durationMs: number | undefined;
  readonly outcome: 'succeeded' | 'failed' | undefined;
  readonly error: string | undefined;
}

/** The part of the store that jobs need. */
export interface JobStore {
  query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

/** Jobs on tape time: a replay of a day passes the same hours as the day did. */
export interface Jobs {
  /** Reads when each job ran last. */
  open(): Promise<void>;
  /** Begins what is due at this tape time; does not wait for it. */
  tick(now: number): void;
  /** Runs a job now and resolves when it has ended; rejects with its error, or when it runs already. */
  run(id: string, now: number): Promise<void>;
  /** Runs the jobs that follow a history, one after the other; waits for one that another process runs, or died in. */
  runAfterHistory(now: number): Promise<void>;
  list(): readonly JobStatus[];
  /** Asks running jobs to end and waits for them. */
  close(): Promise<void>;
}

interface Job {
  readonly definition: JobDefinition;
  readonly next: (after: number) => number | undefined;
  running: Promise<void> | undefined;
  lastRun: number | undefined;
  nextRun: number | undefined;
  durationMs: number | undefined;
  outcome: 'succeeded' | 'failed' | undefined;
  error: string | undefined;
  /** How often it has ended in this process, well or not. */
  runs: number;
  /** Before this time of the clock in ms it is not tried again: somebody else has it, or the database did not answer. */
  waitUntil: number;
}

/** Between two tries to begin a job that is due. */
const retryMs = 5_000;
/** A job that another process runs for longer is left to it. */
const longestWaitMs = 10 * leaseMs;

export function createJobs(options: {
  readonly definitions: readonly JobDefinition[];
  readonly store: JobStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether other processes may run the same jobs. False where the database serves one process, as PGlite does. Default true. */
  readonly shared?: boolean;
  readonly onRun?: (id: string, outcome: 'succeeded' | 'failed', ms: number) => void;
}): Jobs {
  const { store, clock, log, shared = true } = options;
  const leases = shared ? createJobLeases({ store, clock, owner: randomUUID() }) : noLeases;
  const stopping = new AbortController();
  const jobs = new Map<string, Job>();
  for (const definition of options.definitions) {
    jobs.set(definition.id, {
      definition,
      next: scheduleOf(definition),
      running: undefined,
      lastRun: undefined,
      nextRun: undefined,
      durationMs: undefined,
      outcome: undefined,
      error: undefined,
      runs: 0,
      waitUntil: 0,
    });
  }

  /** What the database says of jobs, in case that another process ran one meanwhile. */
  const readRows = (where = '', parameters: readonly unknown[] = []): Promise<JobRow[]> =>
    store.query(`select id, last_run, duration_ms, outcome, error from jobs ${where}`, parameters);

  /** Takes over what another process did; false when that was known. */
  async function ranElsewhere(job: Job): Promise<boolean> {
    if (!shared) return false;
    const [row] = await readRows('where id = $1', [job.definition.id]);
    const known = job.lastRun ?? Number.NEGATIVE_INFINITY;
    if (row === undefined || row.last_run === null || Number(row.last_run) <= known) return false;
    adopt(job, row);
    return true;
  }

  const save = ({ definition: { id, doc, schedule }, ...job }: Job): Promise<void> =>
    saveJob(store, { ...job, id, doc, schedule });

  async function perform(job: Job, now: number, isScheduled: boolean): Promise<void> {
    const { id } = job.definition;
    if (!(await leases.take(id))) throw jobRunning(id, 'another process');
    // Note: it was due here, but another process has just done it.
    if (isScheduled && (await ranElsewhere(job)) && (job.nextRun === undefined || job.nextRun > now)) {
      await leases.giveBack(id);
      return;
    }
    const renewing = setInterval(() => {
      leases.take(id).catch(error => log.warn('a job’s lease was not renewed', { job: id, error }));
    }, leaseMs / 3);
    const start = performance.now();
    try {
      await job.definition.run({ now, signal: stopping.signal });
      job.outcome = 'succeeded';
      job.error = undefined;
    } catch (error) {
      job.outcome = 'failed';
      job.error = error instanceof Error ? error.message : String(error);
      log.error('a job failed', { job: id, error });
      throw error;
    } finally {
      clearInterval(renewing);
      job.durationMs = Math.round(performance.now() - start);
      job.runs++;
      job.lastRun = now;
      job.nextRun = job.next(now);
      options.onRun?.(id, job.outcome ?? 'failed', job.durationMs);
      // Note: the job is done, or has said why not; that this is not known elsewhere is no failure of it.
      await save(job).catch(error => log.warn('what a job came to was not stored', { job: id, error }));
      await leases
        .giveBack(id)
        .catch(error => log.warn('a job’s lease was not given back', { job: id, error }));
    }
  }

  function begin(job: Job, now: number, isScheduled = false): Promise<void> {
    if (job.running !== undefined) return Promise.reject(jobRunning(job.definition.id, 'this process'));
    const due = job.nextRun;
    // Note: moved on at once, so that a job that is due is not begun again while it runs.
    job.nextRun = job.next(now);
    const { runs, lastRun } = job;
    job.running = perform(job, now, isScheduled).finally(() => {
      // Note: when it was not even begun, here or elsewhere, it is still due.
      if (job.runs === runs && job.lastRun === lastRun) job.nextRun = due;
      job.running = undefined;
    });
    return job.running;
  }

  /** Begins a job, waiting for whoever else runs it. */
  async function beginAfterOthers(job: Job, now: number): Promise<void> {
    const deadline = clock.now() + longestWaitMs;
    for (;;) {
      try {
        await job.running?.catch(() => undefined);
        return await begin(job, now);
      } catch (error) {
        if (codeOf(error) !== 'JOB_RUNNING' || clock.now() >= deadline) throw error;
        log.info('a job that another process runs, or died in, is waited for', { job: job.definition.id });
        await clock.sleep(retryMs, stopping.signal);
        if (stopping.signal.aborted) throw error;
      }
    }
  }

  return {
    async open() {
      for (const row of await readRows()) {
        const job = jobs.get(row.id);
        if (job !== undefined) adopt(job, row);
      }
      for (const job of jobs.values()) await save(job);
    },
    tick(now) {
      if (stopping.signal.aborted) return;
      for (const job of jobs.values()) {
        if (job.running !== undefined || clock.now() < job.waitUntil) continue;
        const isOn = job.next(now) !== undefined;
        const first = job.lastRun === undefined && job.nextRun === undefined && isOn;
        const early = isOn && job.definition.isDue?.(now) === true;
        if (!first && !early && (job.nextRun === undefined || now < job.nextRun)) continue;
        const { runs } = job;
        begin(job, now, true).catch(error => {
          // Note: a failure of the job itself is in the log and in its status already; it runs at its next time.
          if (job.runs !== runs) return;
          job.waitUntil = clock.now() + retryMs;
          const isElsewhere = codeOf(error) === 'JOB_RUNNING';
          if (isElsewhere) log.debug('a job runs elsewhere', { job: job.definition.id });
          else log.warn('a job could not be begun; it is tried again', { job: job.definition.id, error });
        });
      }
    },
    async run(id, now) {
      const job = jobs.get(id);
      if (job === undefined) {
        throw new UserError(
          'JOB_UNKNOWN',
          `Expected the id of a job, found ${JSON.stringify(id)}. Known are ${[...jobs.keys()].join(', ')}.`,
        );
      }
      await begin(job, now);
    },
    async runAfterHistory(now) {
      for (const job of jobs.values()) {
        if (job.definition.afterHistory !== true || stopping.signal.aborted) continue;
        if (job.next(now) === undefined) continue;
        // Note: a start that finds nothing new must not keep the first query waiting for what is there already.
        if (job.lastRun === now && job.outcome === 'succeeded') continue;
        const { runs } = job;
        await beginAfterOthers(job, now).catch(error => {
          if (job.runs !== runs) return;
          log.error('a job could not be run after the history', { job: job.definition.id, error });
        });
      }
    },
    list: () =>
      [...jobs.values()].map(({ definition, running, lastRun, nextRun, durationMs, outcome, error }) => ({
        id: definition.id,
        doc: definition.doc,
        schedule: definition.schedule,
        running: running !== undefined,
        lastRun,
        nextRun,
        durationMs,
        outcome,
        error,
      })),
    async close() {
      stopping.abort();
      await Promise.allSettled([...jobs.values()].map(job => job.running));
    },
  };
}

/** Keeps what a job came to in the database. */
export async function saveJob(store: JobStore, job: Omit<JobStatus, 'running'>): Promise<void> {
  await store.query(
    `insert into jobs (id, doc, schedule, last_run, next_run, duration_ms, outcome, error)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (id) do update set doc = excluded.doc, schedule = excluded.schedule, last_run = excluded.last_run,
       next_run = excluded.next_run, duration_ms = excluded.duration_ms, outcome = excluded.outcome, error = excluded.error`,
    [
      job.id,
      job.doc,
      job.schedule,
      job.lastRun ?? null,
      job.nextRun ?? null,
      job.durationMs ?? null,
      job.outcome ?? null,
      job.error ?? null,
    ],
  );
}

interface JobRow {
  readonly id: string;
  readonly last_run: number | null;
  readonly duration_ms: number | null;
  readonly outcome: string | null;
  readonly error: string | null;
}

/** Takes what the database says of a job. */
function adopt(job: Job, row: JobRow): void {
  job.lastRun = row.last_run === null ? undefined : Number(row.last_run);
  job.nextRun = job.lastRun === undefined ? undefined : job.next(job.lastRun);
  job.durationMs = row.duration_ms === null ? undefined : Number(row.duration_ms);
  job.outcome = (row.outcome as Job['outcome']) ?? undefined;
  job.error = row.error ?? undefined;
}

/** What running a job throws that runs already. */
export function jobRunning(id: string, where: string): UserError {
  return new UserError(
    'JOB_RUNNING',
    `Expected to run ${id}, found that ${where} runs it at this moment. Wait until it has ended.`,
  );
}
