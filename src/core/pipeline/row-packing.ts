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
      const listed = field.kind === 'oneOf' ? `constants[${constants.push(field.values) - 1}]` : '';
      pack.push(`${place} = ${encoded(field, value)};`);
      unpack.push(`${key}: ${decoded(field, place, listed)}`);
      // Note: null is packed as NaN, and NaN differs from itself.
      sameNumbers.push(`value = ${encoded(field, value)}; stored = ${place};`);
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
  packing.hash = compileHash(fields);
  return packing;
}

/**
 * Makes a function that lays a row's numbers out in one and the same place, and mixes the words that stand there. Four words are
 * mixed side by side, since a mixture has to wait for the one before.
 */
function compileHash(fields: Fields): Packing['hash'] {
  const lay: string[] = [];
  const others: string[] = [];
  let at = 0;
  for (const [name, field] of Object.entries(fields)) {
    const value = `row[${JSON.stringify(name)}]`;
    if (isNumeric(field)) {
      // Note: 0 and -0 are one number; adding 0 makes them one pattern of bits.
      const laid = arithmetic.includes(field.kind) ? `${value} + 0` : encoded(field, value);
      const isPlain = field.nullable === undefined || !arithmetic.includes(field.kind);
      lay.push(`numbers[${at++}] = ${isPlain ? laid : `${value} === null ? NaN : ${laid}`};`);
    } else others.push(`a = hashOther(a, ${value});`);
  }
  // Note: an even number of numbers, so that four words always stand there.
  const width = at + (at % 2);
  const numbers = new Float64Array(width);
  const mixes: string[] = [];
  for (let word = 0; word < width * 2; word += 4) {
    for (const [lane, name] of ['a', 'b', 'c', 'd'].entries()) {
      mixes.push(
        `${name} = Math.imul(${name} ^ words[${word + lane}], ${multipliers[lane]}); ${name} ^= ${name} >>> 15;`,
      );
    }
  }
  const maker = new Function(
    ...['hashOther', 'numbers', 'words'],
    `return row => {
      ${lay.join('\n')}
      let a = 1, b = 2, c = 3, d = 4;
      ${mixes.join('\n')}
      ${others.join('\n')}
      a = Math.imul(a ^ b, ${multipliers[1]}); a ^= a >>> 13;
      a = Math.imul(a ^ c, ${multipliers[2]}); a ^= a >>> 15;
      a = Math.imul(a ^ d, ${multipliers[3]}); a ^= a >>> 16;
      return a | 0 || 1;
    };`,
  );
  return maker(hashOther, numbers, new Int32Array(numbers.buffer)) as Packing['hash'];
}

const multipliers = [0x9e3779b1, 0x85ebca6b, 0xcc9e2d51, 0xc2b2ae35];

function hashOther(hash: number, item: unknown): number {
  if (item === null) return Math.imul(hash ^ 0x5bd1e995, 0x9e3779b1);
  const text = typeof item === 'string' ? item : (JSON.stringify(item) ?? '');
  let mixed = Math.imul(hash ^ text.length, 0x9e3779b1);
  for (let at = 0; at < text.length; at++) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193);
  return mixed ^ (mixed >>> 15);
}

function isNumeric({ kind }: Field): boolean {
  return arithmetic.includes(kind) || kind === 'boolean' || kind === 'oneOf';
}

function isComposite({ kind }: Field): boolean {
  return kind === 'list' || kind === 'vector';
}

/** The place of a word among a field's; comparing constant words takes less time than a search. */
function placeOfWord({ values = [] }: Field, value: string): string {
  return values.reduceRight(
    (rest, word, place) => `${value} === ${JSON.stringify(word)} ? ${place} : ${rest}`,
    '-1',
  );
}

function encoded(field: Field, value: string): string {
  if (field.kind === 'boolean') return `(${value} === null ? NaN : +${value})`;
  if (field.kind === 'oneOf') return `(${value} === null ? NaN : ${placeOfWord(field, value)})`;
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
