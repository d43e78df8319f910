import type { Logger } from '../plugin-api/index.ts';
import type { FeedSource, FeedStream } from '../schema/graphql/index.ts';
import type { OutputBatch } from './event.ts';
import { createStateStream } from './feed/state.ts';
import { streamSources } from './feed/streams.ts';
import { createTail, type Tail } from './feed/tail.ts';

export interface FeedOptions {
  readonly store: { query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]> };
  readonly log?: Logger;
  /** Rows that one statement reads. Default 2,000. */
  readonly pageRows?: number;
  /** Items that may wait in memory for one subscriber. Default 1,000. */
  readonly queueItems?: number;
}

/**
 * Committed rows, addressed by cursor. What is delivered was read from the database after its commit, so a subscriber can never
 * see what a crash takes back, and can go on behind any cursor, after a reconnect or a restart.
 */
export interface Feed extends FeedSource {
  /** To be called after each commit. */
  publish(batch: OutputBatch): void;
  /** To be called after the leaderboard was computed. */
  publishLeaderboard(asOf: number): void;
  /** Looks for new rows in every stream, such as those that another process wrote. */
  wake(): void;
  subscribers(): Readonly<Record<FeedStream, number>>;
  close(): void;
}

export function createFeed({ store, log, pageRows = 2_000, queueItems = 1_000 }: FeedOptions): Feed {
  const query = <T>(sql: string, parameters?: readonly unknown[]) => store.query<T>(sql, parameters);
  const tails = new Map<FeedStream, Tail>();
  for (const source of streamSources) {
    tails.set(
      source.name,
      createTail({
        source,
        query,
        pageRows,
        queueItems,
        onError: error =>
          log?.warn('a stream could not be read; trying again', { stream: source.name, error }),
      }),
    );
  }
  const leaderboard = createStateStream('leaderboardUpdates', async () => {
    const [row] = await query<{ asOf: number | null }>(
      'select max(as_of)::float8 as "asOf" from "leaderboard"',
    );
    const asOf = row?.asOf;
    return asOf == null ? undefined : { row: { asOf: Number(asOf) }, place: [Number(asOf), 0] };
  });
  const streamOf = (name: FeedStream) => (name === 'leaderboard' ? leaderboard : tails.get(name)!);

  return {
    subscribe: (stream, options) => streamOf(stream).subscribe(options),
    read: (stream, options) => streamOf(stream).read(options),
    locate: (stream, cursor) => streamOf(stream).locate(cursor),
    publish(batch) {
      for (const { name, addedBy } of streamSources) {
        const tail = tails.get(name)!;
        if (tail.subscribers > 0 && addedBy(batch)) tail.wake();
      }
    },
    publishLeaderboard: asOf => leaderboard.publish({ asOf }, [asOf, 0]),
    wake() {
      for (const tail of tails.values()) if (tail.subscribers > 0) tail.wake();
    },
    subscribers() {
      const counts: Partial<Record<FeedStream, number>> = { leaderboard: leaderboard.subscribers };
      for (const [name, tail] of tails) counts[name] = tail.subscribers;
      return counts as Record<FeedStream, number>;
    },
    close() {
      leaderboard.close();
      for (const tail of tails.values()) tail.close();
    },
  };
}
