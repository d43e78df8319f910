import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  errorCodes,
  HypersonarError,
  InvariantError,
  PlanError,
  RetryableError,
  UserError,
} from './errors.ts';

const root = new URL('../../', import.meta.url).pathname;
const documented = readFileSync(`${root}docs/errors.md`, 'utf8')
  .split('\n')
  .flatMap(line => /^### ([A-Z_]+)$/.exec(line)?.[1] ?? []);

const sources = globSync('src/**/*.ts', { cwd: root })
  .filter(file => !/(\.test|\.fixture|\.d)\.ts$/.test(file) && file !== 'src/core/errors.ts')
  .map(file => ({ file, text: readFileSync(root + file, 'utf8') }));

/** Where a code is given to an error, a fault or a problem. */
const places = [
  /new (?:User|Retryable|Invariant|Hypersonar|Plugin)Error\(\s*'([A-Z_]+)'/g,
  /problems\.add\(\s*'([A-Z_]+)'/g,
  /\bcode: '([A-Z_]+)'/g,
];
const used = sources.flatMap(({ file, text }) =>
  places.flatMap(place => Array.from(text.matchAll(place), match => ({ file, code: match[1] as string }))),
);

describe('the error codes', () => {
  test('are each documented once', () => {
    expect(documented.filter((code, place) => documented.indexOf(code) !== place)).toEqual([]);
    expect(Object.keys(errorCodes).filter(code => !documented.includes(code))).toEqual([]);
  });

  test('are documented with their kind, where it is not the usual one', () => {
    const text = readFileSync(`${root}docs/errors.md`, 'utf8');
    const said = Object.fromEntries(
      Array.from(text.matchAll(/^### ([A-Z_]+)\n(?:\*(\w+)\.\*)?/gm), ([, code, kind]) => [
        code,
        kind?.toLowerCase() ?? 'user',
      ]),
    );
    const declared = Object.entries(errorCodes);
    expect(declared.filter(([code, kind]) => said[code] !== kind)).toEqual([]);
  });

  test('that are used anywhere are documented, those of queries and plugins too', () => {
    expect(used.length).toBeGreaterThan(50);
    expect(used.filter(({ code }) => !documented.includes(code))).toEqual([]);
  });

  test('that are documented are declared or used', () => {
    const known = new Set<string>([...Object.keys(errorCodes), ...used.map(({ code }) => code)]);
    expect(documented.filter(code => !known.has(code))).toEqual([]);
  });

  test('that are declared are used', () => {
    const own = new Set(['PLAN_INVALID']);
    const idle = Object.keys(errorCodes).filter(
      code => !own.has(code) && !sources.some(({ text }) => text.includes(`'${code}'`)),
    );
    expect(idle).toEqual([]);
  });
});

describe('an error', () => {
  test('has the kind of its code, its class as name, and its cause', () => {
    const cause = new Error('below');
    const error = new RetryableError('STORE_UNAVAILABLE', 'The database is gone.', {
      cause,
      details: { tries: 3 },
    });
    expect(error).toMatchObject({ name: 'RetryableError', kind: 'retryable', cause, details: { tries: 3 } });
    expect(error).toBeInstanceOf(HypersonarError);
    expect(new InvariantError('PIPELINE_ORDER', 'x').kind).toBe('invariant');
    expect(new UserError('CONFIG_INVALID', 'x').kind).toBe('user');
  });

  test('of a plan tells every problem', () => {
    const error = new PlanError([
      { code: 'PLAN_CYCLE', message: 'a and b read each other', plugins: ['a', 'b'] },
      { code: 'PLAN_API_RANGE', message: 'c is too new', plugins: ['c'] },
    ]);
    expect(error.code).toBe('PLAN_INVALID');
    expect(error.message.split('\n')).toEqual([
      'The plugins cannot run together: 2 problems.',
      '  PLAN_CYCLE: a and b read each other',
      '  PLAN_API_RANGE: c is too new',
    ]);
  });
});
