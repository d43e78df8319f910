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

  /** Note: addresses are hashes already; two 32-bit parts of one are two independent numbers, from which the places are made. */
  const locate = (address: string): void => {
    const first = Number.parseInt(address.slice(2, 10), 16);
    const second = Number.parseInt(address.slice(-8), 16) | 1;
    // Note: a salt from the middle keeps made-up addresses, which often differ at one end only, apart.
    const middle = Number.parseInt(address.slice(18, 26), 16);
    for (let i = 0; i < hashes; i++) {
      let mixed = Math.imul(first ^ (middle >>> 1), 0x9e3779b1) + Math.imul(second, 0x85ebca6b + 2 * i);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
      mixed = Math.imul(mixed ^ (mixed >>> 12) ^ Math.imul(middle, i + 1), 0x297a2d39);
      places[i] = ((mixed ^ (mixed >>> 15)) >>> 0) % size;
    }
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
