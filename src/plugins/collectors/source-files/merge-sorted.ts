/** Something that is read in batches, in order. */
export interface SortedSource<Item> {
  /** Its first item, known before it is opened, or `undefined` when it is empty. */
  readonly first: Item | undefined;
  open(): AsyncIterator<readonly Item[]>;
}

interface Head<Item> {
  readonly rank: number;
  readonly source: SortedSource<Item>;
  iterator: AsyncIterator<readonly Item[]> | undefined;
  batch: readonly Item[];
  at: number;
  item: Item;
}

/**
 * Merges sources that are each in order; among equals the earlier source goes first. A source is opened only when its first
 * item is due, so that a folder of files that follow each other needs one open file.
 */
export async function* mergeSorted<Item>(
  sources: readonly SortedSource<Item>[],
  isBefore: (a: Item, b: Item) => boolean,
  batchSize = 1_000,
): AsyncGenerator<Item[]> {
  const goesBefore = (a: Head<Item>, b: Head<Item>) =>
    isBefore(a.item, b.item) || (!isBefore(b.item, a.item) && a.rank < b.rank);
  const heads = binaryHeap<Head<Item>>(goesBefore);
  for (const [rank, source] of sources.entries()) {
    if (source.first !== undefined) {
      heads.push({ rank, source, iterator: undefined, batch: [], at: 0, item: source.first });
    }
  }
  let merged: Item[] = [];
  const opened: AsyncIterator<readonly Item[]>[] = [];
  try {
    for (let head = heads.top(); head !== undefined; head = heads.top()) {
      if (head.iterator === undefined) {
        head.iterator = head.source.open();
        opened.push(head.iterator);
        // Note: only what is read counts; `first` may have been part of a file that has changed since.
        if (!(await advance(head))) heads.pop();
        else heads.sink();
        continue;
      }
      merged.push(head.item);
      if (merged.length === batchSize) {
        yield merged;
        merged = [];
      }
      if (++head.at < head.batch.length) head.item = head.batch[head.at] as Item;
      else if (!(await advance(head))) {
        heads.pop();
        continue;
      }
      heads.sink();
    }
    if (merged.length > 0) yield merged;
  } finally {
    for (const iterator of opened) await iterator.return?.();
  }
}

async function advance<Item>(head: Head<Item>): Promise<boolean> {
  for (;;) {
    const next = await head.iterator?.next();
    if (next === undefined || next.done === true) return false;
    if (next.value.length === 0) continue;
    head.batch = next.value;
    head.at = 0;
    head.item = next.value[0] as Item;
    return true;
  }
}

interface BinaryHeap<Item> {
  top(): Item | undefined;
  push(item: Item): void;
  pop(): void;
  /** Puts the top in its place again after it has changed. */
  sink(): void;
}

function binaryHeap<Item>(isBefore: (a: Item, b: Item) => boolean): BinaryHeap<Item> {
  const items: Item[] = [];
  const sink = () => {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < items.length && isBefore(items[left] as Item, items[least] as Item)) least = left;
      if (right < items.length && isBefore(items[right] as Item, items[least] as Item)) least = right;
      if (least === at) return;
      [items[at], items[least]] = [items[least] as Item, items[at] as Item];
      at = least;
    }
  };
  return {
    top: () => items[0],
    push(item) {
      let at = items.push(item) - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!isBefore(items[at] as Item, items[parent] as Item)) return;
        [items[at], items[parent]] = [items[parent] as Item, items[at] as Item];
        at = parent;
      }
    },
    pop() {
      const last = items.pop();
      if (items.length === 0 || last === undefined) return;
      items[0] = last;
      sink();
    },
    sink,
  };
}
