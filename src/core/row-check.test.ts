import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  address,
  boolean,
  decimal,
  type Fields,
  integer,
  list,
  number,
  oneOf,
  string,
  time,
  vector,
} from '../plugin-api/index.ts';
import { compileDigest } from './pipeline/row-digest.ts';
import { compilePacking } from './pipeline/row-packing.ts';
import { rowCheck, rowProblem } from './row-check.ts';
import { compileCheck } from './row-compile.ts';

const fields: Fields = {
  number: number({ unit: 'USD', doc: 'd', nullable: 'none', min: -5, max: 5 }),
  integer: integer({ unit: 'count', doc: 'd', min: 0 }),
  decimal: decimal({ unit: 'coin', doc: 'd' }),
  text: string({ doc: 'd' }),
  word: oneOf(['one', 'two'], { doc: 'd', nullable: 'none' }),
  flag: boolean({ doc: 'd', nullable: 'none' }),
  wallet: address({ doc: 'd' }),
  at: time({ doc: 'd' }),
  numbers: vector(2, { unit: 'ratio', doc: 'd' }),
  items: list({ name: string({ doc: 'd' }) }, { doc: 'd', length: 2 }),
};
const digest = compileDigest(fields, compileCheck);
const wallet = `0x${'ab'.repeat(20)}`;
const good = {
  number: 1.5,
  integer: 3,
  decimal: '-12.50',
  text: 'x',
  word: 'two',
  flag: false,
  wallet,
  at: 1_700_000_000_000,
  numbers: [1, 2],
  items: [{ name: 'a' }],
};

describe('a row', () => {
  test('with all fields and fitting values fits', () => {
    expect(rowProblem(fields, good)).toBeUndefined();
    expect(rowCheck(fields)(good)).toBe(true);
  });

  test.each([
    ['number', Number.NaN, 'must be a finite number; found NaN'],
    ['number', Number.POSITIVE_INFINITY, 'must be a finite number; found Infinity'],
    ['number', 5.5, 'must be at most 5; found 5.5'],
    ['number', '1', 'must be a finite number; found "1"'],
    ['integer', 1.5, 'must be a safe integer; found 1.5'],
    ['integer', -1, 'must be at least 0; found -1'],
    ['integer', null, 'is never null'],
    ['decimal', '1e-7', 'must be a decimal as text'],
    ['decimal', '007', 'must be a decimal as text'],
    ['decimal', '1.', 'must be a decimal as text'],
    ['decimal', '', 'must be a decimal as text'],
    ['text', 'x'.repeat(4097), 'must be text of at most 4096 characters'],
    ['word', 'three', 'must be one of "one", "two"; found "three"'],
    ['flag', 1, 'must be true or false; found 1'],
    ['wallet', wallet.toUpperCase(), 'must be a lower-case address'],
    ['wallet', wallet.slice(0, -1), 'must be a lower-case address'],
    ['at', 0.5, 'must be milliseconds since 1970'],
    ['numbers', [1], 'must be exactly 2 finite numbers; found a list of 1'],
    ['numbers', [1, Number.NaN], '`numbers[1]` must be a finite number'],
    [
      'items',
      [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      'must be a list of at most 2 rows; found a list of 3',
    ],
    ['items', [{ name: 7 }], '`items[0].name` must be text'],
    ['text', undefined, '`text` is missing'],
  ])('whose %s is %j does not fit, and is told why', (name, value, why) => {
    const row = { ...good, [name]: value };
    expect(rowProblem(fields, row)).toContain(why);
    expect(rowCheck(fields)(row)).toBe(false);
  });

  test('with an unknown field, or that is no object, does not fit', () => {
    expect(rowProblem(fields, { ...good, more: 1 })).toContain(
      '`more` is not a field; known are number, integer',
    );
    expect(rowCheck(fields)({ ...good, more: 1 })).toBe(false);
    for (const row of [null, undefined, 7, 'row', [good]]) {
      expect(rowProblem(fields, row)).toContain('must be an object');
      expect(rowCheck(fields)(row)).toBe(false);
    }
  });

  test('is judged alike by the plain check, which tells why, and by the compiled one', () => {
    const anything = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constantFrom(
        null,
        undefined,
        '',
        'one',
        '0',
        '-0.10',
        '-',
        '.5',
        '1.5.2',
        wallet,
        [],
        [1, 2],
        [{ name: 'a' }],
      ),
    );
    const check = compileCheck(fields);
    const names = fc.constantFrom(...Object.keys(fields), 'more');
    fc.assert(
      fc.property(fc.array(fc.tuple(names, anything), { maxLength: 3 }), changes => {
        const row = { ...good, ...Object.fromEntries(changes) };
        expect(rowCheck(fields)(row)).toBe(rowProblem(fields, row) === undefined);
        expect(digest(row) !== 0).toBe(check(row) === 1);
      }),
      { numRuns: 2000 },
    );
  });

  test('tells when its properties stand in another order', () => {
    const check = compileCheck(fields);
    expect(check(good)).toBe(1);
    const other = Object.fromEntries(Object.entries(good).toReversed());
    expect(check(other)).toBe(2);
    expect(digest(good)).not.toBe(0);
    expect(digest(other)).toBe(0);
  });
});

describe('a packed row', () => {
  const packing = compilePacking(fields);
  const fitting = fc.record({
    number: fc.option(fc.double({ min: -5, max: 5, noNaN: true })),
    integer: fc.nat(),
    decimal: fc.constantFrom('0', '-1.5', '12'),
    text: fc.string(),
    word: fc.option(fc.constantFrom('one', 'two')),
    flag: fc.option(fc.boolean()),
    wallet: fc.constant(wallet),
    at: fc.integer(),
    numbers: fc.constantFrom([1, 2], [-0, 3]),
    items: fc.array(fc.record({ name: fc.string() }), { maxLength: 2 }),
  });
  const at = 3;
  const pack = (row: object) => {
    const numbers = new Float64Array(at + packing.numbers);
    const others: unknown[] = [];
    packing.pack(row as never, numbers, at, others, 1);
    return { numbers, others };
  };

  test('is unpacked to an equal row with its fields in their order', () => {
    fc.assert(
      fc.property(fitting, row => {
        const { numbers, others } = pack(row);
        const unpacked = packing.unpack(numbers, at, others, 1);
        expect(unpacked).toEqual(row);
        expect(Object.keys(unpacked)).toEqual(Object.keys(fields));
      }),
    );
  });

  test('is found the same as an equal row, and as no other', () => {
    fc.assert(
      fc.property(fitting, fitting, (row, other) => {
        const { numbers, others } = pack(row);
        const equal = JSON.stringify(row) === JSON.stringify(other);
        expect(packing.same(structuredClone(row) as never, numbers, at, others, 1)).toBe(true);
        expect(packing.same(other as never, numbers, at, others, 1)).toBe(equal);
      }),
    );
  });

  test('has the hash of an equal row, and of no other', () => {
    fc.assert(
      fc.property(fitting, fitting, (row, other) => {
        const hash = digest(row);
        const equal = JSON.stringify(row) === JSON.stringify(other);
        expect(hash).not.toBe(0);
        expect(digest(structuredClone(row))).toBe(hash);
        expect(digest(other) === hash).toBe(equal);
      }),
    );
  });

  test('has a hash that few others have, also where rows differ in one number by one', () => {
    const hashes = new Set<number>();
    for (let integer = 0; integer < 100_000; integer++) hashes.add(digest({ ...good, integer }));
    // Of so many random 32-bit numbers one pair is expected: 1e5² / 2 / 2³² = 1.2.
    expect(hashes.size).toBeGreaterThan(100_000 - 8);
  });
});
