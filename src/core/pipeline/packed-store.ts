import type { NumberLists, PackedInitial, PackedState } from '../../plugin-api/index.ts';
import { createLists, listPageLength } from '../../plugin-api/packed.ts';
import type { FeatureRunner } from './state.ts';

/*
 * The states of a feature that are numbers, by slot, a row of each page for each. A state's first number says whether there is one,
 * and where what is not a number stands: 0 none, 1 nothing more, from 2 on the place in `mores`.
 */

export interface PackedStates {
  readonly blank: Float64Array;
  readonly stride: number;
  /** By slot / pageSlots. The first one grows with its states, the others are whole. */
  readonly pages: Float64Array[];
  readonly mores: unknown[];
  readonly freeMores: number[];
  readonly lists: NumberLists;
  /** Whose state is at hand; -1 before the first. */
  slot: number;
  /** What handlers are given; one object, set to the state at hand. */
  readonly state: { -readonly [Name in keyof PackedState<unknown>]: PackedState<unknown>[Name] };
}

export const pageBits = 12;
const pageSlots = 1 << pageBits;
export const pageMask = pageSlots - 1;
const firstSlots = 16;
const noNumbers = new Float64Array(0);

/** Undefined when the feature keeps plain objects. */
export function createPackedStates(initial: unknown): PackedStates | undefined {
  const blank = (initial as Partial<PackedInitial>).blank;
  if (blank === undefined) return undefined;
  const lists = createLists();
  return {
    blank: Float64Array.from([1, ...blank]),
    stride: blank.length + 1,
    pages: [],
    mores: [],
    freeMores: [],
    lists,
    slot: -1,
    state: { numbers: noNumbers, first: 0, more: undefined, lists },
  };
}

/** Whether a key has a state. */
export function hasPacked({ pages, stride }: PackedStates, slot: number): boolean {
  const page = pages[slot >>> pageBits];
  const head = (slot & pageMask) * stride;
  return page !== undefined && head < page.length && page[head] !== 0;
}

/** The state of a key, which is made where there is none. It holds until the next call. */
export function packedState(states: PackedStates, slot: number): PackedState<unknown> {
  const { stride, state } = states;
  if (states.slot === slot) return state;
  states.slot = slot;
  const head = (slot & pageMask) * stride;
  let page = states.pages[slot >>> pageBits];
  if (page === undefined || head >= page.length) page = widen(states, slot);
  let kind = page[head] as number;
  if (kind === 0) {
    page.set(states.blank, head);
    kind = 1;
  }
  state.numbers = page;
  state.first = head + 1;
  state.more = kind === 1 ? undefined : states.mores[kind - 2];
  return state;
}

/** The state of a key, packed or not; `undefined` when the feature has not seen it. */
export function stateAt({ packed, states }: FeatureRunner, slot: number): unknown {
  if (packed === undefined) return states[slot];
  return hasPacked(packed, slot) ? packedState(packed, slot) : undefined;
}

/** After a handler that may change the state: keeps what is not a number. */
export function keepMore({ state, mores, freeMores }: PackedStates): void {
  const { numbers, first, more } = state;
  const kind = numbers[first - 1] as number;
  if (kind === 1) {
    if (more === undefined) return;
    const place = freeMores.pop() ?? mores.length;
    mores[place] = more;
    numbers[first - 1] = place + 2;
  } else if (more === undefined) {
    mores[kind - 2] = undefined;
    freeMores.push(kind - 2);
    numbers[first - 1] = 1;
  } else if (mores[kind - 2] !== more) mores[kind - 2] = more;
}

function widen({ pages, stride }: PackedStates, slot: number): Float64Array {
  const index = slot >>> pageBits;
  const present = pages[index];
  let slots = index === 0 ? Math.max(firstSlots, (present?.length ?? 0) / stride) : pageSlots;
  while (slots <= (slot & pageMask)) slots *= 2;
  const page = new Float64Array(slots * stride);
  if (present !== undefined) page.set(present);
  while (pages.length <= index) pages.push(noNumbers);
  pages[index] = page;
  return page;
}

/** Plain data that stands for a page. */
export interface PackedPage {
  readonly index: number;
  readonly numbers: Float64Array;
}

export function* packedPages({ pages, stride }: PackedStates): Generator<PackedPage> {
  for (const [index, page] of pages.entries()) {
    let length = page.length;
    while (length > 0 && page[length - stride] === 0) length -= stride;
    if (length > 0) yield { index, numbers: page.slice(0, length) };
  }
}

/** The pages of the lists, up to where they are used. */
export function* listPages({ lists: { pages, next } }: PackedStates): Generator<PackedPage> {
  let left = next;
  for (const [index, page] of pages.entries()) {
    yield { index, numbers: page.slice(0, left) };
    left -= page.length;
  }
}

export function restoreListPage({ lists }: PackedStates, { numbers }: PackedPage): void {
  const page = new Float64Array(listPageLength);
  page.set(numbers);
  lists.pages.push(page);
}

/** What a feature's states have besides their pages. */
export interface PackedRest {
  readonly mores: readonly unknown[];
  readonly freeMores: readonly number[];
  readonly next: number;
  readonly free: NumberLists['free'];
}

export function packedRest({ mores, freeMores, lists }: PackedStates): PackedRest {
  return { mores, freeMores, next: lists.next, free: lists.free };
}

export function restorePage({ pages, stride }: PackedStates, { index, numbers }: PackedPage): void {
  let slots = index === 0 ? firstSlots : pageSlots;
  while (slots * stride < numbers.length) slots *= 2;
  let page = numbers;
  // Note: a whole page is taken as it is.
  if (numbers.length < slots * stride) {
    page = new Float64Array(slots * stride);
    page.set(numbers);
  }
  while (pages.length <= index) pages.push(noNumbers);
  pages[index] = page;
}

export function restoreRest({ mores, freeMores, lists }: PackedStates, rest: PackedRest): void {
  for (const more of rest.mores) mores.push(more);
  for (const place of rest.freeMores) freeMores.push(place);
  lists.next = rest.next;
  for (const [length, free] of Object.entries(rest.free)) lists.free[Number(length)] = [...free];
}
