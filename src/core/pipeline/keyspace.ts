import type { Entity, KeyOf } from '../../plugin-api/index.ts';

/*
 * Every key gets a dense number, its slot, when it is first seen. States and rows stand in arrays by slot, so that one look-up
 * for each wallet and event serves all plugins.
 */

/** The keys of `trader`, `coin` or `market`. */
export interface NameSpace {
  readonly entity: Exclude<Entity, 'trader:coin'>;
  readonly names: string[];
  readonly slots: Map<string, number>;
  // Note: an event's wallets are asked for by every feature in turn; four remembered names save nearly all look-ups.
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
  /** By slot. */
  traderSlots: Int32Array;
  coinSlots: Int32Array;
  /** Slot + 1 by hash, 0 when free; its length is a power of two. */
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
    slots: new Map(),
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
    traderSlots: new Int32Array(64),
    coinSlots: new Int32Array(64),
    table: new Int32Array(128),
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
  let slot = space.slots.get(name);
  if (slot === undefined) {
    slot = space.names.length;
    space.names.push(name);
    space.slots.set(name, slot);
  }
  remember(space, name, slot);
  return slot;
}

/** The slot of a name, or -1. */
export function findName(space: NameSpace, name: string): number {
  if (name === space.name0) return space.slot0;
  if (name === space.name1) return space.slot1;
  if (name === space.name2) return space.slot2;
  const slot = space.slots.get(name);
  if (slot === undefined) return -1;
  remember(space, name, slot);
  return slot;
}

function remember(space: NameSpace, name: string, slot: number): void {
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
  let at = probe(space, traderSlot, coinSlot);
  const found = space.table[at] as number;
  if (found !== 0) return found - 1;
  if (space.size * 2 >= space.table.length) {
    enlarge(space);
    at = probe(space, traderSlot, coinSlot);
  }
  const slot = space.size++;
  space.traderSlots[slot] = traderSlot;
  space.coinSlots[slot] = coinSlot;
  space.table[at] = slot + 1;
  return slot;
}

/** The slot of a wallet's dealings in a coin, or -1. */
export function findPair(space: PairSpace, trader: string, coin: string): number {
  const traderSlot = findName(space.traders, trader);
  if (traderSlot < 0) return -1;
  const coinSlot = findName(space.coins, coin);
  if (coinSlot < 0) return -1;
  return (space.table[probe(space, traderSlot, coinSlot)] as number) - 1;
}

function probe(space: PairSpace, traderSlot: number, coinSlot: number): number {
  const { table, traderSlots, coinSlots } = space;
  const mask = table.length - 1;
  let hash = Math.imul(traderSlot, 0x9e3779b1) ^ Math.imul(coinSlot, 0x85ebca6b);
  hash ^= hash >>> 15;
  for (let at = hash & mask; ; at = (at + 1) & mask) {
    const slot = (table[at] as number) - 1;
    if (slot < 0 || (traderSlots[slot] === traderSlot && coinSlots[slot] === coinSlot)) return at;
  }
}

function enlarge(space: PairSpace): void {
  fitPairs(space, space.table.length);
}

/** Makes room for `capacity` pairs and enters those that exist anew. */
function fitPairs(space: PairSpace, capacity: number): void {
  const traderSlots = new Int32Array(capacity);
  const coinSlots = new Int32Array(capacity);
  traderSlots.set(space.traderSlots.subarray(0, space.size));
  coinSlots.set(space.coinSlots.subarray(0, space.size));
  space.traderSlots = traderSlots;
  space.coinSlots = coinSlots;
  space.table = new Int32Array(capacity * 2);
  for (let slot = 0; slot < space.size; slot++) {
    space.table[probe(space, traderSlots[slot] as number, coinSlots[slot] as number)] = slot + 1;
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
    space.traders.names[space.traderSlots[slot] as number] as string,
    space.coins.names[space.coinSlots[slot] as number] as string,
  ];
}

/** The key that has a slot, as `keyText` writes it. */
export function keyTextAt(space: Keyspace, slot: number): string {
  if (space.entity !== 'trader:coin') return space.names[slot] as string;
  const trader = space.traders.names[space.traderSlots[slot] as number] as string;
  return `${trader}:${space.coins.names[space.coinSlots[slot] as number] as string}`;
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
  return (to === 'trader' ? pairs.traderSlots[slot] : pairs.coinSlots[slot]) ?? -1;
}

/** All keys, in the order of their slots. */
export interface KeyspacesSnapshot {
  readonly trader: readonly string[];
  readonly coin: readonly string[];
  readonly market: readonly string[];
  readonly pairTraders: Int32Array;
  readonly pairCoins: Int32Array;
}

export function snapshotKeys(spaces: Keyspaces): KeyspacesSnapshot {
  const pairs = spaces['trader:coin'];
  return {
    trader: spaces.trader.names,
    coin: spaces.coin.names,
    market: spaces.market.names,
    pairTraders: pairs.traderSlots.slice(0, pairs.size),
    pairCoins: pairs.coinSlots.slice(0, pairs.size),
  };
}

/** Fills empty key spaces. */
export function restoreKeys(spaces: Keyspaces, snapshot: KeyspacesSnapshot): void {
  for (const entity of ['trader', 'coin', 'market'] as const) {
    for (const name of snapshot[entity]) nameSlot(spaces[entity], name);
  }
  const pairs = spaces['trader:coin'];
  pairs.size = snapshot.pairTraders.length;
  pairs.traderSlots = snapshot.pairTraders;
  pairs.coinSlots = snapshot.pairCoins;
  let capacity = 64;
  while (capacity < pairs.size) capacity *= 2;
  fitPairs(pairs, capacity);
}
