import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { splitCsvLine } from './csv-rows.ts';
import { jsonArraySplitter } from './json-array.ts';
import { mergeSorted } from './merge-sorted.ts';
import { type Row, sortRows } from './sorted-rows.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sorted-rows-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function* batches(rows: readonly Row[], size: number): AsyncGenerator<readonly Row[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

describe('rows', () => {
  test('come out in the order of time and then of place, whatever memory there is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 400 }),
        fc.integer({ min: 1, max: 40_000 }),
        async (times, memoryBytes) => {
          const rows = times.map((time, order) => ({ time, order, text: `row ${order}\twith a tab` }));
          const sorted = sortRows(batches(rows, 17), { memoryBytes, temporaryFolder: folder });
          const found: Row[] = [];
          for await (const batch of sorted) found.push(...batch);
          expect(found).toEqual(rows.toSorted((a, b) => a.time - b.time || a.order - b.order));
        },
      ),
      { numRuns: 30 },
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('leave no temporary file behind when reading ends early', async () => {
    const rows = Array.from({ length: 5_000 }, (_, order) => ({
      time: 5_000 - order,
      order,
      text: 'x'.repeat(50),
    }));
    for await (const batch of sortRows(batches(rows, 100), {
      memoryBytes: 50_000,
      temporaryFolder: folder,
    })) {
      expect(batch[0]?.time).toBe(1);
      break;
    }
    expect(await readdir(folder)).toEqual([]);
  });
});

test('a merge opens a source only when it is due', async () => {
  const opened: string[] = [];
  const source = (name: string, items: readonly number[]) => ({
    first: items[0],
    open: async function* () {
      opened.push(name);
      yield items;
    },
  });
  const merged = mergeSorted(
    [source('late', [7, 8]), source('early', [1, 2]), source('none', [])],
    (a, b) => a < b,
    1,
  );
  const found: number[] = [];
  for await (const [item] of merged) {
    found.push(item as number);
    if (item === 2) expect(opened).toEqual(['early']);
  }
  expect(found).toEqual([1, 2, 7, 8]);
});

test('a JSON array is cut into its elements wherever the pieces of its text end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 12 }),
      fc.integer({ min: 1, max: 9 }),
      (values, step) => {
        const text = ` ${JSON.stringify(values, undefined, 1)} trailing`;
        const splitter = jsonArraySplitter();
        const found: unknown[] = [];
        for (let at = 0; at < text.length; at += step) {
          for (const element of splitter.push(text.slice(at, at + step)))
            found.push(JSON.parse(element.text));
        }
        expect(found).toEqual(JSON.parse(JSON.stringify(values)));
        expect(splitter.isDone()).toBe(true);
      },
    ),
  );
});

test('a CSV line may quote commas and quotes; quotes that do not match are refused', () => {
  expect(splitCsvLine('a,,"b,c","d ""e""",f')).toEqual(['a', '', 'b,c', 'd "e"', 'f']);
  expect(splitCsvLine('"a",')).toEqual(['a', '']);
  expect(splitCsvLine('"a,b')).toBeUndefined();
  expect(splitCsvLine('"a"b,c')).toBeUndefined();
});
