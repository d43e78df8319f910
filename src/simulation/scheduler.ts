/** Runs actions in the order of their times; those of one time in the order in which they were asked for. */
export interface Scheduler {
  /** Time of the action that runs, or up to which all have run; ms. */
  readonly now: number;
  /** Asks for an action; a time in the past counts as the present. */
  at(time: number, action: () => void): void;
  /** Asks for an action that runs before all others of its time, whenever those were asked for. */
  firstAt(time: number, action: () => void): void;
  /** Runs all actions up to and including `time`, those included that are asked for meanwhile. */
  runUntil(time: number): void;
}

interface Entry {
  readonly time: number;
  readonly order: number;
  readonly action: () => void;
}

export function createScheduler(start: number): Scheduler {
  const heap: Entry[] = [];
  let now = start;
  let asked = 0;
  let askedFirst = Number.MIN_SAFE_INTEGER;

  const before = (a: Entry, b: Entry) => a.time < b.time || (a.time === b.time && a.order < b.order);

  function push(entry: Entry): void {
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  function pop(): Entry {
    const first = heap[0]!;
    const moved = heap.pop()!;
    if (heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, moved)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = moved;
    return first;
  }

  return {
    get now() {
      return now;
    },
    at(time, action) {
      push({ time: Math.max(now, Math.ceil(time)), order: asked++, action });
    },
    firstAt(time, action) {
      push({ time: Math.max(now, Math.ceil(time)), order: askedFirst++, action });
    },
    runUntil(time) {
      while (heap.length > 0 && heap[0]!.time <= time) {
        const entry = pop();
        now = entry.time;
        entry.action();
      }
      now = Math.max(now, time);
    },
  };
}
