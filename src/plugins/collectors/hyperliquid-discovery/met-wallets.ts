import { gunzipSync, gzipSync } from 'node:zlib';

/**
 * The wallets that were met lately, in bounded memory: a Bloom filter of 12 bits for each, in two generations. With eight bits
 * set for each wallet one in 300 is taken for known though it is new; the store knows it all the same, by its trades.
 */
export interface MetWallets {
  /** Remembers a wallet; false when it was known. */
  add(address: string): boolean;
  /** What is remembered, as text. */
  save(): string;
  /** Takes in what was saved, unless it was made for another size. */
  restore(text: string): void;
}

const bitsEach = 12;
const hashes = 8;

interface Generation {
  readonly bits: Uint8Array;
  count: number;
}

/** `remember` is how many wallets are remembered at least. */
export function createMetWallets(remember: number): MetWallets {
  const bytes = Math.ceil((remember * bitsEach) / 8);
  const size = bytes * 8;
  const make = (): Generation => ({ bits: new Uint8Array(bytes), count: 0 });
  let young = make();
  let old = make();
  const places = new Uint32Array(hashes);

  /** Note: two hashes of the whole text, and the places at equal steps between: as good as eight hashes, at the price of two. */
  const locate = (address: string): void => {
    let first = 0x811c9dc5;
    let second = 0x9747b28c;
    for (let i = 2; i < address.length; i++) {
      const code = address.charCodeAt(i);
      first = Math.imul(first ^ code, 0x01000193);
      second = Math.imul(second ^ code, 0x5bd1e995) ^ (second >>> 15);
    }
    first = Math.imul(first ^ (first >>> 16), 0x85ebca6b);
    first ^= first >>> 13;
    second = Math.imul(second ^ (second >>> 13), 0xc2b2ae35);
    second ^= second >>> 16;
    for (let i = 0; i < hashes; i++) places[i] = ((first + Math.imul(i, second | 1)) >>> 0) % size;
  };
  const has = ({ bits }: Generation): boolean => {
    for (const place of places) if ((bits[place >>> 3]! & (1 << (place & 7))) === 0) return false;
    return true;
  };
  const set = (generation: Generation): void => {
    for (const place of places) generation.bits[place >>> 3]! |= 1 << (place & 7);
    generation.count++;
  };

  return {
    add(address) {
      locate(address);
      if (has(young)) return false;
      const known = has(old);
      if (young.count >= remember) {
        old = young;
        young = make();
      }
      // Note: one that is met again stays remembered.
      set(young);
      return !known;
    },
    save() {
      const packed = ({ bits }: Generation): string => gzipSync(bits, { level: 1 }).toString('base64');
      return JSON.stringify({
        remember,
        counts: [young.count, old.count],
        bits: [packed(young), packed(old)],
      });
    },
    restore(text) {
      const saved = parsed(text);
      if (saved?.remember !== remember || saved.bits?.length !== 2 || saved.counts?.length !== 2) return;
      const read = saved.bits.map(part => unpacked(part, bytes));
      if (read[0] === undefined || read[1] === undefined) return;
      young = { bits: read[0], count: saved.counts[0]! };
      old = { bits: read[1], count: saved.counts[1]! };
    },
  };
}

interface Saved {
  readonly remember?: number;
  readonly counts?: readonly number[];
  readonly bits?: readonly string[];
}

function parsed(text: string): Saved | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function unpacked(text: string, bytes: number): Uint8Array | undefined {
  try {
    const bits = new Uint8Array(gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: bytes }));
    return bits.length === bytes ? bits : undefined;
  } catch {
    return undefined;
  }
}
