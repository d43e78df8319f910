/*
 * A calendar queue: wishes stand unsorted in one bucket for each second, and a bucket is sorted when its second comes. Nearly
 * all wishes are for a second or more ahead, so that entering one is a push.
 */

export interface Wake {
  /** Tape time, ms. */
  readonly time: number;
  /** The feature's place in the plan. */
  readonly feature: number;
  readonly slot: number;
  /** Counts all wishes, so that equal ones keep their order. */
  readonly order: number;
}

interface Bucket {
  /** The earliest time in it. */
  first: number;
  readonly wakes: Wake[];
}

export interface WakeQueue {
  /** When the first wake is due; `Infinity` when none is. */
  next: number;
  inserted: number;
  readonly buckets: Map<number, Bucket>;
  /** The seconds that have a bucket, a binary heap. */
  readonly seconds: number[];
  /** The bucket that is sorted, in falling order, so that the first is popped. */
  current: Wake[];
  currentSecond: number;
}

export function createWakeQueue(): WakeQueue {
  return {
    next: Infinity,
    inserted: 0,
    buckets: new Map(),
    seconds: [],
    current: [],
    currentSecond: -Infinity,
  };
}

export function addWake(queue: WakeQueue, time: number, feature: number, slot: number): void {
  enter(queue, { time, feature, slot, order: queue.inserted++ });
}

function enter(queue: WakeQueue, wake: Wake): void {
  const second = Math.floor(wake.time / 1000);
  if (second <= queue.currentSecond) {
    insertSorted(queue.current, wake);
  } else {
    const bucket = queue.buckets.get(second);
    if (bucket === undefined) {
      queue.buckets.set(second, { first: wake.time, wakes: [wake] });
      pushHeap(queue.seconds, second);
    } else {
      bucket.wakes.push(wake);
      if (wake.time < bucket.first) bucket.first = wake.time;
    }
  }
  if (wake.time < queue.next) queue.next = wake.time;
}

/** Takes out the first wake; by time, then by the feature's place in the plan, then by insertion. Call only when `next` is finite. */
export function takeWake(queue: WakeQueue): Wake {
  if (queue.current.length === 0) openBucket(queue);
  const wake = queue.current.pop() as Wake;
  // Note: the next bucket is not opened before its time, since entering a wish into an open one is slower.
  if (queue.current.length > 0) queue.next = (queue.current.at(-1) as Wake).time;
  else queue.next = queue.buckets.get(queue.seconds[0] as number)?.first ?? Infinity;
  return wake;
}

function openBucket(queue: WakeQueue): void {
  const second = popHeap(queue.seconds);
  queue.current = (queue.buckets.get(second) as Bucket).wakes.sort(later);
  queue.currentSecond = second;
  queue.buckets.delete(second);
}

function later(a: Wake, b: Wake): number {
  return b.time - a.time || b.feature - a.feature || b.order - a.order;
}

function insertSorted(wakes: Wake[], wake: Wake): void {
  let low = 0;
  let high = wakes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (later(wakes[middle] as Wake, wake) < 0) low = middle + 1;
    else high = middle;
  }
  wakes.splice(low, 0, wake);
}

function pushHeap(heap: number[], value: number): void {
  let at = heap.length;
  heap.push(value);
  while (at > 0) {
    const parent = (at - 1) >>> 1;
    if ((heap[parent] as number) <= value) break;
    heap[at] = heap[parent] as number;
    at = parent;
  }
  heap[at] = value;
}

function popHeap(heap: number[]): number {
  const top = heap[0] as number;
  const last = heap.pop() as number;
  if (heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = at * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
    if ((heap[child] as number) >= last) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = last;
  return top;
}

/** All wakes that wait, in no particular order. */
export function snapshotWakes(queue: WakeQueue): Wake[] {
  return [...queue.current, ...[...queue.buckets.values()].flatMap(bucket => bucket.wakes)];
}

/** Fills an empty queue. */
export function restoreWakes(queue: WakeQueue, wakes: readonly Wake[], inserted: number): void {
  for (const wake of wakes) enter(queue, wake);
  queue.inserted = inserted;
}
