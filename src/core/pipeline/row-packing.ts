import type { Field, Fields } from '../../plugin-api/index.ts';
import type { AnyRow } from '../event.ts';

/*
 * Rows at rest: numbers, times, booleans and words as doubles in a row of a Float64Array, all else beside it. A row of 36
 * numbers takes 288 bytes instead of 1.2 KB, and the garbage collector has nothing to follow. The functions are made as
 * straight-line code for each ref.
 */

export interface Packing {
  /** How many numbers and how many other values a row has. */
  readonly numbers: number;
  readonly others: number;
  pack(row: AnyRow, numbers: Float64Array, at: number, others: unknown[], from: number): void;
  unpack(numbers: Float64Array, at: number, others: unknown[], from: number): AnyRow;
  /** Whether a row equals a packed one. */
  same(row: AnyRow, numbers: Float64Array, at: number, others: unknown[], from: number): boolean;
  /** A copy of a row with its properties in the order of the fields. */
  ordered(row: AnyRow): AnyRow;
  /** 32 bits that are equal for equal rows, and not 0. */
  hash(row: AnyRow): number;
}

const arithmetic = ['number', 'integer', 'time'];

export function compilePacking(fields: Fields): Packing {
  const constants: unknown[] = [];
  const pack: string[] = [];
  const unpack: string[] = [];
  // Note: numbers are compared first; they stand together, and one of them nearly always differs.
  const sameNumbers: string[] = [];
  const sameOthers: string[] = [];
  const ordered: string[] = [];
  let numbers = 0;
  let others = 0;
  for (const [name, field] of Object.entries(fields)) {
    const key = JSON.stringify(name);
    const value = `row[${key}]`;
    ordered.push(`${key}: ${value}`);
    if (isNumeric(field)) {
      const place = `numbers[at + ${numbers++}]`;
      const words = field.kind === 'oneOf' ? `constants[${constants.push(field.values) - 1}]` : '';
      pack.push(`${place} = ${encoded(field, value, words)};`);
      unpack.push(`${key}: ${decoded(field, place, words)}`);
      // Note: null is packed as NaN, and NaN differs from itself.
      sameNumbers.push(`value = ${encoded(field, value, words)}; stored = ${place};`);
      sameNumbers.push('if (value !== stored && (value === value || stored === stored)) return false;');
    } else {
      const place = `others[from + ${others++}]`;
      pack.push(`${place} = ${value};`);
      unpack.push(`${key}: ${place}`);
      const compare = isComposite(field) ? `!sameDeep(${value}, ${place})` : `${value} !== ${place}`;
      sameOthers.push(`if (${compare}) return false;`);
    }
  }
  const maker = new Function(
    'constants',
    'sameDeep',
    `return {
      numbers: ${numbers},
      others: ${others},
      pack(row, numbers, at, others, from) { ${pack.join('\n')} },
      unpack(numbers, at, others, from) { let value; return { ${unpack.join(',\n')} }; },
      same(row, numbers, at, others, from) { let value, stored; ${[...sameNumbers, ...sameOthers].join('\n')} return true; },
      ordered(row) { return { ${ordered.join(', ')} }; },
    };`,
  );
  const packing = maker(constants, sameDeep) as Packing;
  packing.hash = hashing(packing);
  return packing;
}

/** Makes a function that packs a row into one and the same place, and mixes what stands there. */
function hashing({ pack, numbers: width, others: count }: Packing): (row: AnyRow) => number {
  const numbers = new Float64Array(width);
  const words = new Int32Array(numbers.buffer);
  const others: unknown[] = new Array(count).fill(undefined);
  return row => {
    pack(row, numbers, 0, others, 0);
    // Note: 0 and -0 are one number; adding 0 makes them one pattern of bits.
    for (let i = 0; i < width; i++) numbers[i] = (numbers[i] as number) + 0;
    let hash = hashOthers(others);
    // Note: only one multiplication for each number has to wait for the number before.
    for (let i = 0; i < words.length; i += 2) {
      hash = mix(hash, (words[i] as number) ^ Math.imul(words[i + 1] as number, 0xcc9e2d51));
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) | 0 || 1;
  };
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function hashOthers(others: readonly unknown[]): number {
  let hash = 0;
  for (let i = 0; i < others.length; i++) {
    const item = others[i];
    const text = typeof item === 'string' ? item : (JSON.stringify(item) ?? '');
    hash = mix(hash, text.length);
    for (let at = 0; at < text.length; at++) hash = mix(hash, text.charCodeAt(at));
  }
  return hash;
}

function isNumeric({ kind }: Field): boolean {
  return arithmetic.includes(kind) || kind === 'boolean' || kind === 'oneOf';
}

function isComposite({ kind }: Field): boolean {
  return kind === 'list' || kind === 'vector';
}

function encoded(field: Field, value: string, words: string): string {
  if (field.kind === 'boolean') return `(${value} === null ? NaN : +${value})`;
  if (field.kind === 'oneOf') return `(${value} === null ? NaN : ${words}.indexOf(${value}))`;
  return field.nullable === undefined ? value : `(${value} === null ? NaN : ${value})`;
}

function decoded(field: Field, place: string, words: string): string {
  const plain =
    field.kind === 'boolean' ? 'value === 1' : field.kind === 'oneOf' ? `${words}[value]` : 'value';
  return `((value = ${place}) === value ? ${plain} : null)`;
}

function sameDeep(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length &&
    left.every(([name, item]) => sameDeep(item, (b as Record<string, unknown>)[name]))
  );
}
