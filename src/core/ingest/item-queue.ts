import type { SourceItem } from './source-item.ts';

/** A bounded queue between the sources and the one writer. A source waits while it is full. */
export interface ItemQueue {
  /** Items waiting. */
  readonly size: number;
  readonly capacity: number;
  /** Adds items of one source in order; resolves when there is room for more. Items after {@link close} are dropped. */
  push(items: readonly SourceItem[]): Promise<void>;
  /** Adds one item at once, however full the queue is: for what the core itself has to say. */
  pushNow(item: SourceItem): void;
  /**
   * Takes up to `max` items as soon as there is one, waiting at most `lingerMs` for more; `undefined` when the queue is closed and
   * empty.
   */
  take(options: { readonly max: number; readonly lingerMs: number }): Promise<SourceItem[] | undefined>;
  /** No more items will come; what waits can still be taken. */
  close(): void;
}

export function createItemQueue(capacity: number): ItemQueue {
  const chunks: (readonly SourceItem[])[] = [];
  let offset = 0;
  let size = 0;
  let closed = false;
  let takers: (() => void)[] = [];
  let pushers: (() => void)[] = [];
  const wake = (waiting: (() => void)[]): void => {
    for (const resume of waiting) resume();
  };
  const add = (items: readonly SourceItem[]): void => {
    if (closed || items.length === 0) return;
    chunks.push(items);
    size += items.length;
    const waiting = takers;
    takers = [];
    wake(waiting);
  };
  const changed = (): Promise<void> => new Promise(resolve => takers.push(resolve));

  return {
    capacity,
    get size() {
      return size;
    },
    async push(items) {
      add(items);
      while (size >= capacity && !closed) await new Promise<void>(resolve => pushers.push(resolve));
    },
    pushNow(item) {
      add([item]);
    },
    async take({ max, lingerMs }) {
      while (size === 0 && !closed) await changed();
      if (size === 0) return undefined;
      if (size < max && !closed && lingerMs > 0) {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<'late'>(resolve => {
          timer = setTimeout(() => resolve('late'), lingerMs);
        });
        while (size < max && !closed) {
          if ((await Promise.race([changed(), late])) === 'late') break;
        }
        clearTimeout(timer);
      }
      const taken: SourceItem[] = [];
      while (taken.length < max && chunks.length > 0) {
        const chunk = chunks[0]!;
        const count = Math.min(chunk.length - offset, max - taken.length);
        for (let index = offset; index < offset + count; index++) taken.push(chunk[index]!);
        offset += count;
        if (offset === chunk.length) {
          chunks.shift();
          offset = 0;
        }
      }
      size -= taken.length;
      if (size < capacity) {
        const waiting = pushers;
        pushers = [];
        wake(waiting);
      }
      return taken;
    },
    close() {
      closed = true;
      const waiting = [...takers, ...pushers];
      takers = [];
      pushers = [];
      wake(waiting);
    },
  };
}
