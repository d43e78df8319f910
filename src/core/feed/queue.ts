/**
 * A bounded queue that is read as an async iterator and can be ended from either side.
 *
 * Note: an async generator will not do: its `return` waits for the value that it is waiting for.
 */
export interface Queue<T> {
  /** False when there is no room; the value was not taken. */
  push(value: T): boolean;
  /** What to do when a reader waits and nothing is there: it may push, or leave the reader waiting. */
  readonly size: number;
  next(): Promise<IteratorResult<T, undefined>>;
  /** Ends the queue: what is in it is dropped and readers are let go. */
  end(): void;
  /** Ends the queue with an error for the reader. */
  fail(error: unknown): void;
}

interface Waiting<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

export function createQueue<T>({
  capacity,
  onEmpty,
}: {
  readonly capacity: number;
  /** Called when a reader begins to wait. */
  readonly onEmpty?: () => void;
}): Queue<T> {
  let values: T[] = [];
  let first = 0;
  let waiting: Waiting<T>[] = [];
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  const size = () => values.length - first;

  function end(): void {
    ended = true;
    values = [];
    first = 0;
    const all = waiting;
    waiting = [];
    for (const { resolve } of all) resolve({ done: true, value: undefined });
  }

  return {
    push(value) {
      if (ended) return true;
      const reader = waiting.shift();
      if (reader !== undefined) {
        reader.resolve({ done: false, value });
        return true;
      }
      if (size() >= capacity) return false;
      values.push(value);
      return true;
    },
    get size() {
      return size();
    },
    next() {
      if (first < values.length) {
        const value = values[first]!;
        values[first++] = undefined as T;
        if (first === values.length) {
          values = [];
          first = 0;
        }
        return Promise.resolve({ done: false, value });
      }
      if (failure !== undefined) {
        const { error } = failure;
        failure = undefined;
        return Promise.reject(error);
      }
      if (ended) return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        onEmpty?.();
      });
    },
    end,
    fail(error) {
      const reader = waiting.shift();
      if (reader === undefined) failure = { error };
      else reader.reject(error);
      end();
    },
  };
}
