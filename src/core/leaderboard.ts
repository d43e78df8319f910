import type { Logger } from '../plugin-api/index.ts';
import type { LeaderboardCache } from '../schema/graphql/index.ts';
import { computeLeaderboard } from './leaderboard/statement.ts';

/** How old an answer may be: 5 minutes. */
const maximumAgeMs = 5 * 60_000;

export interface LeaderboardOptions {
  readonly store: { query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]> };
  /** Time of the tape: the newest event's `tsIngest`, or undefined on an empty tape. */
  readonly tapeTime: () => number | undefined;
  /** Seq of the last committed event. While it stands still, what was computed is not outdated. */
  readonly committedSeq: () => number;
  readonly clock: { now(): number };
  readonly publish: (asOf: number) => void;
  readonly log?: Logger;
  /** Default 5 minutes. */
  readonly maximumAgeMs?: number;
}

interface Computed {
  readonly rows: number;
  /** Tape time in ms. */
  readonly asOf: number;
}

/** The leaderboard as a job: computed each hour, on demand, and when an answer would be too old. */
export interface Leaderboard extends LeaderboardCache {
  /**
   * Computes all windows from the committed rows and replaces the table at once; before the first event there is nothing to
   * compute, and undefined is returned. Calls at the same time are one.
   */
  compute(): Promise<Computed | undefined>;
  /** The next `fresh` computes anew. */
  clear(): Promise<void>;
}

export function createLeaderboard({
  store,
  tapeTime,
  committedSeq,
  clock,
  publish,
  log,
  maximumAgeMs: maximumAge = maximumAgeMs,
}: LeaderboardOptions): Leaderboard {
  let computed: { at: number; readonly seq: number } | undefined;
  let cleared = false;
  let running: Promise<Computed | undefined> | undefined;
  let refreshing: Promise<void> | undefined;

  async function run(): Promise<Computed | undefined> {
    const started = clock.now();
    const seq = committedSeq();
    const asOf = tapeTime();
    cleared = false;
    // Note: never the clock's time instead; in a replay it would be years ahead of the rows.
    if (asOf === undefined) return undefined;
    const [result] = await store.query<{ rows: number }>(computeLeaderboard, [asOf]);
    computed = { at: started, seq };
    const rows = Number(result?.rows ?? 0);
    log?.debug('leaderboard computed', { rows, asOf, ms: clock.now() - started });
    publish(asOf);
    return { rows, asOf };
  }

  function compute(): Promise<Computed | undefined> {
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  }

  /** After a start, what an earlier process has computed may still be good. */
  async function refresh(): Promise<void> {
    if (computed === undefined && !cleared) {
      const [stored] = await store.query<{ asOf: number | null }>(
        'select max(as_of)::float8 as "asOf" from "leaderboard"',
      );
      const asOf = stored?.asOf == null ? undefined : Number(stored.asOf);
      const age = asOf === undefined ? undefined : (tapeTime() ?? asOf) - asOf;
      if (age !== undefined && age < maximumAge) {
        computed = { at: clock.now() - age, seq: committedSeq() };
        return;
      }
    }
    await compute();
  }

  return {
    compute,
    async clear() {
      cleared = true;
      computed = undefined;
    },
    fresh() {
      if (tapeTime() === undefined) return undefined;
      if (computed !== undefined && !cleared) {
        const now = clock.now();
        if (now - computed.at < maximumAge) return undefined;
        if (committedSeq() === computed.seq) {
          computed.at = now;
          return undefined;
        }
      }
      refreshing ??= refresh().finally(() => {
        refreshing = undefined;
      });
      return refreshing;
    },
  };
}
