import type { EventRef, Fields } from '../../plugin-api/index.ts';
import type { TapeEvent } from '../event.ts';
import { hashName, type NameSpace, type PairSpace, probe } from './keyspace.ts';
import type { FeatureRunner, Run } from './state.ts';

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
  readonly hashes: Int32Array;
  readonly traders: Int32Array;
  readonly pairs: Int32Array;
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
    hashes: new Int32Array(lookAhead * 2),
    traders: new Int32Array(lookAhead * 2),
    pairs: new Int32Array(lookAhead * 2),
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
    if (entity === 'trader') touchStates(touch, runner, i, traders, count);
    else if (entity === 'trader:coin') touchStates(touch, runner, i, pairs, pairCount);
  }
}

/** Reads the states of the next keys whose rows are due. */
export function touchSlots(run: Run, runner: FeatureRunner, slots: readonly number[], from: number): void {
  const to = Math.min(slots.length, from + lookAhead);
  const { traders } = run.touch;
  for (let i = from; i < to; i++) traders[i - from] = slots[i] as number;
  touchStates(run.touch, runner, runner.place, traders, to - from);
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
  const { hashes, traders } = touch;
  let count = 0;
  for (let i = from; i < to; i++) {
    const event = events[i] as TapeEvent;
    const { addresses } = hintsOf(touch, event.ref);
    for (let j = 0; j < addresses.length && count < hashes.length; j++) {
      const address = event.payload[addresses[j] as string];
      hashes[count++] = typeof address === 'string' ? hashName(address) : 0;
    }
  }
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
    if (slot >= 0) touch.sum += (names[slot] as string).charCodeAt(5);
  }
  return count;
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
    const addresses = Object.keys(fields).filter(
      name => fields[name]?.kind === 'address' && !fields[name].nullable,
    );
    found = { addresses: addresses.slice(0, 2), coin: 'coin' in fields };
    hints.set(ref, found);
  }
  return found;
}

function touchStates(
  touch: TouchAhead,
  { states }: FeatureRunner,
  place: number,
  slots: Int32Array,
  count: number,
): void {
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
