import type { Fields } from '../../plugin-api/index.ts';
import type { AnyRow } from '../event.ts';
import { compilePacking, type Packing } from './row-packing.ts';

/** The rows of one ref at rest, by slot. */
export interface RowStore {
  readonly packing: Packing;
  /** Hand out frozen rows. */
  readonly frozen: boolean;
  /** By slot / chunkSlots; a chunk is there when one of its slots has a row. */
  readonly chunks: (Chunk | undefined)[];
}

/** Rows of neighbouring slots. It grows as they come, up to `chunkSlots`. */
export interface Chunk {
  numbers: Float64Array;
  others: unknown[];
  /** 1 where there is a row. */
  present: Uint8Array;
}

const chunkBits = 9;
const chunkSlots = 1 << chunkBits;
const chunkMask = chunkSlots - 1;
const firstSlots = 4;

export function createRowStore(fields: Fields, frozen: boolean): RowStore {
  return { packing: compilePacking(fields), frozen, chunks: [] };
}

/** A new copy of a slot's row. */
export function getRow(store: RowStore, slot: number): AnyRow | undefined {
  const chunk = store.chunks[slot >>> chunkBits];
  const place = slot & chunkMask;
  if (chunk === undefined || chunk.present[place] !== 1) return undefined;
  const { packing } = store;
  const row = packing.unpack(chunk.numbers, place * packing.numbers, chunk.others, place * packing.others);
  return store.frozen ? Object.freeze(row) : row;
}

export function hasRow({ chunks }: RowStore, slot: number): boolean {
  return chunks[slot >>> chunkBits]?.present[slot & chunkMask] === 1;
}

export function dropRow({ packing, chunks }: RowStore, slot: number): void {
  const chunk = chunks[slot >>> chunkBits];
  const place = slot & chunkMask;
  if (chunk === undefined || chunk.present[place] !== 1) return;
  chunk.present[place] = 0;
  chunk.others.fill(undefined, place * packing.others, (place + 1) * packing.others);
}

export function holdsRow(store: RowStore, slot: number, row: AnyRow): boolean {
  const chunk = store.chunks[slot >>> chunkBits];
  const place = slot & chunkMask;
  if (chunk === undefined || chunk.present[place] !== 1) return false;
  const { packing } = store;
  return packing.same(row, chunk.numbers, place * packing.numbers, chunk.others, place * packing.others);
}

export function putRow(store: RowStore, slot: number, row: AnyRow): void {
  const { packing } = store;
  const place = slot & chunkMask;
  const chunk = chunkFor(store, slot >>> chunkBits, place);
  chunk.present[place] = 1;
  packing.pack(row, chunk.numbers, place * packing.numbers, chunk.others, place * packing.others);
}

function chunkFor({ packing, chunks }: RowStore, index: number, place: number): Chunk {
  while (chunks.length <= index) chunks.push(undefined);
  let chunk = chunks[index];
  if (chunk === undefined) {
    chunk = { numbers: new Float64Array(0), others: [], present: new Uint8Array(0) };
    chunks[index] = chunk;
  }
  if (place >= chunk.present.length) {
    let slots = Math.max(chunk.present.length, firstSlots);
    while (slots <= place) slots *= 2;
    const numbers = new Float64Array(slots * packing.numbers);
    numbers.set(chunk.numbers);
    const present = new Uint8Array(slots);
    present.set(chunk.present);
    chunk.numbers = numbers;
    chunk.present = present;
    while (chunk.others.length < slots * packing.others) chunk.others.push(undefined);
  }
  return chunk;
}
