/*
 * States of numbers that are kept side by side. A million objects of numbers take a processor as many waits for memory, and a
 * garbage collector as many visits; numbers beside each other take few of either. For features with a key for each wallet; all
 * others are simpler with a plain object.
 */

/**
 * The state of one key, as a handler is given it. The object is the same for every key, so it is of no use after the handler has
 * returned; the numbers stay.
 */
export interface PackedState<More = undefined> {
  /** The first number of this key stands here at `first`, the next at `first + 1`; other keys' stand around them. */
  readonly numbers: Float64Array;
  readonly first: number;
  /** What is not a number, for the few keys that have such: plain data that survives structured cloning. */
  more: More | undefined;
  /** Lists of numbers of this feature's keys; a key keeps the names of its own among its numbers. */
  readonly lists: NumberLists;
}

/** Makes the state of a new key; see {@link packed}. */
export interface PackedInitial<More = undefined> {
  (): PackedState<More>;
  /** The numbers of a new key. */
  readonly blank: readonly number[];
}

/**
 * Has the core keep a feature's states packed: as its `initial`. The numbers of a new key are `blank`; there may be NaN among them.
 *
 * @example
 * const initial = packed([0, Number.NaN]);
 * const update = ({ numbers, first }: PackedState) => {
 *   numbers[first]! += 1;
 * };
 */
export function packed<More = undefined>(blank: readonly number[]): PackedInitial<More> {
  const initial = (): PackedState<More> => ({
    numbers: Float64Array.from(blank),
    first: 0,
    more: undefined,
    lists: createLists(),
  });
  return Object.assign(initial, { blank });
}

/** Lists of numbers, of any lengths. A list is named by a whole number above 0. Plain data. */
export interface NumberLists {
  readonly pages: Float64Array[];
  /** Where the next list begins. */
  next: number;
  /** Lists that are free to be used again, by their length. */
  readonly free: { [length: number]: number[] };
}

const pageBits = 15;
export const listPageLength = 2 ** pageBits;

export function createLists(): NumberLists {
  // Note: 0 names no list.
  return { pages: [], next: 1, free: {} };
}

/** Makes a list of at most 32,767 numbers, all of them 0, and answers its name. */
export function makeList(lists: NumberLists, length: number): number {
  const used = lists.free[length]?.pop();
  if (used !== undefined) {
    const start = listStart(used);
    listPage(lists, used).fill(0, start, start + length);
    return used;
  }
  // Note: a list stands on one page.
  const left = listPageLength - (lists.next % listPageLength);
  const name = left < length ? lists.next + left : lists.next;
  if (name >>> pageBits >= lists.pages.length) lists.pages.push(new Float64Array(listPageLength));
  lists.next = name + length;
  return name;
}

/** Gives a list back. */
export function dropList(lists: NumberLists, list: number, length: number): void {
  let free = lists.free[length];
  if (free === undefined) {
    free = [];
    lists.free[length] = free;
  }
  free.push(list);
}

/** The numbers among which a list stands. */
export function listPage(lists: NumberLists, list: number): Float64Array {
  return lists.pages[list >>> pageBits]!;
}

/** Where a list begins among them. */
export function listStart(list: number): number {
  return list & (listPageLength - 1);
}
