import type { Clock } from '../clock.ts';

interface LeaseStore {
  query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

/** The right to run a job, which one process has at a time. */
export interface JobLeases {
  /** Takes it, or makes it last on; false while another process has it. */
  take(id: string): Promise<boolean>;
  giveBack(id: string): Promise<void>;
}

/** A process that died holds a job's lease for so long, in ms. */
export const leaseMs = 60_000;

export function createJobLeases(options: {
  readonly store: LeaseStore;
  readonly clock: Pick<Clock, 'now'>;
  /** Who this process is. */
  readonly owner: string;
}): JobLeases {
  const { store, clock, owner } = options;
  return {
    async take(id) {
      const rows = await store.query(
        `insert into meta (key, value) values ($1, $2::jsonb)
         on conflict (key) do update set value = excluded.value
         where (meta.value->>'until')::bigint < $3 or meta.value->>'owner' = $4
         returning key`,
        [`job:${id}`, JSON.stringify({ owner, until: clock.now() + leaseMs }), clock.now(), owner],
      );
      return rows.length > 0;
    },
    async giveBack(id) {
      await store.query(`delete from meta where key = $1 and value->>'owner' = $2`, [`job:${id}`, owner]);
    },
  };
}

/** Where the database serves one process. */
export const noLeases: JobLeases = { take: async () => true, giveBack: async () => undefined };
