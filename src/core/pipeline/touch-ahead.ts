import { type EventRef, type Fields, trade } from '../../plugin-api/index.ts';
import type { TapeEvent } from '../event.ts';
import { hashName, type NameSpace, type PairSpace, probe, rememberName } from './keyspace.ts';
import { type PackedStates, pageBits, pageMask } from './packed-store.ts';
import type { FeatureRunner, Node, Run } from './state.ts';

/*
 * The states of a hundred thousand wallets do not fit into a processor's cache. A handler that reads one waits for memory a dozen
 * times, once after the other. Reading the states of the next events' wallets in one short loop before waits for many at a time,
 * and finds them in the cache afterwards. It reads only, and changes no result. Measured: a tenth of
 * the pipeline's time at 10 k wallets, three tenths at 300 k; see docs/decisions/0042.
 */

/** So many events, or keys of a beat, are looked at ahead. */
export const lookAhead = 32;
/** Numbers in a cache line of 64 bytes. */
const perLine = 8;

/** Where an event names wallets and coins. */
interface Hints {
  readonly addresses: readonly string[];
  readonly coin: boolean;
}

export interface TouchAhead {
  readonly hints: Map<EventRef, Hints>;
  /** The addresses of the events looked at, and where those of each event begin. */
  readonly texts: string[];
  readonly starts: Int32Array;
  readonly hashes: Int32Array;
  /** The slots of the addresses; -1 where it is not known. */
  readonly traders: Int32Array;
  readonly pairs: Int32Array;
  /** The keys whose rows are due. */
  readonly keys: Int32Array;
  readonly found: unknown[];
  readonly lists: (readonly unknown[])[];
  /** For each feature, by its place among them, what reads the lists of a state; made from the first state that is seen. */
  readonly readers: (readonly ListReader[] | undefined)[];
  /** What was read, added up, so that no compiler leaves the reading out. */
  sum: number;
}

type ListReader = (state: unknown) => unknown;

export function createTouchAhead(): TouchAhead {
  return {
    hints: new Map(),
    texts: new Array<string>(lookAhead * 2).fill(''),
    starts: new Int32Array(lookAhead + 1),
    hashes: new Int32Array(lookAhead * 2),
    traders: new Int32Array(lookAhead * 2),
    pairs: new Int32Array(lookAhead * 2),
    keys: new Int32Array(lookAhead),
    found: new Array<unknown>(lookAhead * 2).fill(undefined),
    lists: new Array<readonly unknown[]>(lookAhead * 2).fill([]),
    readers: [],
    sum: 0,
  };
}

/** Reads what the handlers of the next events will need. */
export function touchEvents(run: Run, events: readonly TapeEvent[], from: number): void {
  const { touch, spaces } = run;
  const { traders, pairs } = touch;
  const to = Math.min(events.length, from + lookAhead);
  const count = findTraders(touch, spaces.trader, events, { from, to });
  const pairCount = findPairs(touch, run, events, { from, to });
  for (let i = 0; i < run.features.length; i++) {
    const runner = run.features[i] as FeatureRunner;
    const { entity } = runner.node.space;
    if (entity === 'trader') {
      touchStates(touch, runner, i, traders, count);
    }
    if (entity === 'trader:coin') touchStates(touch, runner, i, pairs, pairCount);
  }
}

/** Reads the states of the next keys whose rows are due. */
export function touchSlots(run: Run, runner: FeatureRunner, slots: readonly number[], from: number): void {
  const to = Math.min(slots.length, from + lookAhead);
  const { keys } = run.touch;
  for (let i = from; i < to; i++) keys[i - from] = slots[i] as number;
  touchStates(run.touch, runner, runner.place, keys, to - from);
}

interface Range {
  readonly from: number;
  readonly to: number;
}

// Note: each loop below does one load for each key and nothing that waits for it, so that the loads overlap.
function findTraders(
  touch: TouchAhead,
  space: NameSpace,
  events: readonly TapeEvent[],
  { from, to }: Range,
): number {
  const { traders, texts, starts, hashes } = touch;
  let count = 0;
  for (let i = from; i < to; i++) {
    const event = events[i] as TapeEvent;
    starts[i - from] = count;
    if (event.ref === trade) {
      // Note: names that are constant are read in a fifth of the time.
      noteAddress(touch, count++, event.payload.buyer);
      noteAddress(touch, count++, event.payload.seller);
      continue;
    }
    const { addresses } = hintsOf(touch, event.ref);
    for (let j = 0; j < addresses.length; j++) {
      noteAddress(touch, count++, event.payload[addresses[j] as string]);
    }
  }
  starts[to - from] = count;
  const { table, names } = space;
  const mask = table.length - 1;
  for (let i = 0; i < count; i++) {
    const hash = hashes[i] as number;
    let at = (hash << 1) & mask;
    while (table[at + 1] !== 0 && table[at] !== hash) at = (at + 2) & mask;
    traders[i] = (table[at + 1] as number) - 1;
  }
  for (let i = 0; i < count; i++) {
    const slot = traders[i] as number;
    if (slot >= 0 && names[slot] !== texts[i]) traders[i] = -1;
  }
  return count;
}

function noteAddress({ texts, hashes }: TouchAhead, at: number, address: unknown): void {
  const text = typeof address === 'string' ? address : '';
  texts[at] = text;
  hashes[at] = hashName(text);
}

/** Has the key space remember the slots of an event's addresses; `place` counts the events that were looked at together. */
export function rememberTraders({ touch, spaces }: Run, place: number): void {
  const { starts, traders, texts } = touch;
  const end = starts[place + 1] as number;
  for (let at = starts[place] as number; at < end; at++) {
    const slot = traders[at] as number;
    if (slot >= 0) rememberName(spaces.trader, texts[at] as string, slot);
  }
}

function findPairs(touch: TouchAhead, run: Run, events: readonly TapeEvent[], { from, to }: Range): number {
  const { traders, pairs } = touch;
  const space: PairSpace = run.spaces['trader:coin'];
  let place = 0;
  let count = 0;
  for (let i = from; i < to; i++) {
    const event = events[i] as TapeEvent;
    const { addresses, coin } = hintsOf(touch, event.ref);
    const name = event.payload.coin;
    const coinSlot = coin && typeof name === 'string' ? findQuickly(run.spaces.coin, name) : -1;
    for (let j = 0; j < addresses.length && place < traders.length; j++) {
      const trader = traders[place++] as number;
      if (coinSlot < 0 || trader < 0) continue;
      pairs[count++] = (space.table[probe(space.table, trader, coinSlot) + 2] as number) - 1;
    }
  }
  return count;
}

function findQuickly({ table }: NameSpace, name: string): number {
  const hash = hashName(name);
  const mask = table.length - 1;
  let at = (hash << 1) & mask;
  while (table[at + 1] !== 0 && table[at] !== hash) at = (at + 2) & mask;
  return (table[at + 1] as number) - 1;
}

function hintsOf({ hints }: TouchAhead, ref: EventRef): Hints {
  let found = hints.get(ref);
  if (found === undefined) {
    const fields: Fields = ref.fields;
    const named = (name: string) => fields[name]?.kind === 'address' && !fields[name].nullable;
    // Note: most venues' trades name nobody, so that these two may be absent; where they are there, they count most of all.
    const addresses =
      ref === trade ? (['buyer', 'seller'] as const) : Object.keys(fields).filter(name => named(name));
    found = { addresses: addresses.slice(0, 2), coin: 'coin' in fields };
    hints.set(ref, found);
  }
  return found;
}

/** So many lines of a packed state are read, its first ones. */
const mostLines = 6;

function touchStates(
  touch: TouchAhead,
  { node, dirty, states, packed }: FeatureRunner,
  place: number,
  slots: Int32Array,
  count: number,
): void {
  touchMarks(touch, node, dirty.marks, slots, count);
  if (packed !== undefined) {
    touchPacked(touch, packed, slots, count);
    return;
  }
  const { found, lists } = touch;
  let held = 0;
  for (let i = 0; i < count; i++) {
    const state = states[slots[i] as number];
    if (state !== undefined) found[held++] = state;
  }
  if (held === 0) return;
  touch.readers[place] ??= listReaders(found[0]);
  for (const listOf of touch.readers[place] as readonly ListReader[]) {
    let full = 0;
    for (let i = 0; i < held; i++) {
      const list = listOf(found[i]);
      if (Array.isArray(list)) lists[full++] = list;
    }
    for (let i = 0; i < full; i++) touch.sum += (lists[i] as unknown[]).length;
    for (let i = 0; i < full; i++) touch.sum += readLines(lists[i] as unknown[]);
  }
}

/** Reads what the core notes of each key beside its state. */
function touchMarks(
  touch: TouchAhead,
  { told, changedAt }: Node,
  marks: Uint8Array,
  slots: Int32Array,
  count: number,
): void {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const slot = slots[i] as number;
    if (slot < 0) continue;
    if (slot < told.length) sum += told[slot] as number;
    if (slot < changedAt.length) sum += changedAt[slot] as number;
    if (slot < marks.length) sum += marks[slot] as number;
  }
  touch.sum = sum;
}

function touchPacked(
  touch: TouchAhead,
  { pages, stride }: PackedStates,
  slots: Int32Array,
  count: number,
): void {
  const length = Math.min(stride, mostLines * perLine);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const slot = slots[i] as number;
    if (slot < 0) continue;
    const page = pages[slot >>> pageBits];
    if (page === undefined) continue;
    const head = (slot & pageMask) * stride;
    if (head + length > page.length) continue;
    for (let at = head; at < head + length; at += perLine) sum += page[at] as number;
  }
  touch.sum = sum;
}

/** Makes functions that answer the lists of a state: the state itself, or those in it. */
function listReaders(state: unknown): readonly ListReader[] {
  if (Array.isArray(state)) return [list => list];
  if (typeof state !== 'object' || state === null) return [];
  return Object.entries(state)
    .filter(([, value]) => Array.isArray(value))
    .map(([name]) => new Function('state', `return state[${JSON.stringify(name)}];`) as ListReader);
}

function readLines(list: readonly unknown[]): number {
  let sum = 0;
  for (let at = 0; at < list.length; at += perLine) {
    const item = list[at];
    if (typeof item !== 'number') return sum;
    sum += item;
  }
  return sum;
}
