import type { FeedItem, FeedPage, FeedPlace, FeedSubscription } from '../../schema/graphql/index.ts';
import { compare, cursorAt, placeOf } from './streams.ts';

/** A stream of which only the newest state matters: a subscriber that is late gets the newest, once. */
export interface StateStream {
  publish(value: Readonly<Record<string, unknown>>, place: FeedPlace): void;
  subscribe(options: { after?: string | undefined; signal?: AbortSignal }): Promise<FeedSubscription>;
  read(options: { after: FeedPlace; upTo: FeedPlace }): Promise<FeedPage>;
  locate(cursor: string): Promise<{ place: FeedPlace }>;
  readonly subscribers: number;
  close(): void;
}

interface Follower {
  tell(): void;
  end(): void;
}

export function createStateStream(
  order: string,
  /** The state that was stored last, by whichever process. */
  stored: () => Promise<{ row: Readonly<Record<string, unknown>>; place: FeedPlace } | undefined>,
): StateStream {
  const followers = new Set<Follower>();
  let newest: FeedItem | undefined;

  function set(row: Readonly<Record<string, unknown>>, place: FeedPlace): void {
    if (newest !== undefined && compare(place, newest.place) <= 0) return;
    newest = { cursor: cursorAt(order, place), place, row };
  }

  async function known(): Promise<FeedItem | undefined> {
    const found = await stored();
    if (found !== undefined) set(found.row, found.place);
    return newest;
  }

  return {
    publish(row, place) {
      set(row, place);
      for (const follower of followers) follower.tell();
    },
    async subscribe({ after, signal }) {
      const asked = after === undefined ? undefined : placeOf(order, after);
      const present = await known();
      let given: FeedPlace = asked ?? present?.place ?? [0, 0];
      const start = given;
      let waiting: ((result: IteratorResult<FeedItem, undefined>) => void) | undefined;
      let ended = false;

      function take(): FeedItem | undefined {
        if (newest === undefined || compare(newest.place, given) <= 0) return undefined;
        given = newest.place;
        return newest;
      }
      const follower: Follower = {
        tell() {
          if (waiting === undefined) return;
          const item = take();
          if (item === undefined) return;
          waiting({ done: false, value: item });
          waiting = undefined;
        },
        end() {
          ended = true;
          followers.delete(follower);
          waiting?.({ done: true, value: undefined });
          waiting = undefined;
        },
      };
      followers.add(follower);
      if (signal?.aborted) follower.end();
      else signal?.addEventListener('abort', follower.end, { once: true });
      const subscription: FeedSubscription = {
        place: start,
        next() {
          if (ended) return Promise.resolve({ done: true, value: undefined });
          const item = take();
          if (item !== undefined) return Promise.resolve({ done: false, value: item });
          return new Promise(resolve => {
            waiting = resolve;
          });
        },
        async return() {
          follower.end();
          return { done: true, value: undefined };
        },
        [Symbol.asyncIterator]: () => subscription,
      };
      return subscription;
    },
    async read({ after, upTo }) {
      const item = await known();
      const fits = item !== undefined && compare(item.place, after) > 0 && compare(item.place, upTo) <= 0;
      return { items: fits ? [item] : [], more: false };
    },
    locate: async cursor => ({ place: placeOf(order, cursor) }),
    get subscribers() {
      return followers.size;
    },
    close() {
      for (const follower of [...followers]) follower.end();
    },
  };
}
