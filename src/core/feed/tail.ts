import type {
  FeedFilter,
  FeedItem,
  FeedPage,
  FeedPlace,
  FeedRow,
  FeedSubscription,
} from '../../schema/graphql/index.ts';
import { InputError } from '../../schema/graphql/index.ts';
import { columnOf, tableName } from '../../schema/graphql/sql/columns.ts';
import { createQueue } from './queue.ts';
import {
  beginning,
  compare,
  cursorAt,
  itemOf,
  passes,
  placeOf,
  readStatement,
  type StreamSource,
} from './streams.ts';

export interface TailOptions {
  readonly source: StreamSource;
  readonly query: <T>(sql: string, parameters?: readonly unknown[]) => Promise<T[]>;
  /** Rows that one statement reads. */
  readonly pageRows: number;
  /** Items that may wait for one subscriber in memory; beyond that it reads them from the database when it comes to them. */
  readonly queueItems: number;
  readonly onError: (error: unknown) => void;
}

/** The end of one stream: reads what was committed once, for all who follow it. */
export interface Tail {
  /** Something was committed. */
  wake(): void;
  subscribe(
    options: FeedFilter & { after?: string | undefined; signal?: AbortSignal },
  ): Promise<FeedSubscription>;
  read(options: FeedFilter & { after: FeedPlace; upTo: FeedPlace }): Promise<FeedPage>;
  locate(cursor: string): Promise<{ place: FeedPlace; gap?: FeedItem }>;
  readonly subscribers: number;
  close(): void;
}

interface Follower {
  deliver(item: FeedItem): void;
  end(): void;
}

const retryMs = 1_000;

export function createTail({ source, query, pageRows, queueItems, onError }: TailOptions): Tail {
  const followers = new Set<Follower>();
  let place: FeedPlace | undefined;
  let starting: Promise<FeedPlace> | undefined;
  let reading = false;
  let again = false;
  let retry: NodeJS.Timeout | undefined;

  async function newest(): Promise<FeedPlace> {
    const seq = columnOf(source.table, 't', 'seq').plain;
    const index = columnOf(source.table, 't', 'index').plain;
    const [row] = await query<{ seq: number; index: number }>(
      `select ${seq}::float8 as seq, ${index}::float8 as index from ${tableName(source.table)} t ` +
        `order by ${seq} desc, ${index} desc limit 1`,
    );
    return row === undefined ? beginning : [Number(row.seq), Number(row.index)];
  }

  /** Where the tail stands. While nobody follows it does not move, so it is asked for anew. */
  async function here(): Promise<FeedPlace> {
    if (place !== undefined && followers.size > 0) return place;
    starting ??= newest().finally(() => {
      starting = undefined;
    });
    const found = await starting;
    if (followers.size === 0 || place === undefined) place = found;
    return place;
  }

  async function rows(filter: FeedFilter & { after: FeedPlace; upTo?: FeedPlace }): Promise<FeedRow[]> {
    const { text, values } = readStatement(source, { ...filter, limit: pageRows });
    return query<FeedRow>(text, values);
  }

  async function pump(): Promise<void> {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    try {
      do {
        again = false;
        if (place === undefined || followers.size === 0) return;
        const page = await rows({ after: place });
        for (const row of page) {
          const item = itemOf(source.order, row);
          for (const follower of followers) follower.deliver(item);
          place = item.place;
        }
        if (page.length === pageRows) again = true;
      } while (again);
    } catch (error) {
      onError(error);
      retry = setTimeout(() => void pump(), retryMs);
      retry.unref();
    } finally {
      reading = false;
    }
  }

  async function read({
    after,
    upTo,
    ...filter
  }: FeedFilter & { after: FeedPlace; upTo: FeedPlace }): Promise<FeedPage & { last: FeedPlace }> {
    const found = await rows({ ...filter, after, upTo });
    const all = found.map(row => itemOf(source.order, row));
    const { matches } = filter;
    return {
      items: matches === undefined ? all : all.filter(item => matches(item.row!)),
      more: found.length === pageRows,
      last: found.length === pageRows ? all.at(-1)!.place : upTo,
    };
  }

  async function locate(cursor: string): Promise<{ place: FeedPlace; gap?: FeedItem }> {
    const asked = placeOf(source.order, cursor);
    const seq = columnOf(source.table, 't', 'seq').plain;
    const index = columnOf(source.table, 't', 'index').plain;
    const table = `${tableName(source.table)} t`;
    const values = [asked[0], asked[1]];
    const [found] = await query<{ kept: boolean; ahead: boolean; seq: number | null; index: number | null }>(
      `select exists (select 1 from ${table} where ${seq} = $1::bigint and ${index} = $2::bigint) as kept, ` +
        `not exists (select 1 from ${table} where (${seq}, ${index}) >= ($1::bigint, $2::bigint)) as ahead, ` +
        `first.seq::float8 as seq, first.index::float8 as index from (select 1) one left join lateral ` +
        `(select ${seq} as seq, ${index} as index from ${table} where (${seq}, ${index}) > ($1::bigint, $2::bigint) ` +
        `order by ${seq}, ${index} limit 1) first on true`,
      values,
    );
    if (found === undefined || found.kept) return { place: asked };
    const end = await here();
    if (found.ahead && compare(end, beginning) !== 0) {
      throw new InputError({
        code: 'CURSOR_AHEAD',
        argument: 'after',
        expected: 'a cursor of this stream as it is stored here',
        found: `one that lies behind its end, ${cursorAt(source.order, end)}`,
        whatToDo: 'The database is another one or was set back: subscribe without `after`.',
      });
    }
    const to =
      found.seq === null ? undefined : cursorAt(source.order, [Number(found.seq), Number(found.index)]);
    const reason = 'rows behind this cursor are older than they are kept';
    return { place: asked, gap: { cursor, place: asked, gap: { from: cursor, to, reason } } };
  }

  async function subscribe({
    after,
    signal,
    ...filter
  }: FeedFilter & { after?: string | undefined; signal?: AbortSignal }): Promise<FeedSubscription> {
    const located = after === undefined ? undefined : await locate(after);
    const end = await here();
    const start = located?.place ?? end;
    // Behind this place everything is still to be read from the database; undefined while the tail delivers.
    let behind: FeedPlace | undefined = compare(start, place ?? end) < 0 ? start : undefined;
    let filling = false;
    const queue = createQueue<FeedItem>({
      capacity: Math.max(queueItems, pageRows + 1),
      onEmpty: () => void fill(),
    });
    let last = start;

    const follower: Follower = {
      deliver(item) {
        if (behind !== undefined || compare(item.place, last) <= 0 || !passes(item.row!, filter)) return;
        if (queue.push(item)) last = item.place;
        else behind = last;
      },
      end: () => queue.end(),
    };

    async function fill(): Promise<void> {
      if (filling || behind === undefined) return;
      filling = true;
      try {
        while (behind !== undefined && queue.size === 0) {
          const target: FeedPlace = place ?? end;
          const page: FeedPage & { last: FeedPlace } = await read({ ...filter, after: behind, upTo: target });
          for (const item of page.items) queue.push(item);
          last = page.last;
          // Note: no row can come between this comparison and the tail's next delivery, which is synchronous.
          behind = compare(last, place ?? target) < 0 ? last : undefined;
          if (page.items.length > 0) break;
        }
      } catch (error) {
        stop();
        queue.fail(error);
      } finally {
        filling = false;
      }
    }

    function stop(): void {
      followers.delete(follower);
      signal?.removeEventListener('abort', abort);
      if (followers.size === 0) clearTimeout(retry);
    }
    function abort(): void {
      stop();
      queue.end();
    }

    followers.add(follower);
    if (located?.gap !== undefined) queue.push(located.gap);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort);
    // What was committed while nobody followed woke nobody.
    void pump();
    const subscription: FeedSubscription = {
      place: start,
      next: () => queue.next(),
      async return() {
        abort();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => subscription,
    };
    return subscription;
  }

  return {
    wake: () => void pump(),
    subscribe,
    read,
    locate,
    get subscribers() {
      return followers.size;
    },
    close() {
      clearTimeout(retry);
      for (const follower of [...followers]) follower.end();
      followers.clear();
    },
  };
}
