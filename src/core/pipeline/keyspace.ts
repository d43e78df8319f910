import type { Entity, KeyOf } from '../../plugin-api/index.ts';

/*
 * Every key gets a dense number, its slot, when it is first seen. States and rows stand in arrays by slot, so that one look-up
 * for each wallet and event serves all plugins.
 */

/** The keys of `trader`, `coin` or `market`; an open-addressing hash table over their text. */
export interface NameSpace {
  readonly entity: Exclude<Entity, 'trader:coin'>;
  readonly names: string[];
  /** Hash and slot + 1 in turns; the latter is 0 where it is free. Its length is a power of two. */
  table: Int32Array;
  // Note: an event's wallets are asked for by every feature in turn; remembered names save nearly all look-ups.
  name0: string;
  name1: string;
  name2: string;
  slot0: number;
  slot1: number;
  slot2: number;
}

/** The keys of `trader:coin`, as pairs of slots; an open-addressing hash table over two integers. */
export interface PairSpace {
  readonly entity: 'trader:coin';
  readonly traders: NameSpace;
  readonly coins: NameSpace;
  size: number;
  /** The slots of trader and coin in turns, by slot. */
  parts: Int32Array;
  /** Slots of trader and coin, slot + 1 (0 when free), and nothing, in turns; its length is a power of two. */
  table: Int32Array;
}

export type Keyspace = NameSpace | PairSpace;

export interface Keyspaces {
  readonly trader: NameSpace;
  readonly coin: NameSpace;
  readonly market: NameSpace;
  readonly 'trader:coin': PairSpace;
}

export function createKeyspaces(): Keyspaces {
  const trader = createNames('trader');
  const coin = createNames('coin');
  return { trader, coin, market: createNames('market'), 'trader:coin': createPairs(trader, coin) };
}

function createNames(entity: NameSpace['entity']): NameSpace {
  return {
    entity,
    names: [],
    table: new Int32Array(32),
    name0: '',
    name1: '',
    name2: '',
    slot0: -1,
    slot1: -1,
    slot2: -1,
  };
}

function createPairs(traders: NameSpace, coins: NameSpace): PairSpace {
  return {
    entity: 'trader:coin',
    traders,
    coins,
    size: 0,
    parts: new Int32Array(16),
    table: new Int32Array(64),
  };
}

/** How many keys have a slot. */
export function sizeOf(space: Keyspace): number {
  return space.entity === 'trader:coin' ? space.size : space.names.length;
}

/** The slot of a name, given to it now if it is new. */
export function nameSlot(space: NameSpace, name: string): number {
  if (name === space.name0) return space.slot0;
  if (name === space.name1) return space.slot1;
  if (name === space.name2) return space.slot2;
  let slot = lookUp(space, name);
  if (slot < 0) {
    slot = space.names.length;
    space.names.push(name);
    if (space.names.length * 4 > space.table.length) rehash(space, space.table.length * 2);
    else enterName(space.table, hashName(name), slot);
  }
  rememberName(space, name, slot);
  return slot;
}

/**
 * Mixes every third character: the digits of an address are as good as random, and one in three of them, from all of its
 * length, tells even addresses apart that were made to look alike at both ends.
 */
export function hashName(name: string): number {
  const { length } = name;
  let hash = length;
  for (let at = length - 1; at >= 0; at -= length > 24 ? 3 : 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function lookUp({ table, names }: NameSpace, name: string): number {
  const hash = hashName(name);
  const mask = table.length - 1;
  for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
    const slot = (table[at + 1] as number) - 1;
    if (slot < 0) return -1;
    if (table[at] === hash && names[slot] === name) return slot;
  }
}

function enterName(table: Int32Array, hash: number, slot: number): void {
  const mask = table.length - 1;
  let at = (hash << 1) & mask;
  while (table[at + 1] !== 0) at = (at + 2) & mask;
  table[at] = hash;
  table[at + 1] = slot + 1;
}

function rehash(space: NameSpace, length: number): void {
  space.table = new Int32Array(length);
  for (let slot = 0; slot < space.names.length; slot++) {
    enterName(space.table, hashName(space.names[slot] as string), slot);
  }
}

/** The slot of a name, or -1. */
export function findName(space: NameSpace, name: string): number {
  if (name === space.name0) return space.slot0;
  if (name === space.name1) return space.slot1;
  if (name === space.name2) return space.slot2;
  const slot = lookUp(space, name);
  if (slot < 0) return -1;
  rememberName(space, name, slot);
  return slot;
}

/** Has the next look-ups of a name find it at once. */
export function rememberName(space: NameSpace, name: string, slot: number): void {
  space.name2 = space.name1;
  space.slot2 = space.slot1;
  space.name1 = space.name0;
  space.slot1 = space.slot0;
  space.name0 = name;
  space.slot0 = slot;
}

/** The slot of a wallet's dealings in a coin, given to it now if it is new. */
export function pairSlot(space: PairSpace, trader: string, coin: string): number {
  const traderSlot = nameSlot(space.traders, trader);
  const coinSlot = nameSlot(space.coins, coin);
  const at = probe(space.table, traderSlot, coinSlot);
  const found = space.table[at + 2] as number;
  if (found !== 0) return found - 1;
  const slot = space.size++;
  if (slot * 2 >= space.parts.length) {
    const parts = new Int32Array(space.parts.length * 2);
    parts.set(space.parts);
    space.parts = parts;
  }
  space.parts[slot * 2] = traderSlot;
  space.parts[slot * 2 + 1] = coinSlot;
  if (space.size * 8 > space.table.length) rehashPairs(space, space.table.length * 2);
  else enterPair(space, at, slot);
  return slot;
}

function enterPair({ table, parts }: PairSpace, at: number, slot: number): void {
  table[at] = parts[slot * 2] as number;
  table[at + 1] = parts[slot * 2 + 1] as number;
  table[at + 2] = slot + 1;
}

/** The slot of a wallet's dealings in a coin, or -1. */
export function findPair(space: PairSpace, trader: string, coin: string): number {
  const traderSlot = findName(space.traders, trader);
  if (traderSlot < 0) return -1;
  const coinSlot = findName(space.coins, coin);
  if (coinSlot < 0) return -1;
  return (space.table[probe(space.table, traderSlot, coinSlot) + 2] as number) - 1;
}

/** Where a pair stands in the table, or where it would be entered. */
export function probe(table: Int32Array, traderSlot: number, coinSlot: number): number {
  const mask = table.length - 1;
  let hash = Math.imul(traderSlot, 0x9e3779b1) ^ Math.imul(coinSlot, 0x85ebca6b);
  hash ^= hash >>> 15;
  for (let at = (hash << 2) & mask; ; at = (at + 4) & mask) {
    if (table[at + 2] === 0 || (table[at] === traderSlot && table[at + 1] === coinSlot)) return at;
  }
}

function rehashPairs(space: PairSpace, length: number): void {
  space.table = new Int32Array(length);
  for (let slot = 0; slot < space.size; slot++) {
    const at = probe(space.table, space.parts[slot * 2] as number, space.parts[slot * 2 + 1] as number);
    enterPair(space, at, slot);
  }
}

/** The slot of any key, or -1. */
export function findSlot(space: Keyspace, key: KeyOf<Entity>): number {
  if (space.entity === 'trader:coin') return typeof key === 'string' ? -1 : findPair(space, key[0], key[1]);
  return typeof key === 'string' ? findName(space, key) : -1;
}

/** The key that has a slot. */
export function keyAt(space: Keyspace, slot: number): KeyOf<Entity> {
  if (space.entity !== 'trader:coin') return space.names[slot] as string;
  return [
    space.traders.names[space.parts[slot * 2] as number] as string,
    space.coins.names[space.parts[slot * 2 + 1] as number] as string,
  ];
}

/** The key that has a slot, as `keyText` writes it. */
export function keyTextAt(space: Keyspace, slot: number): string {
  if (space.entity !== 'trader:coin') return space.names[slot] as string;
  const trader = space.traders.names[space.parts[slot * 2] as number] as string;
  return `${trader}:${space.coins.names[space.parts[slot * 2 + 1] as number] as string}`;
}

/** Slots sorted by their keys' text. */
export function sortSlots(space: Keyspace, slots: number[]): number[] {
  if (space.entity !== 'trader:coin') {
    const { names } = space;
    return slots.sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1));
  }
  const texts = new Map(slots.map(slot => [slot, keyTextAt(space, slot)]));
  return slots.sort((a, b) => ((texts.get(a) as string) < (texts.get(b) as string) ? -1 : 1));
}

/**
 * The slot of a row of entity `to` that belongs to a key of entity `from`: the same one, a part of a pair, or the market.
 * -1 when there is none yet.
 */
export function joinSlot(spaces: Keyspaces, from: Entity, to: Entity, slot: number): number {
  if (from === to) return slot;
  if (to === 'market') return findName(spaces.market, 'market');
  if (from !== 'trader:coin') return -1;
  const pairs = spaces['trader:coin'];
  return pairs.parts[slot * 2 + (to === 'trader' ? 0 : 1)] ?? -1;
}

/** All keys, in the order of their slots. */
export interface KeyspacesSnapshot {
  readonly trader: readonly string[];
  readonly coin: readonly string[];
  readonly market: readonly string[];
  /** The slots of trader and coin in turns. */
  readonly pairs: Int32Array;
}

export function snapshotKeys(spaces: Keyspaces): KeyspacesSnapshot {
  const pairs = spaces['trader:coin'];
  return {
    trader: spaces.trader.names,
    coin: spaces.coin.names,
    market: spaces.market.names,
    pairs: pairs.parts.slice(0, pairs.size * 2),
  };
}

/** Fills empty key spaces. */
export function restoreKeys(spaces: Keyspaces, snapshot: KeyspacesSnapshot): void {
  for (const entity of ['trader', 'coin', 'market'] as const) {
    for (const name of snapshot[entity]) nameSlot(spaces[entity], name);
  }
  const pairs = spaces['trader:coin'];
  pairs.size = snapshot.pairs.length / 2;
  pairs.parts = new Int32Array(Math.max(16, snapshot.pairs.length));
  pairs.parts.set(snapshot.pairs);
  let length = 64;
  while (length < pairs.size * 8) length *= 2;
  rehashPairs(pairs, length);
}
