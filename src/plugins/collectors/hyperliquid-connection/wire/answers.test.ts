import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { answerSchema, answerSchemas } from './answers.ts';
import { problemOf, unknownKeys } from './check.ts';

const folder = path.join(process.env.HYPERSONAR_DATA ?? '../shared/data', 'messages/info');
const present = existsSync(folder);
const why = present ? '' : ` (skipped: no recordings at ${folder})`;

interface Recorded {
  readonly uri: string;
  readonly request: { readonly type?: string };
  readonly status: number;
  readonly response: unknown;
}

const recorded = (present ? globSync('*.json', { cwd: folder }) : [])
  .filter(file => file !== 'index.json')
  .map(file => ({ file, message: JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Recorded }))
  .filter(({ message }) => message.uri.endsWith('/info') && message.status === 200)
  .filter(({ message }) => answerSchema(message.request.type ?? '') !== undefined);

describe.skipIf(!present)(`recorded answers${why}`, () => {
  test('are there for many requests', () => {
    expect(new Set(recorded.map(({ message }) => message.request.type)).size).toBeGreaterThanOrEqual(15);
  });

  test.each(recorded.map(({ file, message }) => [file, message] as const))(
    '%s is accepted whole',
    (_, message) => {
      if (message.response === null) return;
      const schema = answerSchema(message.request.type ?? '')!;
      if ('whole' in schema) expect(problemOf(schema.whole, message.response)).toBe(undefined);
      else
        for (const row of message.response as unknown[]) expect(problemOf(schema.rows, row)).toBe(undefined);
    },
  );
});

test('every schema refuses what is something else', () => {
  for (const [type, schema] of Object.entries(answerSchemas)) {
    const judge = 'whole' in schema ? schema.whole : schema.rows;
    for (const wrong of [undefined, 7, [7], { universe: 1, status: 1 }]) {
      expect([type, problemOf(judge, wrong)]).not.toEqual([type, undefined]);
    }
  }
});

describe('what is wrong', () => {
  test('is told by its place, and never by what stands there', () => {
    const schema = z.looseObject({ rows: z.array(z.looseObject({ px: z.string() })) });
    expect(problemOf(schema, { rows: [{ px: '1' }, { px: 7777 }] })).toMatch(/^`rows\.1\.px`: (?!.*7777)/);
    expect(problemOf(schema, 'text')).toMatch(/^it: /);
  });
});

describe('keys that are not known', () => {
  const inner = z.looseObject({ px: z.string() });
  const schema = z.looseObject({
    list: z.array(inner),
    pair: z.tuple([z.string(), inner]),
    map: z.record(z.string(), inner),
    maybe: inner.nullish(),
    either: z.union([
      z.looseObject({ kind: z.literal('a'), one: z.string() }),
      z.looseObject({ kind: z.string() }),
    ]),
  });
  test('are found wherever they are, each once', () => {
    const value = {
      list: [
        { px: '1', a: 1 },
        { px: '2', a: 2 },
      ],
      pair: ['x', { px: '1', b: 1 }],
      map: { BTC: { px: '1', c: 1 } },
      maybe: { px: '1', d: 1 },
      either: { kind: 'a', one: '1', e: 1 },
      f: 1,
    };
    expect([...unknownKeys(schema, value)].sort()).toEqual([
      'either.e',
      'f',
      'list[].a',
      'map{}.c',
      'maybe.d',
      'pair[1].b',
    ]);
  });
  test('are none where all are known', () => {
    expect(
      unknownKeys(schema, { list: [], pair: ['x', { px: '1' }], map: {}, maybe: null, either: { kind: 'b' } })
        .size,
    ).toBe(0);
  });
});
