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
  return maker(constants, sameDeep) as Packing;
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
